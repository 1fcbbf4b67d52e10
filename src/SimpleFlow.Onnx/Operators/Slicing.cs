namespace SimpleFlow.Onnx.Operators;

/// <summary>Parts of a tensor. Starts, ends and axes are attributes up to version 9, inputs since; a negative step runs
/// backwards.</summary>
internal static class Slicing
{
    public static IEnumerable<Operator> All =>
        [
        new("Slice", Slice)
        {
            AtKnownSizes = node => node.Opset >= 10 && (!node.Inputs.Skip(1).All(value => value?.Static is null or { IsKnown: true })
                || (node.Has(4) && node.Longs(4).Any(step => step < 0))),
            OpenShapes = OpenShape,
            Settings = [1, 2, 3, 4],
            Moves = _ => [0],
        },
        ];

    private static int[] AxesOf(OnnxNode node, int count)
    {
        var rank = node.Input(0).Rank;
        var axes = node.Opset < 10 ? node.LongsOf("axes") : node.Has(3) ? node.Longs(3) : null;
        return axes is null ? [.. Enumerable.Range(0, count)] : Array.ConvertAll(axes, axis => node.Axis(axis, rank));
    }

    private static OnnxValue[] Slice(OnnxNode node)
    {
        var (starts, ends) = node.Opset < 10 ? (node.LongsOf("starts")!, node.LongsOf("ends")!) : (node.Longs(1), node.Longs(2));
        var axes = AxesOf(node, starts.Length);
        var steps = node.Opset >= 10 && node.Has(4) ? node.Longs(4) : [.. axes.Select(_ => 1L)];
        var x = node.Input(0).Node;
        for (var i = 0; i < axes.Length; i++)
        {
            if (steps[i] == 0) throw node.Fault("a step is 0.");
            x = steps[i] > 0 ? x.Slice(axes[i], starts[i], ends[i], steps[i]) : Backwards(x, axes[i], starts[i], ends[i], steps[i]);
        }
        return node.Result(x);
    }

    private static Node Backwards(Node x, int axis, long start, long end, long step)
    {
        var length = x.Shape[axis]!.Value;
        var first = Math.Clamp(start < 0 ? start + length : start, -1, length - 1);
        var last = end <= -length - 1 ? -1 : Math.Clamp(end < 0 ? end + length : end, -1, length - 1);
        var places = new List<int>();
        for (var at = first; at > last && at >= 0; at += step) places.Add((int)at);
        return Reversal.At(x, axis, places);
    }

    private static Shape[] OpenShape(OnnxNode node)
    {
        var shape = node.Input(0).Shape;
        var starts = node.Input(1).Static ?? throw node.FromData(1);
        foreach (var axis in AxesOf(node, starts.Count)) shape = shape.WithSize(axis, null);
        return [shape];
    }
}
