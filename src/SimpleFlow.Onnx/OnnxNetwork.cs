using System.Diagnostics.CodeAnalysis;
using SimpleFlow.Onnx.Export;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>Reads networks that SimpleFlow exported, as what they were: they take the same tables, pictures and texts, and give the same
/// answers, bit for bit.</summary>
public static class OnnxNetwork
{
    /// <summary>Reads a network that <c>network.ExportOnnx</c> or <c>simpleflow export</c> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">On how many threads it may run; all processors by default.</param>
    /// <param name="optimizer">How to train it further; without one it can only predict and evaluate.</param>
    /// <exception cref="OnnxException">The file is missing or damaged, does not come from SimpleFlow, or was changed since.</exception>
    public static Network Load(string path, int? threads = null, Optimizer? optimizer = null) =>
        TryLoad(path, out var network, out var why, threads, optimizer) ? network
            : throw new OnnxException($"{Path.GetFileName(path)}: {why} OnnxModel.Load reads it as a graph.");

    /// <summary>Reads a network if SimpleFlow exported it, and nobody has changed it since.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="why">If there is none, the reason in a sentence.</param>
    /// <param name="threads">On how many threads it may run; all processors by default.</param>
    /// <param name="optimizer">How to train it further; without one it can only predict and evaluate.</param>
    /// <exception cref="OnnxException">The file is missing or damaged.</exception>
    public static bool TryLoad(string path, [NotNullWhen(true)] out Network? network, [NotNullWhen(false)] out string? why,
        int? threads = null, Optimizer? optimizer = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OnnxBody.Register();
        network = null;
        var model = ModelFile.Read(path);
        var json = model.MetadataProps.LastOrDefault(entry => entry.Key == NetworkExport.DescriptionEntry)?.Value;
        if (json is null || model.Graph is null)
        {
            why = "it is not a network that SimpleFlow exported.";
            return false;
        }
        try
        {
            var described = Network.Of(NetworkDescription.FromJson(json), Weights(model.Graph), threads, optimizer);
            if (IsOf(described, model))
            {
                (network, why) = (described, null);
                return true;
            }
            why = "another program, or another version of SimpleFlow, has written its graph: it is not the one that its metadata "
                + "describes.";
        }
        catch (SimpleFlowException exception)
        {
            why = $"its metadata describes another network. {exception.Message}";
        }
        return false;
    }

    private static Dictionary<string, NamedTensor> Weights(GraphProto graph)
    {
        var weights = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            // Constants of the graph are among them; they are the description's.
            if (!IsVariable(tensor)) continue;
            var data = TensorData.Of(tensor, folder: null);
            var values = new float[data.Count];
            data.CopyTo(values);
            weights[tensor.Name] = new NamedTensor([.. tensor.Dims], values);
        }
        return weights;
    }

    private static bool IsVariable(TensorProto tensor) => (DataType)tensor.DataType == DataType.Float && tensor.Dims.Count > 0
        && tensor.DataLocation == TensorProto.Types.DataLocation.Default;

    // Whoever edits a file leaves its metadata as they are: only the graph shows whether it still is that network.
    private static bool IsOf(Network network, ModelProto model)
    {
        var opset = ModelContext.OpsetsOf(model.OpsetImport).GetValueOrDefault("");
        if (opset is < OnnxExportOptions.OldestOpset or > OnnxExportOptions.NewestOpset) return false;
        var options = new OnnxExportOptions { Opset = opset, OutputNames = [.. model.Graph.Output.Select(output => output.Name)] };
        return NetworkExport.Outputs(network.Description.Output) == model.Graph.Output.Count
            && WithoutDocs(NetworkExport.Of(network, options).Model.Graph).Equals(WithoutDocs(model.Graph));
    }

    private static GraphProto WithoutDocs(GraphProto graph)
    {
        var copy = graph.Clone();
        copy.ClearDocString();
        foreach (var node in copy.Node) node.ClearDocString();
        return copy;
    }
}
