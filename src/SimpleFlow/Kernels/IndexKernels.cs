using System.Numerics.Tensors;

namespace SimpleFlow.Kernels;

/// <summary>result[outer, i, inner] = table[outer, indices[i], inner]. Indices were checked when they were fed; a negative one counts from the end, and one outside gives zeros.</summary>
internal sealed unsafe class GatherKernel(float* table, int* indices, float* result, int outer, int tableLength, int count, int inner) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(outer * count, part, parts);
        for (var i = start; i < end; i++)
        {
            var to = new Span<float>(result + (long)i * inner, inner);
            var index = indices[i % count];
            if (index < 0) index += tableLength;
            if ((uint)index >= (uint)tableLength) to.Clear();
            else new ReadOnlySpan<float>(table + ((long)(i / count) * tableLength + index) * inner, inner).CopyTo(to);
        }
    }
}

/// <summary>result[outer, indices[i], inner] += upstream[outer, i, inner]: the gradient of gathering. In the order of the indices, so that the bits are fixed.</summary>
internal sealed unsafe class ScatterAddKernel(float* upstream, int* indices, float* result, int outer, int tableLength, int count, int inner) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(outer, part, parts);
        new Span<float>(result + (long)start * tableLength * inner, (end - start) * tableLength * inner).Clear();
        for (var i = start; i < end; i++)
        {
            for (var j = 0; j < count; j++)
            {
                var index = indices[j];
                if (index < 0) index += tableLength;
                if ((uint)index >= (uint)tableLength) continue;
                var to = new Span<float>(result + ((long)i * tableLength + index) * inner, inner);
                TensorPrimitives.Add(to, new ReadOnlySpan<float>(upstream + ((long)i * count + j) * inner, inner), to);
            }
        }
    }
}

/// <summary>Rows that are 1 at the index and 0 elsewhere; an index outside gives a row of zeros.</summary>
internal sealed unsafe class OneHotKernel(int* indices, float* result, int count, int classes) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(count, part, parts);
        new Span<float>(result + (long)start * classes, (end - start) * classes).Clear();
        for (var i = start; i < end; i++)
        {
            if ((uint)indices[i] < (uint)classes) result[(long)i * classes + indices[i]] = 1;
        }
    }
}

/// <summary>The index of the largest element along the middle axis of [outer, length, inner]; the first of equals, and the first NaN if there is one.</summary>
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
