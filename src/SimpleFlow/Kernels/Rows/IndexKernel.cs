using System.Numerics.Tensors;

namespace SimpleFlow.Kernels.Rows;

/// <summary>
/// A kernel that reads indices. Each part looks at its share of them and notes the first that is out of range;
/// whoever runs the kernel must then refuse the run, because what it computed is of no use. It reads nothing outside of its memory even so.
/// </summary>
internal abstract unsafe class IndexKernel(int* indices, int count, int length, int? ignored) : Kernel
{
    private const int None = int.MaxValue;
    private int _refused = None;

    protected int* Indices { get; } = indices;

    protected int Count { get; } = count;

    protected int Length { get; } = length;

    protected int? Ignored { get; } = ignored;

    /// <summary>The place of the first index that is not from 0 to the length − 1, nor the ignored one; null if there is none.
    /// It is forgotten then.</summary>
    public int? TakeRefused()
    {
        if (Volatile.Read(ref _refused) == None) return null;
        return Interlocked.Exchange(ref _refused, None);
    }

    public sealed override void Run(int part, int parts)
    {
        var (start, end) = Piece(Count, part, parts);
        // A negative index is a large one without its sign: one comparison finds both ends.
        var own = new ReadOnlySpan<uint>(Indices + start, end - start);
        if (!own.IsEmpty && TensorPrimitives.Max(own) >= (uint)Length) Look(own, start);
        Compute(part, parts);
    }

    /// <summary>Computes the part's piece of the result; an index that is out of range must not lead out of the memory.</summary>
    protected abstract void Compute(int part, int parts);

    private void Look(ReadOnlySpan<uint> own, int start)
    {
        for (var i = 0; i < own.Length; i++)
        {
            if (own[i] < (uint)Length || unchecked((int)own[i]) == Ignored) continue;
            Note(start + i);
            return;
        }
    }

    // The smallest of all parts, whichever comes first.
    private void Note(int place)
    {
        var known = Volatile.Read(ref _refused);
        while (place < known)
        {
            var before = Interlocked.CompareExchange(ref _refused, place, known);
            if (before == known) return;
            known = before;
        }
    }
}
