namespace SimpleFlow.Onnx.Operators;

/// <summary>Sequences of tensors, and values that may be missing: they exist only while the file is read, and positions in them must be
/// known then.</summary>
internal static class Sequences
{
    public static IEnumerable<Operator> All =>
        [
        new("SequenceEmpty", _ => [OnnxValue.Of([])]),
        new("SequenceConstruct", node => [OnnxValue.Of([.. Enumerable.Range(0, node.InputCount).Select(node.Input)])]),
        new("SequenceInsert", node =>
        {
            var parts = Parts(node).ToList();
            // It may come after the last; counted from the end, −1 is before the last.
            var isAtEnd = !node.Has(2) || (long)node.Number(2) == parts.Count;
            parts.Insert(isAtEnd ? parts.Count : Place(node, 2, parts.Count), node.Input(1));
            return [OnnxValue.Of(parts)];
        })
        { Settings = [2] },
        new("SequenceErase", node =>
        {
            var parts = Parts(node).ToList();
            parts.RemoveAt(node.Has(1) ? Place(node, 1, parts.Count) : parts.Count - 1);
            return [OnnxValue.Of(parts)];
        })
        { Settings = [1] },
        new("SequenceAt", node => [Parts(node)[Place(node, 1, Parts(node).Count)]]) { Settings = [1] },
        new("SequenceLength", node => [OnnxValue.Of(new StaticTensor([], new[] { (double)Parts(node).Count }), DataType.Int64)]),
        new("SequenceMap", Mapped),
        new("SplitToSequence", Split) { Settings = [1] },
        new("ConcatFromSequence", node =>
        {
            var parts = Parts(node);
            if (parts.Count == 0) throw node.Fault("an empty sequence cannot be joined.");
            var isNew = node.Flag("new_axis");
            var axis = node.Axis(node.Int("axis", 0), parts[0].Rank + (isNew ? 1 : 0));
            var joined = Flow.Concat([.. parts.Select(part => isNew ? part.Float.Unsqueeze([axis]) : part.Float)], axis);
            return [OnnxValue.Of(joined, parts[0].Type)];
        }),
        new("Optional", node => [node.Optional(0) ?? OnnxValue.Nothing]),
        new("OptionalGetElement", node => node.Input(0) is { IsNothing: false } value ? [value] : throw node.Fault("there is no value.")),
        new("OptionalHasElement", node => [OnnxValue.Of(
            new StaticTensor([], new[] { node.Optional(0) is null or { IsNothing: true } ? 0.0 : 1 }), DataType.Bool)]),
        ];

    private static IReadOnlyList<OnnxValue> Parts(OnnxNode node) =>
        node.Input(0).Sequence ?? throw node.Fault("its input is no sequence.");

    private static int Place(OnnxNode node, int input, int count)
    {
        var place = (int)node.Number(input);
        return place >= -count && place < count ? place < 0 ? place + count : place
            : throw node.Fault($"there is no position {place} in a sequence of {count}.");
    }

    private static OnnxValue[] Mapped(OnnxNode node)
    {
        var body = node.SubGraph("body") ?? throw node.Fault("the body is missing.");
        var inputs = Enumerable.Range(0, node.InputCount).Select(node.Input).ToList();
        var steps = Enumerable.Range(0, Parts(node).Count)
            .Select(i => node.Graph.Within(body, [.. inputs.Select(value => value.Sequence is { } parts ? parts[i] : value)])).ToList();
        return [.. Enumerable.Range(0, body.Output.Count).Select(output => OnnxValue.Of([.. steps.Select(step => step[output])]))];
    }

    private static OnnxValue[] Split(OnnxNode node)
    {
        var x = node.Float(0);
        var axis = node.Axis(node.Int("axis", 0), x.Shape.Rank);
        var length = x.Shape[axis] ?? throw node.Fault("the length of the axis is not known when the file is read.");
        var each = node.Has(1) && node.Input(1).Rank == 0 ? (long)node.Number(1) : 1;
        var lengths = node.Has(1) && node.Input(1).Rank == 1 ? node.Longs(1)
            : [.. Enumerable.Range(0, (int)((length + each - 1) / each)).Select(i => Math.Min(each, length - i * each))];
        var keeps = node.Has(1) || node.Flag("keepdims", true);
        var start = 0L;
        return [OnnxValue.Of([.. lengths.Select(one => x.Slice(axis, start, start += one))
            .Select(part => OnnxValue.Of(keeps ? part : Ranks.Squeezed(part, [axis]), node.Type(0)))])];
    }
}
