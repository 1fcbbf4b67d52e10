using System.Numerics.Tensors;

namespace SimpleFlow.Kernels.Rows;

/// <summary>
/// result[outer, indices[i], inner] += upstream[outer, i, inner]: the gradient of gathering.
/// It adds in the order of the indices, so that the bits are fixed. A row that was added to <see cref="LongSums.Chain"/> times moves to its
/// total and starts again: few rows of a table can be hit so often, and only they have totals.
/// </summary>
internal sealed unsafe class ScatterAddKernel(float* upstream, int* indices, float* result, int outer, int tableLength, int count,
    int inner, float* scratch)
    : IndexKernel(indices, count, tableLength, ignored: null)
{
    /// <summary>The scratch floats of a part: for each row, how often it was added to and where its total is; then the totals.</summary>
    public static long ScratchPerPart(int tableLength, int count, int inner) =>
        count <= LongSums.Chain ? 0 : ScratchSize.Aligned(2L * tableLength) + ScratchSize.Aligned(ScratchSize.Of(2, Totals(count), inner));

    public override IEnumerable<KernelPath> Paths(int parts) => [Count > LongSums.Chain ? KernelPath.Chains : KernelPath.OneChain];

    protected override void Compute(int part, int parts)
    {
        var (start, end) = Piece(outer, part, parts);
        new Span<float>(result + (long)start * Length * inner, (end - start) * Length * inner).Clear();
        for (var i = start; i < end; i++)
        {
            var from = upstream + (long)i * Count * inner;
            var to = result + (long)i * Length * inner;
            if (Count > LongSums.Chain) AddChains(from, to, (int*)(scratch + part * ScratchPerPart(Length, Count, inner)));
            else Add(from, to);
        }
    }

    private void Add(float* from, float* to)
    {
        for (var i = 0; i < Count; i++, from += inner)
        {
            if ((uint)Indices[i] < (uint)Length) Add(from, to, Indices[i]);
        }
    }

    private void AddChains(float* from, float* to, int* times)
    {
        new Span<int>(times, 2 * Length).Clear();
        var totalOf = times + Length;          // counted from 1
        var used = 0;
        var totals = (double*)(times + ScratchSize.Aligned(2L * Length));
        for (var i = 0; i < Count; i++, from += inner)
        {
            var index = Indices[i];
            if ((uint)index >= (uint)Length) continue;
            Add(from, to, index);
            if (++times[index] < LongSums.Chain) continue;
            times[index] = 0;
            if (totalOf[index] == 0)
            {
                totalOf[index] = ++used;
                Total(index).Clear();
            }
            Finish(index);
        }
        for (var index = 0; index < Length && used > 0; index++)
        {
            if (totalOf[index] == 0) continue;
            Finish(index);
            fixed (double* total = Total(index)) LongSums.Round(total, to + (long)index * inner, inner);
        }

        Span<double> Total(int index) => new(totals + (long)(totalOf[index] - 1) * inner, inner);

        void Finish(int index)
        {
            var row = to + (long)index * inner;
            fixed (double* total = Total(index)) LongSums.Add(row, total, inner);
            new Span<float>(row, inner).Clear();
        }
    }

    private void Add(float* from, float* to, int index)
    {
        var row = new Span<float>(to + (long)index * inner, inner);
        TensorPrimitives.Add(row, new ReadOnlySpan<float>(from, inner), row);
    }

    // At most this many rows can be added to so often.
    private static int Totals(int count) => count / LongSums.Chain;
}
