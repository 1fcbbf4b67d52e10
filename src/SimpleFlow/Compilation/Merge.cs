using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimpleFlow.Compilation;

/// <summary>Computes equal expressions once: nodes of equal ops on the same inputs become one. Nodes with an effect or with randomness stay
/// separate.</summary>
internal sealed class Merge : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default)
    {
        var known = new Dictionary<Key, Node>();
        return Rewriter.Run(outputs, (node, inputs) =>
        {
            if (node is Operation operation) node = Rewriter.With(operation, inputs);
            if (node is Operation { Op.HasEffect: true } or not (Operation or Constant)) return node;
            var key = node is Operation merged ? new Key(merged.Op, inputs, [])
                : new Key(null, [], ((Constant)node).Elements.ToArray(), node.Shape, node.ElementType);
            if (known.TryGetValue(key, out var first)) return first;
            known[key] = node;
            return node;
        }, cancellation);
    }

    private sealed record Key(Op? Op, Node[] Inputs, double[] Elements, Shape? Shape = null, ElementType Type = default)
    {
        public bool Equals(Key? other) => other is not null
            && SameOp(Op, other.Op) && Equals(Shape, other.Shape) && Type == other.Type
            && Inputs.AsSpan().SequenceEqual(other.Inputs) && Bits(Elements).SequenceEqual(Bits(other.Elements));

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Op);
            hash.Add(Shape);
            foreach (var input in Inputs) hash.Add(RuntimeHelpers.GetHashCode(input));
            hash.AddBytes(MemoryMarshal.AsBytes(Bits(Elements)));
            return hash.ToHashCode();
        }

        // Equal records may differ in the sign of a zero, which shows in their attributes: Clip(−0, 5) and Clip(0, 5).
        private static bool SameOp(Op? op, Op? other) => Equals(op, other) && op?.InvariantAttributes == other?.InvariantAttributes;

        // Compared as bits, not as numbers: 0 and −0 are equal, but 1/0 and 1/−0 are not.
        private static ReadOnlySpan<long> Bits(double[] elements) => MemoryMarshal.Cast<double, long>(elements);
    }
}
