namespace SimpleFlow.Compilation;

/// <summary>Applies what the ops know about themselves at known shapes: neutral elements, reshapes that move nothing, axes brought to where the kernels want them.</summary>
internal sealed class Simplify : Pass
{
    public override Node[] Run(Node[] outputs)
    {
        var done = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        return Rewriter.Run(outputs, (node, inputs) => Simplest(node is Operation operation ? Rewriter.With(operation, inputs) : node, done));
    }

    // A rule may answer with several new nodes; they are simplified too, inputs first. Their number is small, so recursion is safe.
    private static Node Simplest(Node node, HashSet<Node> done)
    {
        if (node is not Operation operation || done.Contains(node)) return node;
        var current = Rewriter.With(operation, Array.ConvertAll(operation.InputArray, input => Simplest(input, done)));
        if (current is Operation candidate && (WithoutBroadcasts(candidate) ?? candidate.Op.Simplify(candidate)) is { } simpler) current = Simplest(simpler, done);
        done.Add(current);
        return current;
    }

    /// <summary>An elementwise op stretches its inputs by itself: it need not be given a stretched copy.</summary>
    private static Operation? WithoutBroadcasts(Operation node)
    {
        if (node.Op is not Elementwise) return null;
        for (var i = 0; i < node.InputArray.Length; i++)
        {
            if (node.InputArray[i] is not Operation { Op: Broadcast } stretched) continue;
            Node[] inputs = [.. node.InputArray];
            inputs[i] = stretched.InputArray[0];
            if (inputs.Select(input => input.Shape).Aggregate(Shape.Scalar, (common, shape) => Broadcasting.TryCommon(common, shape)!).Equals(node.Shape))
                return new Operation(node.Op, inputs, node.Name, node.MadeAt);
        }
        return null;
    }
}
