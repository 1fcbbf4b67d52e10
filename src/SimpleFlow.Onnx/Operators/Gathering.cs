namespace SimpleFlow.Onnx.Operators;

/// <summary>Elements picked by index. As in ONNX a negative index counts from the end.</summary>
internal static class Gathering
{
    public static IEnumerable<Operator> All =>
        [
        new("Gather", node =>
        {
            var axis = node.Axis(node.Int("axis", 0), node.Input(0).Rank);
            return node.Result(node.Input(0).Node.Gather(Indices(node.Input(1), node.Input(0).Shape[axis]), axis));
        })
        {
            AtKnownSizes = node => node.Input(0).Shape[node.Axis(node.Int("axis", 0), node.Input(0).Rank)] is null
                && !IsFromStart(node.Input(1)),
            OpenShapes = node =>
            {
                var (shape, axis) = (node.Input(0).Shape, node.Axis(node.Int("axis", 0), node.Input(0).Rank));
                return [Shape.Create([.. shape.Take(axis), .. node.Input(1).Shape, .. shape.Skip(axis + 1)])];
            },
            Moves = _ => [0],
        },
        new("GatherElements", node => node.Result(Elements(node, node.Axis(node.Int("axis", 0), node.Input(0).Rank))))
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [node.Input(1).Shape],
        },
        new("GatherND", GatherNd)
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node =>
            {
                var (shape, indices, batch) = (node.Input(0).Shape, node.Input(1).Shape, (int)node.Int("batch_dims", 0));
                return indices[^1] is not { } depth ? node.Graph.DeclaredShapes(node)
                    : [Shape.Create([.. indices.Take(indices.Rank - 1), .. shape.Skip(batch + (int)depth)])];
            },
        },
        new("OneHot", OneHot)
        {
            Settings = [1, 2],
            OutputType = (node, _) => node.Type(2),
        },
        ];

    private static bool IsFromStart(OnnxValue indices) => indices.IsConstant && Array.TrueForAll(indices.Static!.Numbers!, i => i >= 0);

    /// <summary>Whole numbers from 0 on, for an axis of this length.</summary>
    public static Node Indices(OnnxValue value, long? length)
    {
        if (value.IsConstant)
        {
            var numbers = value.Static!.Numbers!;
            return Constant.Of(Array.ConvertAll(numbers, i => i < 0 ? i + length!.Value : i), value.Shape, ElementType.Int32);
        }
        var x = value.Float;
        return Flow.Select(x.Less(0f), x + (float)length!.Value, x).ToIndices();
    }

    // The place in the flat tensor: the index along the axis, and along every other axis the element's own.
    private static Node Elements(OnnxNode node, int axis)
    {
        var (x, indices) = (node.Input(0), node.Input(1));
        var sizes = x.Shape.Select(size => (int)size!.Value).ToArray();
        var picked = Indices(indices, sizes[axis]).Cast();
        return x.Node.Reshape([Indexing.Count(sizes)]).Gather(FlatPlaces(picked, sizes, axis).ToIndices());
    }

    /// <summary>The places in a flat tensor of elements whose index along one axis is given, and along the others their own.</summary>
    public static Node FlatPlaces(Node along, int[] sizes, int axis)
    {
        var strides = Indexing.Strides(sizes);
        var own = along.Shape.Select(size => (int)size!.Value).ToArray();
        Effort.Require(Indexing.Count(own));
        var rest = new double[Indexing.Count(own)];
        var ownStrides = Indexing.Strides(own);
        for (var i = 0; i < rest.Length; i++)
        {
            for (var a = 0; a < own.Length; a++)
                if (a != axis) rest[i] += i / ownStrides[a] % own[a] * (double)strides[a];
        }
        return along * strides[axis] + Constant.Of(rest, along.Shape);
    }

    private static OnnxValue[] GatherNd(OnnxNode node)
    {
        var (x, indices, batch) = (node.Input(0), node.Input(1), (int)node.Int("batch_dims", 0));
        var sizes = x.Shape.Select(size => (int)size!.Value).ToArray();
        var depth = (int)indices.Shape[^1]!.Value;
        var outer = Indexing.Count(sizes[..batch]);
        var inner = Indexing.Count(sizes[(batch + depth)..]);
        var picked = sizes[batch..(batch + depth)];
        var perBatch = (int)indices.Shape.Skip(batch).Take(indices.Rank - 1 - batch)
            .Aggregate(1L, (product, size) => product * size!.Value);
        var rows = FlatRows(indices, depth, picked, outer, perBatch);
        var table = x.Node.Reshape([outer * Indexing.Count(picked), inner]);
        return node.Result(table.Gather(rows.ToIndices())
            .Reshape(Shape.Create([.. indices.Shape.Take(indices.Rank - 1), .. x.Shape.Skip(batch + depth)])));
    }

    /// <summary>The rows of a table [batch · picked axes, rest] that tuples of indices name.</summary>
    public static Node FlatRows(OnnxValue indices, int depth, int[] picked, int outer, int perBatch)
    {
        var tuples = indices.Float.Reshape([outer, perBatch, depth]);
        var strides = Indexing.Strides(picked);
        var shape = Shape.Create([depth]);
        if (depth > 0)
        {
            var wrapped = Flow.Select(tuples.Less(0f),
                tuples + Constant.Of(Array.ConvertAll(picked, size => (double)size), shape), tuples);
            tuples = (wrapped * Constant.Of(Array.ConvertAll(strides, stride => (double)stride), shape)).Sum(2);
        }
        else
        {
            tuples = tuples.Sum(2);
        }
        var count = (double)Indexing.Count(picked);
        var starts = Constant.Of([.. Enumerable.Range(0, outer).Select(i => i * count)], [outer, 1]);
        return (tuples + starts).Reshape([outer * perBatch]);
    }

    private static OnnxValue[] OneHot(OnnxNode node)
    {
        var (classes, rank) = ((int)node.Number(1), node.Input(0).Rank + 1);
        var axis = node.Axis(node.Int("axis", -1), rank);
        var values = node.Numbers(2);
        var x = node.Float(0);
        var wrapped = Flow.Select(x.Less(0f), x + classes, x);
        Effort.Require(classes);
        var candidates = Constant.Of([.. Enumerable.Range(0, classes).Select(i => (double)i)],
            Shape.Create([classes, .. Enumerable.Repeat((long?)1, rank - 1 - axis)]));
        var hot = Ranks.Unsqueezed(wrapped, [axis]).Equal(candidates);
        return node.Result(Flow.Select(hot, (float)values[1], (float)values[0]), node.Type(2));
    }
}
