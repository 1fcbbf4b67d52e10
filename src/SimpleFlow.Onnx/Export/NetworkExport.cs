using System.Text.Json;
using System.Text.Json.Serialization;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Export;

/// <summary>A network with its way from data to numbers and back: what can be said with ops becomes part of the graph, names and texts go
/// into the file's metadata, and the rest is said in words.</summary>
internal static class NetworkExport
{
    /// <summary>The entries of the metadata: everything that the network knows, as it saves it; and its classes, for programs that want no
    /// more.</summary>
    public const string DescriptionEntry = "simpleflow.network", ClassesEntry = "simpleflow.classes";

    public static (ModelProto Model, OnnxExport Export) Of(Network network, OnnxExportOptions options)
    {
        var (row, remarks) = Input(network.Description.Input);
        var scores = network.Model.Predictions[0];
        var outputs = Answers(network.Description.Output, scores, remarks).Replace(
            row is null ? new() : new Dictionary<Placeholder, Node> { [network.Input] = row });
        var metadata = new Dictionary<string, string>(options.Metadata ?? Enumerable.Empty<KeyValuePair<string, string>>(),
            StringComparer.Ordinal);
        metadata.TryAdd(DescriptionEntry, network.Description.ToJson());
        if (network.Description.Output is ClassOutput { Classes: var classes })
            metadata.TryAdd(ClassesEntry, JsonSerializer.Serialize([.. classes], TextJson.Default.StringArray));
        return GraphExport.Of(outputs, options with { Metadata = metadata }, remarks);
    }

    /// <summary>The row that the layers begin with, computed from an input for each column; null if the file takes the numbers of an
    /// example as they are.</summary>
    private static (Node? Row, List<string> Remarks) Input(NetworkInput input)
    {
        switch (input)
        {
            case TableInput table:
                var remarks = new List<string>();
                Node[] columns = [.. table.Columns.Select(column => ColumnExport.Of(column, remarks))];
                return (columns.Length == 1 ? columns[0] : Flow.Concat(columns, 1), remarks);
            case ImageInput image:
                return (null, [$"The input takes pixels from 0 to 1, [batch, {image.Channels}, {image.Rows}, {image.Columns}]: cut and "
                    + "scale pictures to this size, and divide bytes by 255."]);
            case TextInput text:
                return (null, [$"The input takes numbers of characters, [batch, {text.Length}]: the number of a character is its place in "
                    + $"\"characters\" of the metadata entry {DescriptionEntry}, counted from 0."]);
            default:
                return (null, []);
        }
    }

    /// <summary>How many outputs the file of such a network has.</summary>
    public static int Outputs(NetworkOutput output) => output is ClassOutput ? 2 : 1;

    private static Node[] Answers(NetworkOutput output, Node scores, List<string> remarks)
    {
        switch (output)
        {
            case NumberOutput number:
                var amount = scores * (float)number.Deviation;
                return [Flow.AddFlow(amount, new Add((float)number.Mean), number.Name)];
            case ClassOutput:
                remarks.Add($"The output `class` is the place of the likeliest class in the metadata entry {ClassesEntry}, counted from 0; "
                    + "`probabilities` has a number for each class in this order.");
                return [scores.Softmax(name: "probabilities"), scores.ArgMax(name: "class")];
            default:
                remarks.Add("The output `probabilities` says for each place of the text how likely each character comes next; choosing "
                    + "one, and going on from it, is up to the program that uses the file.");
                return [scores.Softmax(name: "probabilities")];
        }
    }
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class TextJson : JsonSerializerContext;
