namespace SimpleFlow.Compilation;

/// <summary>A pass that replaces single nodes by rules, until no rule applies.</summary>
internal abstract class Rules : Pass
{
    /// <summary>The node's replacement, or null if it stays.</summary>
    private protected abstract Node? Apply(Operation node);

    public sealed override Node[] Run(Node[] outputs, CancellationToken cancellation = default)
    {
        var final = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        return Rewriter.Run(outputs, (node, inputs) => node is Operation operation ? Final(Rewriter.With(operation, inputs), final) : node,
            cancellation);
    }

    // A rule may return any number of new nodes; they are checked too, inputs first. What is on the path waits for what is above it.
    private Node Final(Node root, Dictionary<Node, Node> final)
    {
        var (path, better) = (new Stack<Node>([root]), new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance));
        while (path.TryPeek(out var node))
        {
            if (node is Operation operation && !final.ContainsKey(node))
            {
                if (better.TryGetValue(node, out var replaced))
                {
                    if (Waits(replaced)) path.Push(replaced);
                    else Settle(node, Of(replaced));
                    continue;
                }
                if (Array.Find(operation.InputArray, Waits) is { } input)
                {
                    path.Push(input);
                    continue;
                }
                var current = (Operation)Rewriter.With(operation, Array.ConvertAll(operation.InputArray, Of));
                if (Apply(current) is { } replacement)
                {
                    better[node] = replacement;
                    continue;
                }
                Settle(node, current);
            }
            path.Pop();
        }
        return Of(root);

        bool Waits(Node node) => node is Operation && !final.ContainsKey(node);
        Node Of(Node node) => node is Operation ? final[node] : node;
        void Settle(Node node, Node value) => final[node] = final[value] = value;
    }
}
