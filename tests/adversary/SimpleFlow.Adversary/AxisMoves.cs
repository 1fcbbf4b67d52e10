namespace SimpleFlow.Adversary;

/// <summary>Moves along axes: sums, products, pieces, other orders, indices.</summary>
internal static class AxisMoves
{
    public static IEnumerable<Move> All { get; } =
        [
        new("sum", p => Reduce(p, (x, axes, keep) => x.Sum(axes, keep))),
        new("mean", p => Reduce(p, (x, axes, keep) => x.Mean(axes, keep))),
        new("max", p => Reduce(p, (x, axes, keep) => x.Max(axes, keep))),
        new("sum of all", p => p.Any().Sum()),
        new("mean of all", p => p.Any().Mean()),
        new("softmax", p => { var x = p.Any(Ranked); return x.Softmax(Axis(p, x)); }),
        new("log softmax", p => { var x = p.Any(Ranked); return x.LogSoftmax(Axis(p, x)); }),
        new("largest index", p => { var x = p.Any(Ranked); return x.ArgMax(Axis(p, x)); }),
        new("one-hot", p => { var classes = p.Size(); return p.Indices(classes, p.Chance(0.5) ? null : p.Size()).OneHot(classes); }),
        new("gather", Gather),
        new("product", Product),
        new("product of two", Pair),
        new("slice", Slice),
        new("pad", p => { var x = p.Any(Ranked); return x.Pad(Axis(p, x), p.Random.Next(3), p.Random.Next(4)); }),
        new("concat", Concat),
        new("transpose", p => { var x = p.Any(); return x.Transpose(p.Chance(0.2) ? null : Shuffled(p, x.Shape.Rank)); }),
        new("reshape", Reshape),
        new("broadcast",
            p => { var x = p.Any(x => x.Shape.IsKnown); return x.Broadcast(
                Shape.Create([p.One(1, 2, 3), .. x.Shape.Select(size => size == 1 && p.Chance(0.5) ? p.Size() : size)])); }),
        new("flatten", p => p.Any().Flatten()),
    ];

    private static bool Ranked(Node x) => x.Shape.Rank > 0;

    private static int Axis(RandomProgram p, Node x) => p.Random.Next(x.Shape.Rank) - (p.Chance(0.3) ? x.Shape.Rank : 0);

    private static Node Reduce(RandomProgram p, Func<Node, int[], bool, Node> reduce)
    {
        var x = p.Any(Ranked);
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank).Where(_ => p.Chance(0.5))];
        return axes.Length == 0 ? throw new NoMoveException() : reduce(x, axes, p.Chance(0.4));
    }

    private static Node Gather(RandomProgram p)
    {
        var table = p.Chance(0.4) ? p.Variable(p.Size(), p.Size()) : p.Any(Ranked);
        var axis = p.Random.Next(table.Shape.Rank);
        if (table.Shape[axis] is not > 0) throw new NoMoveException();
        var indices = p.Indices(table.Shape[axis]!.Value,
            [.. Enumerable.Range(0, p.Random.Next(3)).Select(i => i == 0 && p.Chance(0.5) ? null : (long?)p.Size())]);
        return table.Gather(indices, axis);
    }

    private static Node Product(RandomProgram p)
    {
        var x = p.Any(x => x.Shape.Rank >= 2);
        var (left, transposeX, transposeV) = (p.Chance(0.6), p.Chance(0.25), p.Chance(0.3));
        var inner = x.Shape[left == transposeX ? x.Shape.Rank - 2 : x.Shape.Rank - 1];
        var width = p.One(1, 2, 3, 8, 15, 16, 17, 32, 33, 48, 64);
        var weights = left == transposeV ? p.Variable(width, inner) : p.Variable(inner, width);
        return (left ? x.MatMul(weights, transposeX, transposeV) : weights.MatMul(x, transposeV, transposeX)) * 0.3f;
    }

    private static Node Pair(RandomProgram p)
    {
        var x = p.Any(x => x.Shape.Rank >= 2);
        return (p.Chance(0.5) ? x.MatMul(x, transposeRight: true) : x.MatMul(x, transposeLeft: true)) * 0.2f;
    }

    private static Node Slice(RandomProgram p)
    {
        var x = p.Any(Ranked);
        var step = p.One(1L, 1, 2, 3, -1, -2);
        return step > 0
            ? x.Slice(Axis(p, x), p.Random.Next(3), p.Chance(0.4) ? null : p.One(-1L, 1, 2, 4, 100), step)
            : x.Slice(Axis(p, x), p.One(-1L, 2, 5), p.Chance(0.7) ? null : 0, step);
    }

    private static Node Concat(RandomProgram p)
    {
        var x = p.Any(Ranked);
        var axis = p.Random.Next(x.Shape.Rank);
        var parts = new List<Node> { x };
        for (var i = 1 + p.Random.Next(3); i > 0; i--)
        {
            parts.Add(p.Random.Next(3) switch
            {
                0 => x * 0.5f,
                1 => p.Any(),
                _ when x.Shape.Where((size, at) => at != axis).All(size => size is not null) =>
                    p.Variable([.. x.Shape.Select((size, at) => at == axis ? p.Size() : size)]),
                _ => x.Tanh(),
            });
        }
        return Flow.Concat([.. parts.OrderBy(_ => p.Random.Next())], axis);
    }

    private static int[] Shuffled(RandomProgram p, int rank)
    {
        int[] order = [.. Enumerable.Range(0, rank)];
        p.Random.Shuffle(order);
        return order;
    }

    private static Node Reshape(RandomProgram p)
    {
        var x = p.Any();
        if (!x.Shape.IsKnown)
            return x.Shape.Rank >= 2 && x.Shape[0] is null ? x.Reshape([null, .. x.Shape.Skip(1).Reverse()]) : throw new NoMoveException();
        var rest = x.Shape.ElementCount;
        if (rest == 0) return x.Reshape([0, 3]);
        var sizes = new List<long?>();
        while (rest > 1 && sizes.Count < 4)
        {
            var divisors = Enumerable.Range(1, 12).Where(divisor => rest % divisor == 0).ToArray();
            var divisor = divisors[p.Random.Next(divisors.Length)];
            sizes.Add(divisor);
            rest /= divisor;
        }
        sizes.Insert(p.Random.Next(sizes.Count + 1), p.Chance(0.3) ? null : rest);
        return x.Reshape(Shape.Create([.. sizes]));
    }
}
