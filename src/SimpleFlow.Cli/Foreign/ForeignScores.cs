using System.Text.Json;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Foreign;

/// <summary>The output of an ONNX file as scores of classes, or as an amount.</summary>
internal static class ForeignScores
{
    private const string ClassesEntry = "simpleflow.classes";

    /// <summary>What the output predicts.</summary>
    /// <param name="model">The file.</param>
    /// <param name="path">Its path.</param>
    /// <param name="choices">What the user says about it.</param>
    /// <param name="target">What is predicted is called so.</param>
    /// <param name="say">Receives what is assumed.</param>
    public static NetworkOutput Output(OnnxModel model, string path, ForeignChoices choices, string target, Action<string> say)
    {
        var (name, scores) = Of(model, path);
        var names = Names(model, choices);
        var width = (int?)scores.Shape[^1] ?? names?.Length
            ?? throw new DataException($"{path}: the size of its output '{name}' is not known. Name its classes: --classes FILE.");
        if (width == 1)
        {
            return names is null ? new NumberOutput(target, 0, 1)
                : throw new DataException(
                    $"{path}: its output '{name}' is one number for each example, and {names.Length} classes are named.");
        }
        if (names is null)
        {
            say($"its output '{name}' is taken as the scores of {width} classes, whose names are not known: --classes FILE names them");
            return new ClassOutput(target, [.. Enumerable.Range(0, width).Select(number => $"{number}")]);
        }
        if (names.Length != width)
            throw new DataException(
                $"{path}: its output '{name}' has {width} scores for each example, and {names.Length} classes are named.");
        return new ClassOutput(target, Different(names));
    }

    /// <summary>The scores, [rows, classes], or the amount, [rows, 1].</summary>
    public static (string Name, Node Scores) Of(OnnxModel model, string path)
    {
        var output = model.Outputs.FirstOrDefault(one => Rows(one.Node) is not null) ?? model.Outputs[0];
        var rows = Rows(output.Node) ?? throw new DataException(
            $"{path}: its output '{output.Name}' is {output.Type} {output.Node.Shape}, neither scores nor a number for each example. "
                + "Give its "
                + "inputs as arrays, and get its outputs as arrays: predict MODEL in.npy --out out.npy.");
        if (rows is Operation { Op: Sigmoid } && rows.Shape[^1] is not 1)
            throw new DataException($"{path}: its output '{output.Name}' has an independent probability for each class (it ends with a "
                + "sigmoid), so no class is the likeliest. Give its inputs as arrays, and get its outputs as arrays.");
        return (output.Name, rows);
    }

    // [rows, n], or what has as many elements. Classes are told by their scores before a softmax, which gives the same probabilities.
    private static Node? Rows(Node node)
    {
        if (node.ElementType != ElementType.Float32 || node.Shape.Rank == 0) return null;
        if (node.Shape.Rank == 1) return node.Reshape([node.Shape[0], 1]);
        if (node.Shape.Skip(2).Any(size => size != 1)) return null;
        if (node is Operation { Op: Softmax or LogSoftmax, Shape.Rank: 2 } last) node = last.Inputs[0];
        return node.Shape.Rank == 2 ? node : node.Reshape([node.Shape[0], node.Shape[1]]);
    }

    private static string[]? Names(OnnxModel model, ForeignChoices choices)
    {
        if (choices.Classes is { } file)
        {
            if (!File.Exists(file)) throw new DataException($"{file}: there is no such file. --classes names a file with a class a line.");
            string[] lines = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
            return lines.Length > 0 ? lines : throw new DataException($"{file}: there are no names of classes in this file.");
        }
        if (!model.Metadata.TryGetValue(ClassesEntry, out var json)) return null;
        try
        {
            using var parsed = JsonDocument.Parse(json);
            return [.. parsed.RootElement.EnumerateArray().Select(name => name.GetString() ?? "")];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Lists of classes in the wild have the crane as a bird and as a machine.
    private static string[] Different(string[] names)
    {
        var twice = names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
        return [.. names.Select((name, i) => twice.Contains(name) ? $"{name} ({i})" : name)];
    }
}
