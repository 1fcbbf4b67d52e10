namespace SimpleFlow.Kernels.Rows;

/// <summary>result[outer, i, inner] = table[outer, indices[i], inner].</summary>
internal sealed unsafe class GatherKernel(float* table, int* indices, float* result, int outer, int tableLength, int count, int inner)
    : IndexKernel(indices, count, tableLength, ignored: null)
{
    protected override void Compute(int part, int parts)
    {
        var (start, end) = Piece(outer * Count, part, parts);
        for (var i = start; i < end; i++)
        {
            var index = Indices[i % Count];
            if (index < 0 || index >= Length) continue;
            new ReadOnlySpan<float>(table + ((long)(i / Count) * Length + index) * inner, inner)
                .CopyTo(new Span<float>(result + (long)i * inner, inner));
        }
    }
}

/// <summary>Rows that are 1 at the index and 0 elsewhere; the row of the ignored index is all zeros.</summary>
internal sealed unsafe class OneHotKernel(int* indices, float* result, int count, int classes, int? ignored)
    : IndexKernel(indices, count, classes, ignored)
{
    protected override void Compute(int part, int parts)
    {
        var (start, end) = Piece(Count, part, parts);
        new Span<float>(result + (long)start * Length, (end - start) * Length).Clear();
        for (var i = start; i < end; i++)
        {
            if (Indices[i] >= 0 && Indices[i] < Length && Indices[i] != Ignored) result[(long)i * Length + Indices[i]] = 1;
        }
    }
}

/// <summary>The indices as they are.</summary>
internal sealed unsafe class CheckedCopyKernel(int* indices, int* result, int count, int length, int? ignored)
    : IndexKernel(indices, count, length, ignored)
{
    protected override void Compute(int part, int parts)
    {
        var (start, end) = Piece(Count, part, parts);
        new ReadOnlySpan<int>(Indices + start, end - start).CopyTo(new Span<int>(result + start, end - start));
    }
}

/// <summary>The index of the largest element along the middle axis of [outer, length, inner]: the first of equal ones, or the first NaN if
/// there is one.</summary>
internal sealed unsafe class ArgMaxKernel(float* source, int* result, int outer, int length, int inner) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(outer, part, parts);
        for (var i = start; i < end; i++)
        {
            for (var j = 0; j < inner; j++)
            {
                var from = source + (long)i * length * inner + j;
                var best = 0;
                for (var k = 1; k < length && !float.IsNaN(from[(long)best * inner]); k++)
                {
                    var value = from[(long)k * inner];
                    if (value > from[(long)best * inner] || float.IsNaN(value)) best = k;
                }
                result[(long)i * inner + j] = best;
            }
        }
    }
}
