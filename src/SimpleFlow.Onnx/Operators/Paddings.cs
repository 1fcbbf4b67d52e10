namespace SimpleFlow.Onnx.Operators;

/// <summary>Tensors extended at their edges: by a number, by the edge's elements, mirrored, or continued from the other side. A negative
/// pad cuts off.</summary>
internal static class Paddings
{
    public static IEnumerable<Operator> All =>
        [
        new("Pad", Pad)
        {
            Settings = [1, 2, 3],
            AtKnownSizes = node => (node.Opset >= 11 && node.Input(1).Static is not { IsKnown: true })
                || node.Text("mode", "constant") is not "constant",
            OpenShapes = node => [Shape.Create([.. node.Input(0).Shape.Select(_ => (long?)null)])],
        },
        ];

    private static OnnxValue[] Pad(OnnxNode node)
    {
        var x = node.Float(0);
        var rank = x.Shape.Rank;
        var given = node.Opset < 11 ? node.LongsOf("pads") ?? node.LongsOf("paddings")! : node.Longs(1);
        var axes = node.Has(3) ? Array.ConvertAll(node.Longs(3), axis => node.Axis(axis, rank)) : [.. Enumerable.Range(0, rank)];
        if (given.Length != 2 * axes.Length) throw node.Fault($"{given.Length} pads are given for {axes.Length} axes.");
        var value = node.Opset < 11 ? node.Float("value", 0) : (float)node.Number(2, 0);
        var mode = node.Text("mode", "constant");
        for (var i = 0; i < axes.Length; i++)
            x = Along(x, axes[i], given[i], given[i + axes.Length], mode, value, node);
        return node.Result(x);
    }

    /// <summary>A number before and after the elements along an axis; less than none cuts off.</summary>
    public static Node Extended(Node x, int axis, long before, long after, float value)
    {
        if (before < 0) (x, before) = (x.Slice(axis, -before), 0);
        if (after < 0) (x, after) = (x.Slice(axis, 0, after), 0);
        if (before == 0 && after == 0) return x;
        // Padding is zeros: what is padded is the difference from the value. An infinite value has none.
        if (value == 0) return x.Pad(axis, before, after);
        if (float.IsFinite(value)) return (x - value).Pad(axis, before, after) + value;
        var inside = (0f * x.StopGradient() + 1f).Pad(axis, before, after);
        return Flow.Select(inside.Equal(0f), value, x.Pad(axis, before, after));
    }

    private static Node Along(Node x, int axis, long before, long after, string mode, float value, OnnxNode node)
    {
        if (string.Equals(mode, "constant", StringComparison.Ordinal)) return Extended(x, axis, before, after, value);
        if (before < 0) (x, before) = (x.Slice(axis, -before), 0);
        if (after < 0) (x, after) = (x.Slice(axis, 0, after), 0);
        if (before == 0 && after == 0) return x;
        var length = (int)x.Shape[axis]!.Value;
        return Reversal.At(x, axis, Enumerable.Range((int)-before, (int)(length + before + after)).Select(at => mode switch
        {
            "edge" => Math.Clamp(at, 0, length - 1),
            "wrap" => (at % length + length) % length,
            "reflect" => Mirrored(at, length),
            _ => throw node.Fault($"the mode '{mode}' is not known."),
        }));
    }

    // … 2 1 | 0 1 2 3 | 2 1 …
    private static int Mirrored(int at, int length)
    {
        if (length == 1) return 0;
        var period = 2 * (length - 1);
        var place = (at % period + period) % period;
        return place < length ? place : period - place;
    }
}
