namespace SimpleFlow.Onnx.Operators;

/// <summary>Elements put into places of a tensor: in place of what is there, added to it, multiplied, or compared with it.</summary>
internal static class Scattering
{
    public static IEnumerable<Operator> All =>
        [
        new("Scatter", Elements) { AtKnownSizes = Operator.Always, OpenShapes = node => [node.Input(0).Shape] },
        new("ScatterElements", Elements) { AtKnownSizes = Operator.Always, OpenShapes = node => [node.Input(0).Shape] },
        new("ScatterND", node =>
        {
            var (x, indices, updates) = (node.Float(0), node.Input(1), node.Float(2));
            var sizes = x.Shape.Select(size => (int)size!.Value).ToArray();
            var depth = (int)indices.Shape[^1]!.Value;
            var (picked, inner) = (sizes[..depth], Indexing.Count(sizes[depth..]));
            var count = (int)indices.Shape.Take(indices.Rank - 1).Aggregate(1L, (product, size) => product * size!.Value);
            var rows = Gathering.FlatRows(indices, depth, picked, outer: 1, perBatch: count).ToIndices();
            var into = Flow.AddFlow(x.Reshape([Indexing.Count(picked), inner]),
                new ScatterRows(rows, updates.Reshape([count, inner]), node.Text("reduction", "none")));
            return node.Result(into.Reshape(x.Shape));
        })
        { AtKnownSizes = Operator.Always, OpenShapes = node => [node.Input(0).Shape] },
        ];

    private static OnnxValue[] Elements(OnnxNode node)
    {
        var (x, updates) = (node.Float(0), node.Float(2));
        var sizes = x.Shape.Select(size => (int)size!.Value).ToArray();
        var axis = node.Axis(node.Int("axis", 0), sizes.Length);
        var count = updates.Shape.ElementCount;
        var places = Gathering.FlatPlaces(Gathering.Indices(node.Input(1), sizes[axis]).Cast(), sizes, axis).Reshape([count]).ToIndices();
        var into = Flow.AddFlow(x.Reshape([x.Shape.ElementCount, 1]),
            new ScatterRows(places, updates.Reshape([count, 1]), node.Text("reduction", "none")));
        return node.Result(into.Reshape(x.Shape));
    }
}

/// <summary>
/// A table whose rows at some places are replaced by others, or combined with them: none, add, mul, min, max; of several for one place the
/// last replaces. What was replaced gets no gradient; what was multiplied gets that of the product, and of a maximum or minimum the one
/// that it is.
/// </summary>
internal sealed record ScatterRows : CustomOp
{
    public ScatterRows(Node places, Node updates, string reduction) : base(places, updates) => Reduction = reduction;

    private string Reduction { get; }

    protected override string Attributes => Reduction;

    protected override ElementType TypeOf(int input) => input == 1 ? ElementType.Int32 : ElementType.Float32;

    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        var places = inputs[1].Values;
        var updates = inputs[2].Values;
        var y = result.Values;
        var width = result.Size(1);
        inputs[0].Values.CopyTo(y);
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] < 0 || places[i] >= result.Size(0))
                throw new DataException($"A place to put elements at is {places[i]}; there are {result.Size(0)}.");
            for (var k = 0; k < width; k++)
            {
                ref var at = ref y[(int)places[i] * width + k];
                var update = updates[i * width + k];
                at = Reduction switch
                {
                    "add" => at + update,
                    "mul" => at * update,
                    "min" => Math.Min(at, update),
                    "max" => Math.Max(at, update),
                    _ => update,
                };
            }
        }
    }

    protected override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (x, places, updates) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        if (input == 1) return null;
        return (Reduction, input) switch
        {
            ("add", 0) => upstream,
            ("add", _) => upstream.Gather(places),
            ("mul", 0) => upstream * node / x,
            ("mul", _) => (upstream * node).Gather(places) / updates,
            ("min" or "max", 0) => upstream * node.Equal(x).Cast(),
            ("min" or "max", _) => upstream.Gather(places) * ((Node)node).Gather(places).Equal(updates).Cast(),
            (_, 0) => Flow.AddFlow(upstream, new ScatterRows(places, 0f * updates, "none")),
            _ => upstream.Gather(places),
        };
    }
}
