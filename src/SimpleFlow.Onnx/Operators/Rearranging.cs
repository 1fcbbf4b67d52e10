namespace SimpleFlow.Onnx.Operators;

/// <summary>Elements in other places: blocks of pixels as channels and back, sequences reversed up to their own lengths.</summary>
internal static class Rearranging
{
    public static IEnumerable<Operator> All =>
        [
        new("DepthToSpace", node =>
        {
            var (x, block) = (node.Input(0).Node, node.Int("blocksize", 1));
            var (n, c, h, w) = (x.Shape[0], x.Shape[1] / (block * block), x.Shape[2], x.Shape[3]);
            var isRows = node.Text("mode", "DCR") is "DCR";
            var apart = isRows ? x.Reshape([n, block, block, c, h, w]).Transpose([0, 3, 4, 1, 5, 2])
                : x.Reshape([n, c, block, block, h, w]).Transpose([0, 1, 4, 2, 5, 3]);
            return node.Result(apart.Reshape([n, c, h * block, w * block]));
        })
        { AtKnownSizes = Operator.Always, OpenShapes = node => Blocks(node, into: true) },
        new("SpaceToDepth", node =>
        {
            var (x, block) = (node.Input(0).Node, node.Int("blocksize", 1));
            var (n, c, h, w) = (x.Shape[0], x.Shape[1], x.Shape[2] / block, x.Shape[3] / block);
            var apart = x.Reshape([n, c, h, block, w, block]).Transpose([0, 3, 5, 1, 2, 4]);
            return node.Result(apart.Reshape([n, c * block * block, h, w]));
        })
        { AtKnownSizes = Operator.Always, OpenShapes = node => Blocks(node, into: false) },
        new("ReverseSequence", node =>
        {
            var (x, time, batch) = (node.Float(0), (int)node.Int("time_axis", 0), (int)node.Int("batch_axis", 1));
            var sizes = x.Shape.Select(size => (int)size!.Value).ToArray();
            var lengths = node.Float(1).Reshape(Along(sizes, batch));
            var own = Constant.Of([.. Enumerable.Range(0, sizes[time]).Select(i => (double)i)], Along(sizes, time));
            // Up to its length a sequence runs backwards, and after it stays as it is.
            var places = Flow.Select(((Node)own).Less(lengths), lengths - 1f - own, own).Broadcast(x.Shape);
            return node.Result(x.Reshape([Indexing.Count(sizes)]).Gather(Gathering.FlatPlaces(places, sizes, time).ToIndices()));
        })
        { AtKnownSizes = Operator.Always, OpenShapes = node => [node.Input(0).Shape] },
        ];

    private static Shape Along(int[] sizes, int axis) => Shape.Create([.. sizes.Select((size, i) => i == axis ? (long?)size : 1)]);

    private static Shape[] Blocks(OnnxNode node, bool into)
    {
        var (shape, block) = (node.Input(0).Shape, node.Int("blocksize", 1));
        return into ? [[shape[0], shape[1] / (block * block), shape[2] * block, shape[3] * block]]
            : [[shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block]];
    }
}
