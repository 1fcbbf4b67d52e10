using System.Buffers;
using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>Neighbouring rows of another array, under dimensions of their own.</summary>
internal sealed class RowRange(DataArray source, int start, long[] dimensions) : DataArray(dimensions)
{
    internal override void Read(int row, int count, Span<float> destination) => source.Read(start + row, count, destination);

    internal override void Read(int row, int count, Span<int> destination) => source.Read(start + row, count, destination);

    internal override void Gather(ReadOnlySpan<int> rows, Span<float> destination)
    {
        var moved = Moved(rows);
        source.Gather(moved.AsSpan(0, rows.Length), destination);
        ArrayPool<int>.Shared.Return(moved);
    }

    internal override void Gather(ReadOnlySpan<int> rows, Span<int> destination)
    {
        var moved = Moved(rows);
        source.Gather(moved.AsSpan(0, rows.Length), destination);
        ArrayPool<int>.Shared.Return(moved);
    }

    // The rows as the source numbers them.
    private int[] Moved(ReadOnlySpan<int> rows)
    {
        var moved = ArrayPool<int>.Shared.Rent(rows.Length);
        TensorPrimitives.Add(rows, start, moved);
        return moved;
    }

    internal override bool IsReadAhead => source.IsReadAhead;

    internal override int? Window => source.Window;

    internal override int Depth => source.Depth;

    internal override DataArray SharedRows(int[] rows) => Window is null ? base.SharedRows(rows) : source.SharedRows(rows);

    // Views of views are views of what is below: a program that skips a row a million times must not read through a million views.
    private protected override DataArray Range(int from, long[] dimensions) => new RowRange(source, start + from, dimensions);
}

/// <summary>Rows of another array in an order of their own.</summary>
internal sealed class RowSelection(DataArray source, ReadOnlyMemory<int> rows, long[] dimensions) : DataArray(dimensions)
{
    // Splits of splits share their lists of rows; only whoever goes deeper than that pays for a list of their own.
    private const int MostShared = 8;

    internal override int Depth { get; } = source.Depth + 1;

    // So many numbers of rows are looked up at a time, on the stack.
    private const int Some = 256;

    internal override bool IsReadAhead => source.IsReadAhead;

    internal override void Read(int row, int count, Span<float> destination) => source.Gather(rows.Span.Slice(row, count), destination);

    internal override void Read(int row, int count, Span<int> destination) => source.Gather(rows.Span.Slice(row, count), destination);

    internal override void Gather(ReadOnlySpan<int> chosen, Span<float> destination)
    {
        Span<int> below = stackalloc int[Math.Min(Some, chosen.Length)];
        for (; !chosen.IsEmpty; chosen = chosen[below.Length..])
        {
            below = below[..Math.Min(below.Length, chosen.Length)];
            LookUp(chosen, below);
            var elements = (int)(below.Length * RowLength);
            source.Gather(below, destination[..elements]);
            destination = destination[elements..];
        }
    }

    internal override void Gather(ReadOnlySpan<int> chosen, Span<int> destination)
    {
        Span<int> below = stackalloc int[Math.Min(Some, chosen.Length)];
        for (; !chosen.IsEmpty; chosen = chosen[below.Length..])
        {
            below = below[..Math.Min(below.Length, chosen.Length)];
            LookUp(chosen, below);
            var elements = (int)(below.Length * RowLength);
            source.Gather(below, destination[..elements]);
            destination = destination[elements..];
        }
    }

    private void LookUp(ReadOnlySpan<int> chosen, Span<int> below)
    {
        var all = rows.Span;
        for (var i = 0; i < below.Length; i++) below[i] = all[chosen[i]];
    }

    internal override DataArray SharedRows(int[] chosen)
    {
        if (Depth < MostShared || source is not RowSelection) return base.SharedRows(chosen);
        var all = rows;
        return source.SharedRows(Array.ConvertAll(chosen, row => all.Span[row]));
    }

    private protected override DataArray Range(int from, long[] dimensions) =>
        new RowSelection(source, rows.Slice(from, (int)dimensions[0]), dimensions);
}

/// <summary>Where a batch begins in the order of an epoch.</summary>
internal sealed class RowPlace
{
    public int[] Order { get; set; } = [];

    public int Start { get; set; }
}

/// <summary>The rows of another array that stand in an order from a place on, which changes with every batch.</summary>
internal sealed class PlacedRows(DataArray source, RowPlace place, long[] dimensions) : DataArray(dimensions)
{
    internal override void Read(int row, int count, Span<float> destination) =>
        source.GatherRows(place.Order.AsSpan(place.Start + row, count), destination);

    internal override void Read(int row, int count, Span<int> destination) =>
        source.GatherRows(place.Order.AsSpan(place.Start + row, count), destination);
}

/// <summary>Class labels of another array as rows of zeros with a one at the label.</summary>
internal sealed class OneHotRows : DataArray
{
    private readonly DataArray _labels;
    private readonly int _classes;

    public OneHotRows(DataArray labels, int classes) : base([labels.Rows, classes])
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (labels.Count != labels.Rows)
            throw new ArgumentException(
                $"One-hot rows are made from labels, one in each row; here the dimensions are [{Text(labels.Dimensions)}].",
                nameof(labels));
        (_labels, _classes) = (labels, classes);
        for (var row = 0; row < Rows; row++) Label(row);
    }

    internal override int Depth => _labels.Depth;

    internal override bool IsReadAhead => _labels.IsReadAhead;

    internal override int? Window => _labels.Window;

    internal override DataArray SharedRows(int[] rows) => Window is null ? base.SharedRows(rows) : _labels.SharedRows(rows);

    internal override void Read(int row, int count, Span<float> destination)
    {
        destination.Clear();
        for (var i = 0; i < count; i++) destination[i * _classes + Label(row + i)] = 1;
    }

    internal override void Read(int row, int count, Span<int> destination)
    {
        destination.Clear();
        for (var i = 0; i < count; i++) destination[i * _classes + Label(row + i)] = 1;
    }

    /// <summary>The label of a row. It is checked every time: the user's array may have changed since.</summary>
    private int Label(int row)
    {
        var label = 0;
        _labels.Read(row, 1, new Span<int>(ref label));
        if ((uint)label >= (uint)_classes) throw ClassLabels.Outside(row, label, _classes);
        return label;
    }
}
