namespace SimpleFlow;

/// <summary>The rows of several arrays, one array after the other.</summary>
internal sealed class RowJoin : DataArray
{
    private readonly DataArray[] _parts;
    private readonly int[] _ends;          // the row after the last of each part

    private RowJoin(DataArray[] parts, int[] ends, long[] dimensions) : base(dimensions) => (_parts, _ends) = (parts, ends);

    /// <exception cref="DataException">The rows of two parts differ, or there are too many.</exception>
    public static RowJoin Of(IReadOnlyList<DataArray> parts)
    {
        // A join of joins is one join, so that a program that adds a part at a time does not read through all of them.
        DataArray[] all = [.. parts.SelectMany(part => part is RowJoin join && join.RowLength == part.RowLength ? join._parts : [part])];
        var (ends, rows) = (new int[all.Length], 0L);
        for (var i = 0; i < all.Length; i++)
        {
            var first = all[0].Dimensions;
            var part = all[i].Dimensions;
            if (part.IsEmpty || !part[1..].SequenceEqual(first[1..]))
                throw new DataException(
                    $"Arrays that are joined must have rows of the same dimensions: part 0 has [{Text(first)}], part {i} has "
                        + $"[{Text(part)}].");
            rows += part[0];
            ends[i] = rows <= int.MaxValue ? (int)rows
                : throw new DataException($"The arrays have more than {int.MaxValue:N0} rows together; a data set has at most that many.");
        }
        return new RowJoin(all, ends, [rows, .. all[0].Dimensions[1..]]);
    }

    internal override int Depth => _parts.Max(part => part.Depth);

    internal override bool IsReadAhead => Array.Exists(_parts, part => part.IsReadAhead);

    internal override int? Window => _parts.Min(part => part.Window);

    internal override DataArray SharedRows(int[] rows) =>
        Array.Find(_parts, part => part.Window is not null)?.SharedRows(rows) ?? base.SharedRows(rows);

    internal override void Read(int row, int count, Span<float> destination)
    {
        for (int done = 0, some; done < count; done += some)
        {
            var (part, start) = Place(row + done);
            some = Math.Min(count - done, part.Rows - start);
            part.Read(start, some, destination.Slice((int)(done * RowLength), (int)(some * RowLength)));
        }
    }

    internal override void Read(int row, int count, Span<int> destination)
    {
        for (int done = 0, some; done < count; done += some)
        {
            var (part, start) = Place(row + done);
            some = Math.Min(count - done, part.Rows - start);
            part.Read(start, some, destination.Slice((int)(done * RowLength), (int)(some * RowLength)));
        }
    }

    // The parts of it: a program that drops a row and joins another a million times must not read through a million views.
    private protected override DataArray Range(int start, long[] dimensions)
    {
        var (parts, rest) = (new List<DataArray>(), (int)dimensions[0]);
        for (var row = start; rest > 0;)
        {
            var (part, from) = Place(row);
            var some = Math.Min(rest, part.Rows - from);
            parts.Add(RangeOf(part, from, [some, .. dimensions[1..]]));
            (row, rest) = (row + some, rest - some);
        }
        return parts.Count == 0 ? base.Range(start, dimensions) : Of(parts);
    }

    private (DataArray Part, int Row) Place(int row)
    {
        // The first part that ends after the row; one without rows ends where it begins.
        var (low, high) = (0, _ends.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ends[middle] > row) high = middle;
            else low = middle + 1;
        }
        return (_parts[low], row - _ends[low] + _parts[low].Rows);
    }
}
