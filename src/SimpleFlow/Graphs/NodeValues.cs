using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>What the last runs of a model computed for some nodes: copies, which no later run of another model overwrites. They may be
/// read on any thread, and keeping another value of the same size allocates nothing.</summary>
internal sealed class NodeValues
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Node, Kept> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>Keeps a value.</summary>
    public void Keep(Node node, ReadOnlySpan<float> elements, int[] sizes)
    {
        lock (_lock)
        {
            if (!_values.TryGetValue(node, out var kept)) _values[node] = kept = new Kept();
            if (kept.Elements.Length != elements.Length) kept.Elements = new float[elements.Length];
            elements.CopyTo(kept.Elements);
            kept.Sizes = sizes;
        }
    }

    /// <summary>A copy of a value; null if none was kept.</summary>
    public Tensor<float>? Of(Node node)
    {
        lock (_lock)
        {
            return _values.TryGetValue(node, out var kept) ? TensorMemory.Create([.. kept.Elements], Shape.Of(kept.Sizes)) : null;
        }
    }

    /// <summary>The value of a single number; null if none was kept, or it has more or fewer elements.</summary>
    public float? NumberOf(Node node)
    {
        lock (_lock)
        {
            return _values.TryGetValue(node, out var kept) && kept.Elements is [var number] ? number : null;
        }
    }

    private sealed class Kept
    {
        public float[] Elements { get; set; } = [];

        public int[] Sizes { get; set; } = [];
    }
}
