namespace SimpleFlow.Onnx.Operators;

/// <summary>The places of the largest or least elements along an axis. Of equal ones the first wins, or the last if asked for.</summary>
internal static class ArgExtremes
{
    public static IEnumerable<Operator> All => [Of("ArgMax", x => x), Of("ArgMin", x => -x)];

    private static Operator Of(string name, Func<Node, Node> turned) => new(name, node =>
    {
        var x = turned(node.Float(0));
        var axis = node.Axis(node.Int("axis", 0), x.Shape.Rank);
        var last = node.Flag("select_last_index");
        Node place = last ? (float)(x.Shape[axis]!.Value - 1) - Reversal.Of(x, axis).ArgMax(axis).Cast() : x.ArgMax(axis);
        return node.Result(node.Flag("keepdims", true) ? Ranks.Unsqueezed(place, [axis]) : place, DataType.Int64);
    })
    {
        AtKnownSizes = node => node.Flag("select_last_index"),
        OpenShapes = node =>
        {
            var shape = node.Input(0).Shape;
            var axis = node.Axis(node.Int("axis", 0), shape.Rank);
            return [Shape.Create([.. shape.Select((size, i) => i == axis ? 1 : size)
                .Where((_, i) => i != axis || node.Flag("keepdims", true))])];
        },
        OutputType = (_, _) => DataType.Int64,
    };
}
