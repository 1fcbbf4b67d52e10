using System.Collections;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>One node or several: <c>loss</c>, or <c>[loss1, loss2]</c>.</summary>
[CollectionBuilder(typeof(NodeList), nameof(Create))]
public readonly struct NodeList : IReadOnlyList<Node>, IEquatable<NodeList>
{
    private readonly Node[]? _nodes;

    private NodeList(Node[] nodes) => _nodes = nodes;

    private Node[] Nodes => _nodes ?? [];

    /// <summary>A list of these nodes.</summary>
    public static NodeList Create(ReadOnlySpan<Node> nodes)
    {
        foreach (var node in nodes) ArgumentNullException.ThrowIfNull(node, nameof(nodes));
        return new NodeList(nodes.ToArray());
    }

    /// <summary>A list of one.</summary>
    public static implicit operator NodeList(Node node) => Create([node]);

    /// <summary>A list of several.</summary>
    public static implicit operator NodeList(Node[] nodes) => Create(nodes);

    /// <inheritdoc/>
    public Node this[int index] => (uint)index < (uint)Count ? Nodes[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"There is no node {index}; there are {Count}, counted from 0.");

    /// <inheritdoc/>
    public int Count => Nodes.Length;

    /// <inheritdoc/>
    public IEnumerator<Node> GetEnumerator() => ((IEnumerable<Node>)Nodes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(NodeList other) => Nodes.AsSpan().SequenceEqual(other.Nodes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NodeList other && Equals(other);

    /// <summary>Whether both hold the same nodes.</summary>
    public static bool operator ==(NodeList left, NodeList right) => left.Equals(right);

    /// <summary>Whether they hold different nodes.</summary>
    public static bool operator !=(NodeList left, NodeList right) => !left.Equals(right);

    /// <inheritdoc/>
    public override int GetHashCode() => Nodes.Length;
}
