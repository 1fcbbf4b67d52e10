using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Foreign;

/// <summary>An ONNX file of another program as a network: pictures or the rows of a table go in, classes or an amount come out. What
/// prepares them becomes part of the graph.</summary>
internal static class ForeignNetwork
{
    // An image of 224 × 224 pixels takes hundreds of times the memory of a row of a table.
    private const int PicturesAtOnce = 32;

    /// <summary>Makes the network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">The pictures or the table that it will get: a table's columns are named there.</param>
    /// <param name="choices">What the user says about it.</param>
    /// <param name="reading">How the table is written.</param>
    /// <param name="threads">On how many threads it may run.</param>
    /// <param name="say">Receives what is assumed.</param>
    /// <exception cref="SimpleFlowException">The file cannot be read, or takes neither pictures nor tables.</exception>
    public static Network Of(string path, string data, ForeignChoices choices, CsvOptions reading, int? threads, Action<string> say)
    {
        var contents = OnnxContents.Of(path);
        var (input, target, batch, nodes) = ForeignPictures.Are(contents)
            ? ForeignPictures.Of(path, contents, choices, say) : ForeignColumns.Of(path, contents, data, choices, reading);
        // The output says what it is only once the graph is there, and the graph needs the input: it is read twice.
        var output = ForeignScores.Output(OnnxModel.Load(path, Reading([])), path, choices, target, say);
        return new Network(input, output, Scores, optimizer: null, new TrainingChoices { Threads = threads })
        { BatchSize = batch ?? (input is ImageInput ? PicturesAtOnce : 1000) };

        Node Scores(Node rows) =>
            ForeignScores.Of(OnnxModel.Load(path, Reading(nodes(rows))), path).Scores;

        OnnxImportOptions Reading(Dictionary<string, Node> inputs) =>
            new() { Inputs = inputs, Outputs = choices.Output is { } chosen ? [chosen] : null };
    }

    /// <summary>The size of an axis that is not free; null if it is.</summary>
    public static int? Fixed(OnnxPort port, int axis) => int.TryParse(port.Sizes![axis], out var size) && size > 0 ? size : null;
}

/// <summary>How examples reach the inputs of an ONNX file.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Target">What the predicted column is called.</param>
/// <param name="Batch">How many examples the file takes at a time; null: any number.</param>
/// <param name="Nodes">The nodes for the file's inputs, from the examples.</param>
internal sealed record ForeignInput(NetworkInput Input, string Target, int? Batch, Func<Node, Dictionary<string, Node>> Nodes);
