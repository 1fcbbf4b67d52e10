using SimpleFlow.Onnx;

namespace SimpleFlow.Playground.Experiments;

/// <summary>ONNX files. This class alone touches SimpleFlow.Onnx, which the page loads when somebody asks for it.</summary>
public static class OnnxFiles
{
    /// <summary>The assemblies to load before.</summary>
    public static IReadOnlyList<string> Assemblies { get; } = ["SimpleFlow.Onnx.wasm", "Google.Protobuf.wasm"];

    /// <summary>A network as an ONNX file.</summary>
    public static byte[] Of(Model model)
    {
        using var stream = new MemoryStream();
        model.ExportOnnx(stream);
        return stream.ToArray();
    }

    /// <summary>Opens a network that reads digits.</summary>
    /// <exception cref="SimpleFlowException">It is none, or takes other pictures.</exception>
    public static DigitReader Reader(string name, byte[] bytes) => OpenedNetwork.WithFile(name, bytes, file =>
    {
        if (OnnxNetwork.TryLoad(file, out var network, out _, threads: 1)) return OpenedNetwork.Of(name, network);
        var model = OnnxModel.Load(new MemoryStream(bytes), name);
        if (model.Inputs is not [{ ElementType: ElementType.Float32 } input] || input.Shape.Rank < 2
            || input.Shape.Skip(1).Aggregate(1L, (product, size) => product * (size ?? 0)) != DigitData.Pixels)
            throw new DataException($"{name} takes {string.Join(" and ", model.Inputs.Select(one => $"'{one.Name}' {one.Shape}"))}, and "
                + "these are single pictures of 28 × 28 pixels.");
        if (model.Outputs[0].Node.Shape is not [_, DigitData.Classes])
            throw new DataException($"{name} gives '{model.Outputs[0].Name}' {model.Outputs[0].Node.Shape}; expected a score for each of "
                + "ten digits.");
        return new DigitReader(input, model.Outputs[0].Node, [.. Enumerable.Range(0, DigitData.Classes).Select(digit => $"{digit}")]);
    });
}
