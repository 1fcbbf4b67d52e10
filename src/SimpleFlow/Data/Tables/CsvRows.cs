using Microsoft.Win32.SafeHandles;

namespace SimpleFlow;

/// <summary>Columns of numbers whose rows stay in a CSV file.</summary>
/// <param name="path">The file.</param>
/// <param name="places">Where every <see cref="Spacing"/>th row begins, and where the last one ends.</param>
/// <param name="rows">How many rows there are.</param>
/// <param name="columns">The columns, by their numbers and names.</param>
/// <param name="dialect">How the file is written.</param>
internal sealed class CsvRows(string path, long[] places, int rows, (int Index, string Name)[] columns, CsvDialect dialect)
    : DataArray([rows, columns.Length])
{
    /// <summary>How many rows are read at a time: with a place for each of them, a long table would need eight bytes a row.</summary>
    public const int Spacing = 16;

    private readonly SafeFileHandle _file = File.OpenHandle(path, options: FileOptions.RandomAccess);
    private readonly CsvMeaning _meaning = new(dialect);

    // For each column of the file up to the last one that is wanted, where its numbers go.
    private readonly int[][] _destinations = [.. Enumerable.Range(0, columns.Max(column => column.Index) + 1)
        .Select(index => Enumerable.Range(0, columns.Length).Where(place => columns[place].Index == index).ToArray())];

    [ThreadStatic]
    private static byte[]? _text;

    internal override bool IsReadAhead => true;

    internal override void Read(int row, int count, Span<float> destination)
    {
        while (count > 0)
        {
            var group = row / Spacing;
            var some = Math.Min(count, (group + 1) * Spacing - row);
            var text = Text(group);
            var walk = new CsvFields(text, (byte)dialect.Delimiter, path, row: group * Spacing);
            for (var before = group * Spacing; before <= row; before++) Require(walk.NextRow());
            for (var i = 0; i < some; i++)
            {
                if (i > 0) Require(walk.NextRow());
                ReadRow(text, walk.Start, row + i, destination.Slice(i * columns.Length, columns.Length));
            }
            (row, count) = (row + some, count - some);
            destination = destination[(some * columns.Length)..];
        }
    }

    internal override void Read(int row, int count, Span<int> destination)
    {
        var numbers = new float[columns.Length];
        for (var i = 0; i < count; i++)
        {
            Read(row + i, 1, numbers);
            Numbers<float>.ToIntegers(numbers, destination.Slice(i * numbers.Length, numbers.Length), row + i, numbers.Length);
        }
    }

    private ReadOnlySpan<byte> Text(int group)
    {
        var length = (int)(places[group + 1] - places[group]);
        if (_text is null || _text.Length < length) _text = new byte[length];
        for (int done = 0, some; done < length; done += some)
        {
            some = RandomAccess.Read(_file, _text.AsSpan(done, length - done), places[group] + done);
            if (some == 0) throw Changed();
        }
        return _text.AsSpan(0, length);
    }

    private void ReadRow(ReadOnlySpan<byte> text, int start, int row, Span<float> numbers)
    {
        var fields = new CsvFields(text, (byte)dialect.Delimiter, path) { At = start };
        foreach (var places in _destinations)
        {
            var field = fields.Next();
            fields.At++;
            foreach (var place in places) numbers[place] = Number(text.Slice(field.Start, field.Length), row, columns[place].Name);
        }
    }

    private float Number(ReadOnlySpan<byte> cell, int row, string column)
    {
        var number = (float)_meaning.Number(cell);
        if (float.IsFinite(number)) return number;
        var what = cell.IsEmpty ? "nothing" : $"'{Quotation.Of(cell)}'";
        throw new DataException($"{path}: row {row + 1}, column '{column}': {what} is not a number. "
            + "Columns that stay in their file must be numbers; a Network also takes texts and missing values.");
    }

    private void Require(bool isThere)
    {
        if (!isThere) throw Changed();
    }

    private DataException Changed() => new($"{path}: the file was changed while it was in use.");
}
