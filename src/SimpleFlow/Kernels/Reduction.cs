using System.Numerics;
using System.Numerics.Tensors;

namespace SimpleFlow.Kernels;

/// <summary>What a reduction does with the elements along its axis.</summary>
internal enum ReductionKind
{
    Sum,
    Mean,
    Maximum,
}

/// <summary>
/// Reduces the middle axis of [outer, length, inner]. Parts are split over outer (or inner), never over the reduced axis.
/// Sums run in a fixed two-level order, blocks first and then the blocks' sums, which keeps the rounding error near that of one block.
/// </summary>
internal sealed unsafe class Reduction(ReductionKind kind, float* source, float* result, int outer, int length, int inner) : Kernel
{
    private const int RowBlock = 4096;     // elements of a row summed in float32 lanes before their sum joins the total in float64
    private const int ColumnBlock = 64;    // rows summed before their sum joins the total

    public override void Run(int part, int parts)
    {
        if (inner == 1)
        {
            var (start, end) = Piece(outer, part, parts, grain: 16);
            for (var row = start; row < end; row++) result[row] = Row(new ReadOnlySpan<float>(source + (long)row * length, length));
            return;
        }
        if (outer == 1)
        {
            var (start, end) = Piece(inner, part, parts, grain: 64);
            if (start < end) Columns(source + start, result + start, end - start);
            return;
        }
        var (first, last) = Piece(outer, part, parts);
        for (var i = first; i < last; i++) Columns(source + (long)i * length * inner, result + (long)i * inner, inner);
    }

    private float Row(ReadOnlySpan<float> row)
    {
        if (kind == ReductionKind.Maximum) return row.IsEmpty ? float.NegativeInfinity : TensorPrimitives.Max(row);
        double total = 0;
        for (var at = 0; at < row.Length; at += RowBlock) total += TensorPrimitives.Sum(row[at..Math.Min(row.Length, at + RowBlock)]);
        return (float)(kind == ReductionKind.Mean ? total / row.Length : total);
    }

    /// <summary>Reduces <paramref name="width"/> neighbouring columns, a vector of them at a time.</summary>
    private void Columns(float* from, float* to, int width)
    {
        var column = 0;
        for (; column + Vector<float>.Count <= width; column += Vector<float>.Count)
            Vector.Store(kind == ReductionKind.Maximum ? LargestOf(from + column) : SumOf(from + column), to + column);
        for (; column < width; column++) to[column] = kind == ReductionKind.Maximum ? LargestOfOne(from + column) : SumOfOne(from + column);
    }

    private Vector<float> SumOf(float* from)
    {
        var total = Vector<float>.Zero;
        for (var block = 0; block < length; block += ColumnBlock)
        {
            var sum = Vector<float>.Zero;
            for (var row = block; row < Math.Min(length, block + ColumnBlock); row++) sum += Vector.Load(from + (long)row * inner);
            total += sum;
        }
        return kind == ReductionKind.Mean ? total / new Vector<float>(length) : total;
    }

    // The same order as a lane of the vector loop: a column's bits do not depend on where a part begins.
    private float SumOfOne(float* from)
    {
        float total = 0;
        for (var block = 0; block < length; block += ColumnBlock)
        {
            float sum = 0;
            for (var row = block; row < Math.Min(length, block + ColumnBlock); row++) sum += from[(long)row * inner];
            total += sum;
        }
        return kind == ReductionKind.Mean ? total / length : total;
    }

    private Vector<float> LargestOf(float* from)
    {
        var largest = new Vector<float>(float.NegativeInfinity);
        for (var row = 0; row < length; row++)
        {
            // Comparing with itself finds NaN, which a maximum must hand on.
            var value = Vector.Load(from + (long)row * inner);
            var takes = Vector.GreaterThan(value, largest) | ~Vector.Equals(value, value);
            largest = Vector.ConditionalSelect(takes & Vector.Equals(largest, largest), value, largest);
        }
        return largest;
    }

    private float LargestOfOne(float* from)
    {
        var largest = float.NegativeInfinity;
        for (var row = 0; row < length; row++) largest = MathF.Max(largest, from[(long)row * inner]);
        return largest;
    }
}
