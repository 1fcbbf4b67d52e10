using System.Numerics.Tensors;

namespace SimpleFlow.Kernels.Rows;

/// <summary>
/// A kernel that reads indices. Each part checks its own indices and notes the first that is out of range. The caller must then refuse the
/// run, because the result is useless. Even then the kernel reads nothing outside its memory.
/// </summary>
internal abstract unsafe class IndexKernel(int* indices, int count, int length, int? ignored) : Kernel
{
    private const int None = int.MaxValue;
    private int _refused = None;

    protected int* Indices { get; } = indices;

    protected int Count { get; } = count;

    protected int Length { get; } = length;

    protected int? Ignored { get; } = ignored;

    /// <summary>The position of the first index that is neither from 0 to the length − 1 nor the ignored one; null if there is none.
    /// Reading it resets it.</summary>
    public int? TakeRefused()
    {
        if (Volatile.Read(ref _refused) == None) return null;
        return Interlocked.Exchange(ref _refused, None);
    }

    public sealed override void Run(int part, int parts)
    {
        var (start, end) = Piece(Count, part, parts);
        // Without its sign, a negative index is a large one: one comparison checks both ends.
        var own = new ReadOnlySpan<uint>(Indices + start, end - start);
        if (!own.IsEmpty && TensorPrimitives.Max(own) >= (uint)Length) Look(own, start);
        Compute(part, parts);
    }

    /// <summary>Computes the part's piece of the result; an index out of range must not cause an access outside the memory.</summary>
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

    // The smallest over all parts, whichever comes first.
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
