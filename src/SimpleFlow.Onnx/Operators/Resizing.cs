namespace SimpleFlow.Onnx.Operators;

/// <summary>
/// Images and other tensors in another size. Each axis is resized by itself: an element of the result is a weighted sum of elements, and
/// the weights depend on the sizes alone. So an axis is one product with a constant matrix, or, where only one weight is not 0, a choice.
/// </summary>
internal static class Resizing
{
    public static IEnumerable<Operator> All =>
        [
        new("Resize", node => node.Result(Resized(node)))
        {
            Since = 10,
            AtKnownSizes = Operator.Always,
            OpenShapes = OpenShapes,
            Settings = [1, 2, 3],
            Differs = "the interpolations nearest, linear and cubic of up to any number of axes; antialias as in ONNX",
        },
        new("Upsample", node => node.Result(Resized(node)))
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = OpenShapes,
            Settings = [1],
        },
        ];

    private static Shape[] OpenShapes(OnnxNode node) =>
        [Shape.Create([.. node.Input(0).Shape.Select((size, axis) => IsUnscaled(node, axis) ? size : null)])];

    private static bool IsUnscaled(OnnxNode node, int axis)
    {
        var scales = ScalesOf(node);
        return scales is not null && Array.IndexOf(AxesOf(node), axis) is var place && (place < 0 || scales[place] == 1);
    }

    private static int[] AxesOf(OnnxNode node)
    {
        var rank = node.Input(0).Rank;
        return node.LongsOf("axes") is { } axes ? Array.ConvertAll(axes, axis => node.Axis(axis, rank)) : [.. Enumerable.Range(0, rank)];
    }

    private static int SizesInput(OnnxNode node) => node is { Op: "Resize", Opset: >= 11 } ? 3 : int.MaxValue;

    private static double[]? ScalesOf(OnnxNode node)
    {
        if (node.Floats("scales") is { } attribute) return Array.ConvertAll(attribute, scale => (double)scale);
        var input = node is { Op: "Resize", Opset: >= 11 } ? 2 : 1;
        if (node.Has(SizesInput(node)) || !node.Has(input)) return null;
        if (node.Input(input).Static is null) throw node.FromData(input);
        return node.Input(input).Static!.Numbers is { Length: > 0 } scales ? scales : null;
    }

    private static Node Resized(OnnxNode node)
    {
        var x = node.Float(0);
        var axes = AxesOf(node);
        var lengths = axes.Select(axis => (int)x.Shape[axis]!.Value).ToArray();
        var (scales, sizes) = Targets(node, lengths);
        var roi = Crop(node);
        for (var i = 0; i < axes.Length; i++)
        {
            var sampling = Sampling.Of(node, lengths[i], sizes[i], scales[i], roi is null ? null : (roi[i], roi[axes.Length + i]));
            if (sampling.IsWhole) continue;
            x = Along(x, axes[i], sampling);
        }
        return x;
    }

    /// <summary>The part of each axis that is resized: where it starts, and where it ends.</summary>
    private static double[]? Crop(OnnxNode node) => node is { Op: "Resize", Opset: >= 11 }
        && node.Text("coordinate_transformation_mode", "") is "tf_crop_and_resize" ? node.Numbers(1) : null;

    private static (double[] Scales, int[] Sizes) Targets(OnnxNode node, int[] lengths)
    {
        if (ScalesOf(node) is { } scales)
        {
            if (scales.Length != lengths.Length) throw node.Fault($"{scales.Length} scales are given for {lengths.Length} axes.");
            var crop = Crop(node);
            return (scales, [.. lengths.Select((length, i) =>
                (int)Math.Floor(length * (crop is null ? 1 : crop[lengths.Length + i] - crop[i]) * scales[i]))]);
        }
        var wanted = node.Longs(SizesInput(node) is 3 ? 3 : throw node.Fault("it has neither scales nor sizes."));
        if (wanted.Length != lengths.Length) throw node.Fault($"{wanted.Length} sizes are given for {lengths.Length} axes.");
        var policy = node.Text("keep_aspect_ratio_policy", "stretch");
        var each = wanted.Select((size, i) => (double)size / lengths[i]).ToArray();
        if (policy is "stretch") return (each, [.. wanted.Select(size => (int)size)]);
        var common = policy is "not_larger" ? each.Min() : each.Max();
        return ([.. each.Select(_ => common)], [.. lengths.Select(length => (int)Math.Floor(common * length + 0.5))]);
    }

    private static Node Along(Node x, int axis, Sampling sampling)
    {
        if (sampling.Choice is { } places) return Reversal.At(x, axis, places);
        var last = x.Shape.Rank - 1;
        var matrix = Constant.Of(sampling.Weights(), [sampling.Results, sampling.Elements]);       // [out, in]
        if (axis == last - 1 && last > 0) return ((Node)matrix).MatMul(x) + sampling.Added(after: 1);
        var swapped = axis == last ? x : x.Transpose(Ranks.Swapped(last + 1, axis, last));
        if (last == 0) swapped = swapped.Unsqueeze([0]);
        var y = swapped.MatMul(matrix, transposeRight: true) + sampling.Added(after: 0);
        if (last == 0) return Ranks.Squeezed(y, [0]);
        return axis == last ? y : y.Transpose(Ranks.Swapped(last + 1, axis, last));
    }
}
