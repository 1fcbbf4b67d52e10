namespace SimpleFlow;

/// <summary>
/// Writes a scan of known length as the nodes of all its steps, for programs that know only the library's ops: the history of a state is a
/// <see cref="Concat"/> of the states of single steps, and a slice of it one of fewer. At the first step, what is computed from a state of
/// zeros is left out.
/// </summary>
internal static class ScanUnrolling
{
    /// <summary>What a node becomes, whose inputs are unrolled already; null if it stays.</summary>
    public static Node? Of(Operation node) => node.Op switch
    {
        ScanPart part when node.InputArray[0] is Operation { Op: Scan } scan && scan.InputArray[0].Shape[0] is { } time =>
            Part(scan, part.Section, (int)time),
        Slice { Along: 0, Step: 1 } slice when Parts(node.InputArray[0]) is { } parts => Joined(parts, slice, node),
        ReduceSum { Keep: false, Axes: [0] } when node.InputArray[0] is Operation { Op: Unsqueeze { Axes: [0] } } one => one.InputArray[0],
        _ => null,
    };

    private static Node[]? Parts(Node joined) => joined switch
    {
        Operation { Op: Concat { Along: 0 } } all when Array.TrueForAll(all.InputArray, IsPart) => all.InputArray,
        _ => null,
    };

    private static bool IsPart(Node node) => node is Operation { Op: Unsqueeze { Axes: [0] } };

    private static Node? Joined(Node[] parts, Slice slice, Operation node)
    {
        if (node.Shape[0] is not ({ } length and > 0)) return null;
        var first = (int)(slice.Start < 0 ? Math.Max(0, slice.Start + parts.Length) : slice.Start);
        Node[] kept = parts[first..(first + (int)length)];
        return kept.Length == 1 ? kept[0] : Flow.Concat(kept, 0);
    }

    private static Node Part(Operation node, int section, int time)
    {
        var scan = (Scan)node.Op;
        var body = scan.Body;
        var values = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = body.Sequences.Length; i < body.Leaves.Length; i++) values[body.Leaves[i]] = node.InputArray[i];
        var isState = section < body.States.Length;
        var parts = new Node[isState ? time + 1 : time];
        var zeros = new HashSet<Node>(body.States.Select(state => values[state]).Where(IsZero), ReferenceEqualityComparer.Instance);
        if (isState) parts[scan.Reverse ? time : 0] = values[body.States[section]];
        for (var place = 0; place < time; place++)
        {
            var t = scan.Reverse ? time - 1 - place : place;
            // A sum over one element.
            for (var i = 0; i < body.Sequences.Length; i++)
                values[body.Sequences[i]] = node.InputArray[i].Slice(0, t, t + 1).Sum(axis: 0);
            var now = new Dictionary<Node, Node>(values, ReferenceEqualityComparer.Instance);
            foreach (var one in body.Order)
            {
                if (one is Operation operation)
                    now[one] = WithoutZeros(operation, Array.ConvertAll(one.InputArray, input => now[input]), zeros);
                else now.TryAdd(one, one);
            }
            parts[isState && !scan.Reverse ? t + 1 : t] = now[body.Results[section]];
            for (var i = 0; i < body.States.Length; i++) values[body.States[i]] = now[body.Next[i]];
        }
        return Flow.Concat([.. parts.Select(part => part.Unsqueeze([0]))], 0);
    }

    // 0·w is 0, and x + 0 is x: as if the layer had been written without its first state.
    private static Node WithoutZeros(Operation node, Node[] inputs, HashSet<Node> zeros)
    {
        var current = Rewriter.With(node, inputs);
        switch (node.Op)
        {
            case MatMul or Multiply when Array.Exists(inputs, zeros.Contains):
            case Slice or Reshape or Transpose or Unsqueeze when zeros.Contains(inputs[0]):
                zeros.Add(current);
                return current;
            case Add when zeros.Contains(inputs[0]) && inputs[1].Shape.Equals(current.Shape): return inputs[1];
            case Add or Subtract when zeros.Contains(inputs[1]) && inputs[0].Shape.Equals(current.Shape): return inputs[0];
            case Subtract when zeros.Contains(inputs[0]) && inputs[1].Shape.Equals(current.Shape): return -inputs[1];
            default: return current;
        }
    }

    private static bool IsZero(Node node) =>
        (node is Operation { Op: BroadcastLike or Broadcast } stretched ? stretched.InputArray[0] : node) is Constant { Uniform: 0 };
}
