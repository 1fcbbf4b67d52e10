namespace SimpleFlow.Onnx.Operators;

/// <summary>The same elements in another shape, order of axes, or repeated.</summary>
internal static class Shapes
{
    public static IEnumerable<Operator> All =>
        [
        new("Reshape", node => node.Result(node.Input(0).Node.Reshape(Shape.Create(Target(node)))))
        {
            AtKnownSizes = node => node is { Opset: >= 5 } && node.Input(1).Static is null ? throw node.FromData(1)
                : !IsReady(node),
            OpenShapes = node => [Shape.Create(Target(node))],
            Settings = [1],
            Moves = _ => [0],
        },
        new("Flatten", node => node.Result(node.Input(0).Node.Reshape(Matrix(node))))
        {
            AtKnownSizes = node => Matrix(node) is var matrix && (matrix.Count(size => size is null) > 1 || matrix.Contains(0)),
            OpenShapes = node => [Matrix(node)],
            Moves = _ => [0],
        },
        new("Squeeze", node => node.Result(Ranks.Squeezed(node.Input(0).Node, Squeezed(node)))) { Settings = [1], Moves = _ => [0] },
        new("Unsqueeze", node =>
        {
            var axes = (node.Opset < 13 ? node.LongsOf("axes") : node.Longs(1))!;
            var rank = node.Input(0).Rank + axes.Length;
            return node.Result(Ranks.Unsqueezed(node.Input(0).Node, Array.ConvertAll(axes, axis => node.Axis(axis, rank))));
        })
        { Settings = [1], Moves = _ => [0] },
        new("Transpose", node => node.Result(node.Input(0).Node.Transpose(
            node.Ints("perm") ?? [.. Enumerable.Range(0, node.Input(0).Rank).Reverse()]))) { Moves = _ => [0] },
        new("Expand", node =>
        {
            var (x, target) = (node.Input(0).Node, node.Longs(1));
            return node.Result(x.Broadcast(Common(x.Shape, [.. target.Select(size => (long?)size)], node)));
        })
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [Common(node.Input(0).Shape, [.. Partly(node, 1)], node)],
            Settings = [1],
            Moves = _ => [0],
        },
        new("Tile", Tile)
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node =>
            {
                var repeats = Partly(node, 1);
                return [Shape.Create([.. node.Input(0).Shape.Select((size, axis) => size * repeats[axis])])];
            },
            Settings = [1],
            Moves = _ => [0],
        },
        ];

    /// <summary>The numbers of an input that makes a shape, null for those that wait for sizes.</summary>
    public static long?[] Partly(OnnxNode node, int input)
    {
        var value = node.Input(input);
        return value.Static is { } known ? Array.ConvertAll(known.Partly, number => (long?)number)
            : value.Shape is { Rank: 1 } shape && shape[0] is { } length ? new long?[length]
            : throw node.FromData(input);
    }

    private static long?[] Target(OnnxNode node)
    {
        var shape = node.Input(0).Shape;
        var given = node.Opset < 5 && node.LongsOf("shape") is { } attribute ? [.. attribute.Select(size => (long?)size)] : Partly(node, 1);
        var keepsZeros = node.Flag("allowzero");
        var target = new long?[given.Length];
        for (var axis = 0; axis < target.Length; axis++)
        {
            target[axis] = given[axis] switch
            {
                0 when !keepsZeros => axis < shape.Rank ? shape[axis]
                    : throw node.Fault($"size {axis} of the new shape is that of axis {axis}, which the input {shape} does not have."),
                -1 => null,
                var size => size,
            };
        }
        // The size that is left open follows from the others, if they are known.
        if (shape.IsKnown && given.Count(size => size is -1) == 1 && target.Count(size => size is null) == 1)
        {
            var others = target.Aggregate(1L, (product, size) => product * (size ?? 1));
            if (others > 0 && shape.ElementCount % others == 0) target[Array.IndexOf(target, null)] = shape.ElementCount / others;
        }
        return target;
    }

    // One size that is not known, such as the batch of another node, follows from the others, unless one of them is 0.
    private static bool IsReady(OnnxNode node) => Target(node) is var target && target.Count(size => size is null) switch
    {
        0 => true,
        1 => !target.Contains(0),
        _ => false,
    };

    private static Shape Matrix(OnnxNode node)
    {
        var shape = node.Input(0).Shape;
        var axis = node.Int("axis", 1);
        var split = axis == shape.Rank ? shape.Rank : node.Axis(axis, shape.Rank);
        return Shape.Create([Product(shape.Take(split)), Product(shape.Skip(split))]);
    }

    private static long? Product(IEnumerable<long?> sizes) => sizes.Aggregate((long?)1, (product, size) => product * size);

    private static int[] Squeezed(OnnxNode node)
    {
        var shape = node.Input(0).Shape;
        return node.Axes(shape.Rank, input: 1, inputSince: 13) is { } axes ? axes
            : shape.IsKnown ? [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1)]
            : throw node.Fault($"it removes all axes of size 1 of {shape}, whose sizes are not all known. Name the axes in the file.");
    }

    private static Shape Common(Shape shape, long?[] target, OnnxNode node)
    {
        var sizes = new long?[Math.Max(shape.Rank, target.Length)];
        for (var i = 1; i <= sizes.Length; i++)
        {
            var (own, wanted) = (i <= shape.Rank ? shape[^i] : 1, i <= target.Length ? target[^i] : 1);
            sizes[^i] = own == 1 ? wanted : wanted == 1 || own == wanted ? own : own is null || wanted is null ? own ?? wanted
                : throw node.Fault($"the shape {shape} cannot be expanded to [{string.Join(", ", target)}].");
        }
        return Shape.Create(sizes);
    }

    // [n] → [1, n] → [repeats, n] → [repeats · n], for every axis at once.
    private static OnnxValue[] Tile(OnnxNode node)
    {
        var (x, repeats) = (node.Input(0).Node, node.Longs(1));
        var rank = x.Shape.Rank;
        var one = x.Reshape(Shape.Create([.. x.Shape.SelectMany(size => new long?[] { 1, size })]));
        var all = one.Broadcast(Shape.Create([.. x.Shape.SelectMany((size, axis) => new long?[] { repeats[axis], size })]));
        return node.Result(all.Reshape(Shape.Create([.. x.Shape.Select((size, axis) => size * repeats[axis])])));
    }
}
