using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Export;

using SimpleFlow.Tests.Compilation;
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

    /// <summary>The first prediction of the file read again that has not the bits of the graph's own, or null.</summary>
    public static string? OtherBitsAfterReading(IReadOnlyList<Node> outputs, PlainFeed feed)
    {
        var use = outputs.InferenceMode();
        // One number is a constant in a file, and what follows from constants alone is computed in float64.
        var inParts = GraphOrder.Of(use).Any(node => node is Operation { Op: var op } && IsWrittenInParts(op))
            || GraphOrder.Of(use).Any(node => node is Variable { Shape.Rank: 0 });
        using var stream = new MemoryStream(Bytes(outputs));
        var model = OnnxModel.Load(stream);
        var own = new Reading([.. use], feed.ToDictionary(), default).Compiled();
        var again = new Reading([.. model.Outputs.Select(output => output.Node)],
            model.Inputs.ToDictionary(input => input, input => feed.First(fed => fed.Key.Name == input.Name).Value), default)
            .Compiled();
        for (var i = 0; i < use.Count; i++)
        {
            for (var j = 0; j < own[i].Length; j++)
            {
                var (x, y) = (own[i][j], again[i][j]);
                if (!x.Equals(y) && !(inParts && Math.Abs(x - y) <= 1e-5 * Math.Max(1, Math.Abs(x))))
                    return $"`{use[i].Label}`[{j}] is {y:R} and not {x:R}.";
            }
        }
        return null;
    }

    /// <summary>Whether what is one kernel here is several in the file, each of which rounds.</summary>
    private static bool IsWrittenInParts(Op op) => op is SoftmaxCrossEntropy or ExpMinusOne
        || (op is AveragePool2D pool && (Math.Max(pool.Padding.Top, pool.Padding.Bottom) >= pool.Window.Height
            || Math.Max(pool.Padding.Left, pool.Padding.Right) >= pool.Window.Width));

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
