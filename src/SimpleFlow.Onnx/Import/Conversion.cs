namespace SimpleFlow.Onnx;

/// <summary>Converts one node: with sizes, if all that it works on are sizes; later, if it waits for sizes; else at once.</summary>
internal static class Conversion
{
    public static OnnxValue[] Of(Operator by, OnnxNode node, int largestFolded)
    {
        if (by.Settings.Length > 0)
            node = node.With([.. node.Inputs.Select((value, i) => by.Settings.Contains(i) ? value?.Setting : value)]);
        if (Moved(by, node) is { } moved) return moved;
        if (Computed(by, node) is { } computed) return computed;
        if (Reduced(by, node) is { } reduced) return reduced;
        if (by.AtKnownSizes(node) && node.Graph.SurroundingsOf(node.Proto) is var around
            && !node.Inputs.OfType<OnnxValue>().Concat(around.Values).All(IsKnown))
            return SizedOp.Of(by, node, around);
        var outputs = by.Convert(node);
        if (node.Inputs.All(value => value is null or { IsConstant: true }))
        {
            for (var i = 0; i < outputs.Length; i++)
                if (outputs[i] is not null) outputs[i] = Folded(outputs[i], largestFolded);
        }
        return outputs;
    }

    private static bool IsKnown(OnnxValue value) => value.IsNothing || value.IsWeight
        || (value.Sequence?.All(IsKnown) ?? value.Static?.IsKnown ?? value.Shape.IsKnown);

    private static bool IsOfConstants(Node node)
    {
        var (left, seen) = (new Stack<Node>([node]), new HashSet<Node>());
        while (left.TryPop(out var next))
        {
            if (next is Placeholder or Variable) return false;
            if (!seen.Add(next)) continue;
            foreach (var input in next.Inputs) left.Push(input);
        }
        return true;
    }

    private static bool Waits(OnnxValue? value) => value is { Static.IsKnown: false };

    /// <summary>Sizes that are only moved: the places are moved as numbers, and each size taken to its place.</summary>
    private static OnnxValue[]? Moved(Operator by, OnnxNode node)
    {
        if (by.Moves is null || !node.Inputs.Any(Waits)) return null;
        var moves = by.Moves(node);
        for (var i = 0; i < node.InputCount; i++)
        {
            if (node.Optional(i) is { } value && !(moves.Contains(i) ? value.Static is not null && !value.IsWeight : value.IsConstant))
                return null;
        }
        var elements = new List<SizeExpression>();
        var inputs = node.Inputs.ToArray();
        foreach (var i in moves.Where(node.Has))
        {
            var tensor = inputs[i]!.Static!;
            var first = elements.Count;
            inputs[i] = OnnxValue.Of(
                new StaticTensor(tensor.Sizes, [.. Enumerable.Range(first, tensor.Count).Select(place => (double)place)]), DataType.Float);
            for (var j = 0; j < tensor.Count; j++) elements.Add(tensor[j]);
        }
        return [.. by.Convert(node.With(inputs)).Select(output => Placed(Folded(output, int.MaxValue), elements, node.Type(moves[0])))];
    }

    private static OnnxValue Placed(OnnxValue output, List<SizeExpression> elements, DataType type) => output.Sequence is { } parts
        ? OnnxValue.Of([.. parts.Select(part => Placed(Folded(part, int.MaxValue), elements, type))])
        : OnnxValue.Of(
            new StaticTensor(output.Static!.Sizes, Array.ConvertAll(output.Static.Numbers!, place => elements[(int)place])), type);

    /// <summary>Numbers computed from sizes, element by element.</summary>
    private static OnnxValue[]? Computed(Operator by, OnnxNode node)
    {
        if (by.Formula?.Invoke(node) is not { } formula || !node.Inputs.Any(Waits)
            || !node.Inputs.All(value => value is { Static: not null, IsWeight: false }))
            return null;
        var tensors = node.Inputs.Select(value => value!.Static!).ToArray();
        var sizes = tensors.Select(tensor => tensor.Sizes).Aggregate(Indexing.Stretched);
        Effort.Require(Indexing.Count(sizes));
        var results = new SizeExpression[Indexing.Count(sizes)];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = SizeExpression.Of(by.Name.ToLowerInvariant(), formula,
                [.. tensors.Select(tensor => tensor[Indexing.StretchedOffset(i, sizes, tensor.Sizes)])]);
        }
        return [OnnxValue.Of(new StaticTensor(sizes, results), by.OutputType(node, 0))];
    }

    /// <summary>A total of sizes, such as how many elements there are.</summary>
    private static OnnxValue[]? Reduced(Operator by, OnnxNode node)
    {
        if (by.Total is null || node.Optional(0)?.Static is not { IsKnown: false, Sizes: [var count] } sizes || count == 0) return null;
        var total = SizeExpression.Of(by.Name.ToLowerInvariant(), by.Total, [.. Enumerable.Range(0, count).Select(i => sizes[i])]);
        return [OnnxValue.Of(new StaticTensor(node.Flag("keepdims", true) ? [1] : [], [total]), node.Type(0))];
    }

    /// <summary>The numbers of a result that depends on constants alone.</summary>
    private static OnnxValue Folded(OnnxValue value, int largest)
    {
        if (value.Sequence is { } parts) return OnnxValue.Of([.. parts.Select(part => Folded(part, largest))]);
        if (value.Static is not null || value.IsNothing || !value.Shape.IsKnown || value.Shape.ElementCount > largest) return value;
        Effort.Require(value.Shape.ElementCount);
        // A branch or the body of a loop takes values from around it, which are no inputs of its node.
        if (!IsOfConstants(value.Node)) return value;
        var numbers = new double[value.Shape.ElementCount];
        if (numbers.Length > 0) PlainReading.Of([value.Node], new Feed())[0].FlattenTo(numbers);
        return OnnxValue.Of(new StaticTensor([.. value.Shape.Select(size => (int)size!)], numbers), value.Type);
    }
}
