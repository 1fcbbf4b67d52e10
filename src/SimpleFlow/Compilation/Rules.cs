namespace SimpleFlow.Compilation;

/// <summary>A pass that replaces single nodes by rules, until no rule applies.</summary>
internal abstract class Rules : Pass
{
    /// <summary>The node's replacement, or null if it stays.</summary>
    private protected abstract Node? Apply(Operation node);

    public sealed override Node[] Run(Node[] outputs, CancellationToken cancellation = default)
    {
        var done = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        return Rewriter.Run(outputs, (node, inputs) => Final(node is Operation operation ? Rewriter.With(operation, inputs) : node, done),
            cancellation);
    }

    // A rule may return several new nodes; they are checked too, inputs first. Their number is small, so recursion is safe.
    private Node Final(Node node, HashSet<Node> done)
    {
        if (node is not Operation operation || done.Contains(node)) return node;
        var current = Rewriter.With(operation, Array.ConvertAll(operation.InputArray, input => Final(input, done)));
        if (current is Operation candidate && Apply(candidate) is { } better) current = Final(better, done);
        done.Add(current);
        return current;
    }
}
