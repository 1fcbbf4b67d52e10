using System.Numerics;
using System.Numerics.Tensors;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Kernels.Rows;

/// <summary>What a reduction does with the elements along its axis.</summary>
internal enum ReductionKind
{
    Sum,
    Mean,
    Maximum,
}

/// <summary>
/// Reduces the middle axis of [outer, length, inner]. Parts are split over outer (or inner), never over the reduced axis.
/// Sums run in a fixed order, described in <see cref="LongSums"/>.
/// </summary>
/// <remarks>
/// A tile program may make the rows as they are needed. Its values then never go to memory: a block of them is reduced while it is in the
/// cache.
/// </remarks>
internal sealed unsafe class Reduction(ReductionKind kind, float* source, float* result, int outer, int length, int inner) : Kernel
{
    /// <summary>How many elements of a row a program makes at a time.</summary>
    public const int RowBlock = 4096;

    private const int ColumnBlock = 64;    // rows of a short column summed before their sum joins the total

    /// <summary>The program that makes the elements, if they are not in memory; <c>inner</c> is 1 then.</summary>
    public TileKernel? Program { get; init; }

    /// <summary>Room for <see cref="RowBlock"/> elements per part, if the program's last value is not in memory.</summary>
    public float* Blocks { get; init; }

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        inner == 1 ? length > RowBlock ? KernelPath.LongRows : KernelPath.ShortRows : inner < Vector<float>.Count ? KernelPath.FewColumns
            : KernelPath.Columns,
        .. inner == 1 ? [] : (KernelPath[])[outer == 1 ? KernelPath.SharedColumns : KernelPath.OwnColumns],
        .. Program is null ? [] : (KernelPath[])[KernelPath.TakesOver],
        .. IsLong ? (KernelPath[])[KernelPath.Chains] : [],
    ];

    private bool IsLong => length > LongSums.Chain && kind != ReductionKind.Maximum;

    public override void Run(int part, int parts)
    {
        if (inner == 1)
        {
            var (start, end) = Piece(outer, part, parts, grain: 16);
            Rows(part, start, end);
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

    private void Rows(int part, int row, int end)
    {
        if (length > RowBlock)
        {
            for (; row < end; row++) result[row] = LongRow(part, row);
            return;
        }
        // Short rows are made several at a time.
        var most = length == 0 ? end - row : RowBlock / length;
        while (row < end)
        {
            var rows = Math.Min(most, end - row);
            var elements = Elements(part, row, 0, rows * length);
            for (var i = 0; i < rows; i++) result[row++] = Row(elements.Slice(i * length, length));
        }
    }

    private float Row(ReadOnlySpan<float> row)
    {
        if (kind == ReductionKind.Maximum) return row.IsEmpty ? float.NegativeInfinity : TensorPrimitives.Max(row);
        var total = LongSums.OfRow(row);
        return (float)(kind == ReductionKind.Mean ? total / length : total);
    }

    private float LongRow(int part, int row)
    {
        var largest = float.NegativeInfinity;
        double total = 0;
        for (int at = 0, count; at < length; at += count)
        {
            count = Math.Min(RowBlock, length - at);
            var block = Elements(part, row, at, count);
            if (kind == ReductionKind.Maximum) largest = MathF.Max(largest, TensorPrimitives.Max(block));
            else total += LongSums.OfRow(block);
        }
        return kind switch { ReductionKind.Maximum => largest, ReductionKind.Mean => (float)(total / length), _ => (float)total };
    }

    private ReadOnlySpan<float> Elements(int part, int row, int column, int count)
    {
        var start = (long)row * length + column;
        if (Program is null) return new(source + start, count);
        var made = source != null ? source + start : Blocks + (long)part * RowBlock;
        Program.Range(part, (int)start, (int)start + count, source != null ? null : made);
        return new(made, count);
    }

    /// <summary>Reduces <paramref name="width"/> neighbouring columns, a vector of them at a time;
    /// the last vector may overlap the one before, which changes no bits.</summary>
    private void Columns(float* from, float* to, int width)
    {
        var (maximum, isLong) = (kind == ReductionKind.Maximum, IsLong);
        var (rows, stride) = (length, (nint)inner);
        if (width < Vector<float>.Count)
        {
            for (var column = 0; column < width;
            column++)
                to[column] = maximum ? LargestOfOne(from + column, rows, stride) : isLong
                    ? (float)LongSums.OfColumn(from + column, rows, stride) : SumOfOne(from + column, rows, stride);
        }
        else
        {
            for (var column = 0; ; column = Math.Min(column + Vector<float>.Count, width - Vector<float>.Count))
            {
                Vector.Store(maximum ? LargestOf(from + column, rows, stride) : isLong ? LongSumOf(from + column, rows, stride)
                    : SumOf(from + column, rows, stride), to + column);
                if (column == width - Vector<float>.Count) break;
            }
        }
        if (kind == ReductionKind.Mean)
        {
            for (var column = 0; column < width; column++) to[column] /= rows;
        }
    }

    private static Vector<float> LongSumOf(float* from, int rows, nint stride)
    {
        var (low, high) = LongSums.OfColumns(from, rows, stride);
        return Vector.Narrow(low, high);
    }

    private static Vector<float> SumOf(float* from, int rows, nint stride)
    {
        var total = Vector<float>.Zero;
        while (rows > 0)
        {
            var sum = Vector<float>.Zero;
            var block = Math.Min(rows, ColumnBlock);
            rows -= block;
            for (; block > 0; block--, from += stride) sum += Vector.Load(from);
            total += sum;
        }
        return total;
    }

    // The same order as a lane of the vector loop: a column's bits do not depend on where a part begins.
    private static float SumOfOne(float* from, int rows, nint stride)
    {
        float total = 0;
        while (rows > 0)
        {
            float sum = 0;
            var block = Math.Min(rows, ColumnBlock);
            rows -= block;
            for (; block > 0; block--, from += stride) sum += *from;
            total += sum;
        }
        return total;
    }

    private static Vector<float> LargestOf(float* from, int rows, nint stride)
    {
        var largest = new Vector<float>(float.NegativeInfinity);
        for (; rows > 0; rows--, from += stride)
        {
            // Comparing with itself finds NaN, which a maximum must pass on.
            var value = Vector.Load(from);
            var takes = Vector.GreaterThan(value, largest) | ~Vector.Equals(value, value);
            largest = Vector.ConditionalSelect(takes & Vector.Equals(largest, largest), value, largest);
        }
        return largest;
    }

    private static float LargestOfOne(float* from, int rows, nint stride)
    {
        var largest = float.NegativeInfinity;
        for (; rows > 0; rows--, from += stride) largest = MathF.Max(largest, *from);
        return largest;
    }
}
