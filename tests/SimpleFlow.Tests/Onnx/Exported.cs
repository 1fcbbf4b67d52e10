using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Export;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Onnx;

/// <summary>A graph that was exported, and what it is compared with.</summary>
internal static class Exported
{
    public static byte[] Bytes(IReadOnlyList<Node> outputs, OnnxExportOptions? options = null) =>
        GraphExport.Of(outputs, options ?? new OnnxExportOptions(), []).Model.ToByteArray();

    /// <summary>The first difference between ONNX Runtime's outputs and the plain reading of the graph for use, or null.</summary>
    public static string? Difference(IReadOnlyList<Node> outputs, PlainFeed feed, OnnxExportOptions? options = null)
    {
        var use = outputs.InferenceMode();
        var plain = PlainReading.ValuesOf(use, feed);
        var run = OnnxRuntimeRun.Of(Bytes(outputs, options),
            feed.ToDictionary(fed => fed.Key.Name!, fed => (fed.Value, fed.Key.ElementType), StringComparer.Ordinal));
        return FirstDifference(use, plain, run, 1e-5);
    }

    /// <summary>The first difference between the plain readings of the graph and of its file read again, or null.</summary>
    public static string? DifferenceAfterReading(IReadOnlyList<Node> outputs, PlainFeed feed, double tolerance)
    {
        var use = outputs.InferenceMode();
        var plain = PlainReading.ValuesOf(use, feed);
        using var stream = new MemoryStream(Bytes(outputs));
        var model = OnnxModel.Load(stream);
        var again = new PlainFeed();
        foreach (var input in model.Inputs) again[input] = feed.First(fed => fed.Key.Name == input.Name).Value;
        var values = PlainReading.ValuesOf(model.Outputs.Select(output => output.Node), again);
        return FirstDifference(use, plain, [.. model.Outputs.Select(output => values[output.Node])], tolerance);
    }

    public static string? FirstDifference(IReadOnlyList<Node> nodes, IReadOnlyDictionary<Node, PlainTensor> expected,
        IReadOnlyList<PlainTensor> actual, double tolerance)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var (own, other) = (expected[nodes[i]], actual[i]);
            if (!own.Shape.Equals(other.Shape)) return $"`{nodes[i].Label}` is {other.Shape} and not {own.Shape}.";
            for (var j = 0; j < own.Count; j++)
            {
                var (x, y) = (own.Elements[j], other.Elements[j]);
                // Sums of terms that cancel are compared with their terms, which are about 1.
                if (x.Equals(y) || Math.Abs(x - y) <= tolerance * Math.Max(1, Math.Abs(x))) continue;
                return $"`{nodes[i].Label}`[{j}] is {y} and not {x}.";
            }
        }
        return null;
    }
}
