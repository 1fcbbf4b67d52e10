namespace SimpleFlow.Compilation;

/// <summary>The nodes that depend on variables and constants alone: what is fed does not change them.</summary>
internal sealed class Settled
{
    // And whether there is a variable among what they depend on.
    private readonly Dictionary<Node, bool> _nodes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a node is one of them.</summary>
    public bool Contains(Node node) => node is Variable or Constant || _nodes.ContainsKey(node);

    /// <summary>Whether a node is one of them that is computed from variables.</summary>
    public bool IsOfVariables(Node node) => node is Variable || _nodes.GetValueOrDefault(node);

    /// <summary>Takes a node into account, after its inputs.</summary>
    public void Add(Node node)
    {
        // A stretched number would only take memory: elementwise steps stretch for free.
        if (node is Operation { Op: { HasEffect: false } and not Broadcast, InputArray.Length: > 0 } operation
            && operation.Shape.IsKnown && Array.TrueForAll(operation.InputArray, Contains))
            _nodes[node] = Array.Exists(operation.InputArray, IsOfVariables);
    }
}
