using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Code;

/// <summary>The program that loads and runs an ONNX file of another program.</summary>
internal static class OnnxProgram
{
    // For sizes that the file leaves open.
    private const int UsualSize = 8;

    public static string Of(OnnxContents contents, string path, string version)
    {
        var feeds = contents.Inputs.Select((port, i) =>
        {
            var sizes = (port.Sizes ?? []).Select((size, axis) => int.TryParse(size, out var known) ? known : axis == 0 ? 1 : UsualSize)
                .ToList();
            var type = port.Type is "float" or "double" or "float16" or "bfloat16" ? "float" : "int";
            return $"    [model.Inputs[{i}]] = DataArray.From(new {type}[{string.Join(" * ", sizes.DefaultIfEmpty(1))}])"
                + $".Reshape({string.Join(", ", sizes)}),   // {CSharpText.Literal(port.Name)}, {port.Type}";
        });
        return $$"""
            #:package SimpleFlow@{{version}}
            #:package SimpleFlow.Onnx@{{version}}

            // Runs the network in {{CSharpText.Literal(path)}} on zeros. Save it as use.cs and start it with `dotnet run use.cs`.
            // In a project, leave out the lines that begin with #, and run
            //   dotnet add package SimpleFlow
            //   dotnet add package SimpleFlow.Onnx

            using SimpleFlow;
            using SimpleFlow.Onnx;

            var model = OnnxModel.Load({{CSharpText.Literal(path)}});
            var network = new Model(losses: default, predictions: [.. model.Outputs.Select(output => output.Node)]);

            // What the network takes; put your numbers in place of the zeros.
            var feed = new Feed
            {
            {{NetworkProgram.Lines(feeds)}}
            };
            foreach (var (output, values) in model.Outputs.Zip(network.PredictAll(feed)))
                Console.WriteLine($"{output.Name}: [{string.Join(", ", values.Lengths.ToArray())}], first {values.First()}");

            """;
    }
}
