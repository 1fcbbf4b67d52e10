namespace SimpleFlow.Onnx.Operators;

/// <summary>Images sampled at places that are computed (Jaderberg et al., "Spatial transformer networks", 2015), and the places that an
/// affine map gives.</summary>
internal static class Grids
{
    public static IEnumerable<Operator> All =>
        [
        new("GridSample", node => node.Result(Sampled(node)))
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [Shape.Create([node.Input(0).Shape[0], node.Input(0).Shape[1],
                .. node.Input(1).Shape.Skip(1).Take(node.Input(1).Rank - 2)])],
        },
        new("AffineGrid", AffineGrid) { AtKnownSizes = Operator.Always, Settings = [1] },
        ];

    // The place of a sample along an axis, and the elements beside it with their weights.
    internal sealed record Side(Node Place, Node Weight);

    private static Node Sampled(OnnxNode node)
    {
        var (x, grid) = (node.Float(0), node.Float(1));
        var axes = x.Shape.Rank - 2;
        var sizes = x.Shape.Skip(2).Select(size => (int)size!.Value).ToArray();
        var (batch, channels) = ((int)x.Shape[0]!.Value, (int)x.Shape[1]!.Value);
        // [n, c, …] → rows of channels, one for each pixel.
        int[] channelsLast = [0, .. Enumerable.Range(2, axes), 1];
        var pixels = x.Transpose(channelsLast).Reshape([(long)batch * Indexing.Count(sizes), channels]);
        var picture = Constant.Of([.. Enumerable.Range(0, batch).Select(i => (double)i * Indexing.Count(sizes))],
            Shape.Create([batch, .. Enumerable.Repeat((long?)1, axes)]));
        var strides = Indexing.Strides(sizes);
        // The last number of a place is that of the first spatial axis.
        var sides = Enumerable.Range(0, axes).Select(axis =>
            Sides(node, Ranks.Squeezed(grid.Slice(axes + 1, axes - 1 - axis, axes - axis), [axes + 1]), sizes[axis])).ToArray();
        Node? sum = null;
        foreach (var corner in Corners(sides))
        {
            var (place, weight) = ((Node)picture, (Node)1f);
            for (var axis = 0; axis < axes; axis++)
            {
                place += corner[axis].Place * strides[axis];
                weight *= corner[axis].Weight;
            }
            var part = pixels.Gather(place.ToIndices()) * weight.Unsqueeze([axes + 1]);
            sum = sum is null ? part : sum + part;
        }
        return sum!.Transpose([0, axes + 1, .. Enumerable.Range(1, axes)]);
    }

    public static IEnumerable<Side[]> Corners(Side[][] sides)
    {
        var count = sides.Aggregate(1, (product, one) => product * one.Length);
        for (var i = 0; i < count; i++)
        {
            var (corner, rest) = (new Side[sides.Length], i);
            for (var axis = 0; axis < sides.Length; axis++)
            {
                corner[axis] = sides[axis][rest % sides[axis].Length];
                rest /= sides[axis].Length;
            }
            yield return corner;
        }
    }

    /// <summary>The two elements beside a place, with the shares of each; beyond the edges are zeros.</summary>
    public static Side[] Beside(Node place, int size)
    {
        var first = Rounding.Floor(place);
        var between = place - first;
        return [Inside(first, 1f - between, size, "zeros", isAligned: false), Inside(first + 1f, between, size, "zeros", isAligned: false)];
    }

    private static Side[] Sides(OnnxNode node, Node at, int size)
    {
        var isAligned = node.Flag("align_corners");
        var padding = node.Text("padding_mode", "zeros");
        var mode = node.Text("mode", node.Opset < 20 ? "bilinear" : "linear");
        var x = isAligned ? (at + 1f) * ((size - 1) / 2f) : ((at + 1f) * size - 1f) / 2f;
        if (mode is "nearest") x = Flow.AddFlow(x, new Pointwise("Round", v => Math.Round(v, MidpointRounding.ToEven), null));
        if (padding is "border") x = x.Clip(0, size - 1);
        if (padding is "reflection") x = Mirrored(x, size, isAligned);
        if (mode is "nearest") return [Inside(x, 1f, size, padding, isAligned)];
        var first = Rounding.Floor(x);
        var between = x - first;
        return mode is "cubic" or "bicubic"
            ? [.. Enumerable.Range(-1, 4).Select(i => Inside(first + i, Cubic((between - i).Abs()), size, padding, isAligned))]
            : [Inside(first, 1f - between, size, padding, isAligned), Inside(first + 1f, between, size, padding, isAligned)];
    }

    // Beyond the edges are zeros, the edge, or the image mirrored.
    private static Side Inside(Node place, Node weight, int size, string padding, bool isAligned)
    {
        if (padding is "reflection") return new(Mirrored(place, size, isAligned).Clip(0, size - 1), weight);
        var clipped = place.Clip(0, size - 1);
        return new(clipped, padding is "border" ? weight : weight * clipped.Equal(place).Cast());
    }

    private static Node Mirrored(Node x, int size, bool isAligned)
    {
        var (least, length) = isAligned ? (0.0, size - 1.0) : (-0.5, (double)size);
        return Flow.AddFlow(x, new Pointwise("Mirror", v =>
        {
            if (length == 0) return 0;
            var distance = Math.Abs(v - least) % (2 * length);
            return least + (distance <= length ? distance : 2 * length - distance);
        }, (z, _) => Direction(z - (float)least, (float)length)));
    }

    // Away from the first edge as long as an even number of mirrors has been passed.
    private static Node Direction(Node from, float length)
    {
        var periods = from.Abs() / (2 * length);
        return Flow.Select((periods - Rounding.Floor(periods)).Less(0.5f), from.Sign(), -from.Sign());
    }

    // Keys, 1981, with a = −0.75.
    private static Node Cubic(Node d)
    {
        const float a = -0.75f;
        var near = ((a + 2) * d - (a + 3)) * d * d + 1f;
        var far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
        return Flow.Select(d.LessOrEqual(1f), near, far);
    }

    private static OnnxValue[] AffineGrid(OnnxNode node)
    {
        var (theta, size, isAligned) = (node.Float(0), node.Longs(1), node.Flag("align_corners"));
        int[] sizes = [.. size.Skip(2).Select(length => (int)length)];
        var (axes, count) = (sizes.Length, Indexing.Count(sizes));
        var strides = Indexing.Strides(sizes);
        var places = new double[count * (axes + 1)];
        for (var i = 0; i < count; i++)
        {
            for (var axis = 0; axis < axes; axis++)
            {
                var (index, length) = (i / strides[axis] % sizes[axis], sizes[axis]);
                places[i * (axes + 1) + axes - 1 - axis] = isAligned ? length == 1 ? 0 : 2.0 * index / (length - 1) - 1
                    : (2.0 * index + 1) / length - 1;
            }
            places[i * (axes + 1) + axes] = 1;
        }
        Node grid = Constant.Of(places, [1, count, axes + 1]);
        return node.Result(grid.MatMul(theta, transposeRight: true)
            .Reshape(Shape.Create([size[0], .. sizes.Select(length => (long?)length), axes])));
    }
}
