namespace SimpleFlow.Onnx.Operators;

/// <summary>Convolutions whose window is bent by computed offsets, and weighted by a computed mask (Zhu et al., "Deformable ConvNets v2",
/// 2019).</summary>
internal static class DeformableConvolutions
{
    public static IEnumerable<Operator> All =>
        [
        new("DeformConv", Convolved)
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [Windows.Results(node, node.Input(1).Shape[0], new int[2])],
        },
        ];

    private static OnnxValue[] Convolved(OnnxNode node)
    {
        var (x, w, offsets) = (node.Float(0), node.Float(1), node.Float(2));
        if (x.Shape.Rank != 4) throw node.Fault($"images [n, channels, rows, columns] are supported, not {x.Shape}.");
        var windows = Windows.Of(node, [(int)w.Shape[2]!, (int)w.Shape[3]!], x.Shape);
        var (groups, offsetGroups) = (node.Int("group", 1), (int)node.Int("offset_group", 1));
        var (batch, channels, rows, columns) = (x.Shape[0]!.Value, x.Shape[1]!.Value, offsets.Shape[2]!.Value, offsets.Shape[3]!.Value);
        var count = Indexing.Count(windows.Sizes);
        var share = channels / offsetGroups;
        // [n, window, rows, columns, channels]
        var seen = Flow.Concat([.. Enumerable.Range(0, offsetGroups).Select(group =>
        {
            var shifts = offsets.Slice(1, group * count * 2, (group + 1) * count * 2).Reshape([batch, count, 2, rows, columns]);
            var sampled = Sampled(x.Slice(1, group * share, (group + 1) * share), shifts, windows);
            return node.Has(4) ? sampled * node.Float(4).Slice(1, group * count, (group + 1) * count).Unsqueeze([4]) : sampled;
        })], 4).Transpose([0, 2, 3, 1, 4]);
        var (perGroup, filters) = (channels / groups, w.Shape[0]!.Value / groups);
        var y = Flow.Concat([.. Enumerable.Range(0, (int)groups).Select(group =>
        {
            var part = w.Slice(0, group * filters, (group + 1) * filters).Transpose([2, 3, 1, 0]);
            return seen.Slice(4, group * perGroup, (group + 1) * perGroup).Reshape([batch, rows * columns, count * perGroup])
                .MatMul(part.Reshape([count * perGroup, filters]));
        })], 2).Transpose([0, 2, 1]).Reshape([batch, w.Shape[0], rows, columns]);
        return node.Result(node.Has(3) ? y + node.Float(3).Reshape([w.Shape[0], 1, 1]) : y);
    }

    // The pixels at the bent places, linearly between four neighbours; beyond the edges are zeros.
    private static Node Sampled(Node x, Node shifts, Windows windows)
    {
        var (batch, channels, height, width) = (x.Shape[0]!.Value, x.Shape[1]!.Value, (int)x.Shape[2]!, (int)x.Shape[3]!);
        var (count, rows, columns) = (shifts.Shape[1]!.Value, (int)shifts.Shape[3]!, (int)shifts.Shape[4]!);
        var pixels = x.Transpose([0, 2, 3, 1]).Reshape([batch * height * width, channels]);
        var image = Constant.Of([.. Enumerable.Range(0, (int)batch).Select(i => (double)i * height * width)], [batch, 1, 1, 1]);
        Node Along(int axis) => shifts.Slice(2, axis, axis + 1).Reshape([batch, count, rows, columns])
            + Constant.Of([.. Enumerable.Range(0, (int)count).SelectMany(k => Enumerable.Range(0, rows * columns).Select(at =>
                (double)((axis == 0 ? at / columns : at % columns) * windows.Strides[axis] - windows.Before[axis]
                    + (axis == 0 ? k / windows.Sizes[1] : k % windows.Sizes[1]) * windows.Dilations[axis])))], [count, rows, columns]);
        var sum = (Node?)null;
        foreach (var corner in Grids.Corners([Grids.Beside(Along(0), height), Grids.Beside(Along(1), width)]))
        {
            var place = corner[0].Place * width + corner[1].Place + image;
            var part = pixels.Gather(place.ToIndices()) * (corner[0].Weight * corner[1].Weight).Unsqueeze([4]);
            sum = sum is null ? part : sum + part;
        }
        return sum!;
    }
}
