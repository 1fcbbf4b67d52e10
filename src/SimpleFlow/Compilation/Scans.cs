namespace SimpleFlow.Compilation;

/// <summary>
/// Makes scans cheaper, at known shapes. A scan whose results another one has, too, such as the one that keeps what the backward pass
/// reads, is not computed twice. And what is the same at every step leaves the body: above all the panels of its matrices, which are packed
/// once and not at every step.
/// </summary>
internal sealed class Scans : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default)
    {
        var order = GraphOrder.Of(outputs, cancellation: cancellation);
        if (!order.Exists(node => node is Operation { Op: Scan })) return outputs;
        var bodies = Shared(outputs, order);
        var made = new Dictionary<(Node, ScanBody), Node>();
        return Rewriter.Run(outputs, (node, inputs) =>
        {
            if (node is not Operation operation) return node;
            switch (operation.Op)
            {
                case Scan scan:
                    var (first, body) = bodies[node];
                    if (made.TryGetValue((first, body), out var known)) return known;
                    var current = new Operation(new Scan(body, scan.Reverse, inputs[1..]), inputs, node.Name, node.MadeAt);
                    return made[(first, body)] = WithoutInvariants(current);
                case ScanPart part:
                    var of = operation.InputArray[0] is Operation { Op: Scan } whole ? bodies[whole].Body : part.Body;
                    // Here it becomes a slice: the inputs of the scan may be others from now on.
                    var start = ScanLayout.Of(of, [.. inputs[1..].Select(input => input.Shape)]).Starts[part.Section];
                    return inputs[0].Slice(0, start, start + node.Shape.ElementCount).Reshape(node.Shape);
                default:
                    return Rewriter.With(operation, inputs);
            }
        }, cancellation);
    }

    /// <summary>For each scan the first of those with the same inputs, and the body to run: that of the scan with the most results that has
    /// all of its own.</summary>
    private static Dictionary<Node, (Node First, ScanBody Body)> Shared(Node[] outputs, List<Node> order)
    {
        var scans = order.Where(node => node is Operation { Op: Scan }).Cast<Operation>().ToList();
        var isRead = new HashSet<Node>(outputs, ReferenceEqualityComparer.Instance);
        foreach (var node in order.OfType<Operation>().Where(node => node.Op is not ScanPart)) isRead.UnionWith(node.InputArray);
        var groups = new List<List<Operation>>();
        foreach (var scan in scans)
        {
            var group = groups.Find(group => ((Scan)group[0].Op).Reverse == ((Scan)scan.Op).Reverse
                && group[0].InputArray.AsSpan().SequenceEqual(scan.InputArray));
            if (group is null) groups.Add(group = []);
            group.Add(scan);
        }
        var shared = new Dictionary<Node, (Node, ScanBody)>(ReferenceEqualityComparer.Instance);
        foreach (var group in groups)
        {
            foreach (var scan in group)
            {
                var own = ((Scan)scan.Op).Body;
                // Somebody who reads the flat result itself knows its layout.
                var body = isRead.Contains(scan) ? own : group.Select(other => ((Scan)other.Op).Body).Where(other => Has(other, own))
                    .MaxBy(other => other.Results.Length)!;
                shared[scan] = (group[0], body);
            }
        }
        return shared;
    }

    private static bool Has(ScanBody? body, ScanBody other)
    {
        while (body is not null && !ReferenceEquals(body, other)) body = body.Within;
        return body is not null;
    }

    private static Operation WithoutInvariants(Operation node)
    {
        var scan = (Scan)node.Op;
        var (body, inputs) = (scan.Body, node.InputArray);
        var leaves = body.LeavesFor([.. inputs.Select(input => input.Shape)]);
        var firstCaptured = body.Sequences.Length + body.States.Length;
        // What stands outside for a node that is the same at every step.
        var outside = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = firstCaptured; i < leaves.Length; i++) outside[leaves[i]] = inputs[i];

        var results = Rewriter.Run(body.On(leaves), (inner, own) =>
        {
            if (inner is not Operation operation) return inner;
            Node current = Rewriter.With(operation, own);
            if (IsInvariant(current)) return Left(current);
            if (current is Operation { Op: MatMul } product && outside.ContainsKey(product.InputArray[1]) && PackedMatMul.Suits(product))
            {
                var packed = PackedMatMul.Of(product);
                var panels = Rewriter.Run([packed.InputArray[1]], (part, parts) => part is Operation one
                    ? Left(Rewriter.With(one, parts)) : part)[0];
                return new Operation(packed.Op, [packed.InputArray[0], panels], current.Name, current.MadeAt);
            }
            return current;
        });

        bool IsInvariant(Node inner) => inner is Operation { Op: not (Broadcast or BroadcastLike) }
            && inner.InputArray.Any(outside.ContainsKey) && inner.InputArray.All(input => outside.ContainsKey(input) || input is Constant);

        Node Left(Node inner)
        {
            if (outside.ContainsKey(inner)) return inner;
            var (op, parts) = (((Operation)inner).Op, Array.ConvertAll(inner.InputArray, part => outside.GetValueOrDefault(part) ?? part));
            outside[inner] = new Operation(op, parts, inner.Name, inner.MadeAt);
            return inner;
        }

        // The outermost of them are captured.
        var kept = new Dictionary<Node, Placeholder>(ReferenceEqualityComparer.Instance);
        var rewritten = Rewriter.Run(results, (inner, own) =>
        {
            if (inner is not Operation operation || outside.ContainsKey(inner)) return inner;
            return Rewriter.With(operation, [.. operation.InputArray.Zip(own, (before, now) => Captured(before) ?? now)]);
        });
        for (var i = 0; i < rewritten.Length; i++) rewritten[i] = Captured(results[i]) ?? rewritten[i];

        Placeholder? Captured(Node inner)
        {
            if (!outside.ContainsKey(inner)) return null;
            if (kept.TryGetValue(inner, out var leaf)) return leaf;
            return kept[inner] = new Placeholder(inner is Placeholder { Name: { } name } ? name : "invariant", inner.Shape,
                inner.ElementType);
        }

        Placeholder[] sequences = leaves[..body.Sequences.Length], states = leaves[body.Sequences.Length..firstCaptured];
        Node[] captured = [.. kept.Keys.Select(inner => outside[inner])];
        var smaller = new ScanBody(sequences, states, [.. kept.Values], rewritten[..states.Length], rewritten[states.Length..]);
        Node[] used = [.. inputs[..firstCaptured], .. captured];
        return new Operation(new Scan(smaller, scan.Reverse, used[1..]), used, node.Name, node.MadeAt);
    }
}
