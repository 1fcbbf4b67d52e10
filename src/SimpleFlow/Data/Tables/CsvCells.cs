using System.Numerics;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Reads the cells of a table in a dialect. Columns are read when they are needed, all of them in one walk over the text, and
/// kept.</summary>
internal sealed class CsvCells
{
    private readonly CsvColumn?[] _columns;
    private readonly Lock _lock = new();
    private readonly CsvMeaning _meaning;

    public CsvCells(CsvText text, CsvDialect dialect, IProgress<double>? progress = null)
    {
        Progress = progress;
        (Text, Dialect, _meaning) = (text, dialect, new CsvMeaning(dialect));
        _columns = new CsvColumn?[text.Columns.Count];
    }

    public CsvText Text { get; }

    /// <summary>Receives which part of the table is read.</summary>
    public IProgress<double>? Progress { get; }

    public CsvDialect Dialect { get; }

    public bool IsMissing(ReadOnlySpan<byte> cell) => _meaning.IsMissing(cell);

    /// <summary>Whether the user said that a text stands for a missing value.</summary>
    public bool IsSaidToBeMissing(string text) => Dialect.Missing?.Contains(text, StringComparer.Ordinal) is true;

    public double Number(ReadOnlySpan<byte> cell) => _meaning.Number(cell);

    /// <summary>A column.</summary>
    public CsvColumn Column(int index)
    {
        if (Volatile.Read(ref _columns[index]) is null) Read([index], CancellationToken.None);
        return _columns[index]!;
    }

    /// <summary>Reads those of the columns that were not read yet.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Read(IEnumerable<int> columns, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var wanted = new CsvColumn?[_columns.Length];
            var count = 0;
            foreach (var index in columns)
            {
                if (_columns[index] is not null || wanted[index] is not null) continue;
                wanted[index] = new CsvColumn(Text, index, _meaning);
                count = Math.Max(count, index + 1);
            }
            if (count == 0) return;
            Walk(wanted.AsSpan(0, count), cancellation);
            for (var i = 0; i < count; i++)
            {
                if (wanted[i] is { } column) Volatile.Write(ref _columns[i], column);
            }
        }
    }

    // Compiled with full optimization at once: for most tables, it is called only once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Walk(ReadOnlySpan<CsvColumn?> wanted, CancellationToken cancellation)
    {
        var text = Text.Span;
        var (point, ends) = (_meaning.Point, new int[wanted.Length]);
        for (var row = 0; row < Text.Rows; row++)
        {
            if ((row & 1023) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Progress is { } progress) Text.Report(progress, row);
            }
            var place = Text.StartOf(row);
            if (!TryEnds(text, place, Text.Delimiter, ends))
            {
                AddFields(row, place, wanted);
                continue;
            }
            for (var i = 0; i < wanted.Length; i++)
            {
                var end = ends[i];
                if (wanted[i] is { } column)
                {
                    if (column.IsNumbers && CsvPlainNumber.TryRead(text, place, end, point, out var number))
                        column.Add(row, _meaning.Known(number));
                    else column.Add(row, CsvFields.Plain(text, place, end));
                }
                place = end + 1;
            }
        }
    }

    // The ends of the first cells of a row. They are found before the cells are read, so that the processor reads one cell while it is
    // still busy with the one before. False if there is a quote.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryEnds(ReadOnlySpan<byte> text, int start, byte delimiter, Span<int> ends)
    {
        var found = 0;
        for (var at = start; ; at += CsvBlock.Size)
        {
            var block = CsvBlock.At(text, at, delimiter);
            var divisions = block.Separators | block.Ends;
            for (; divisions != 0; divisions &= divisions - 1)
            {
                var place = BitOperations.TrailingZeroCount(divisions);
                ends[found++] = at + place;
                if (found == ends.Length) return (block.Quotes & ((1UL << place) - 1)) == 0;
            }
            if (block.Quotes != 0) return false;
            if (at + CsvBlock.Size < text.Length) continue;
            ends[found] = text.Length;
            return true;
        }
    }

    private void AddFields(int row, int place, ReadOnlySpan<CsvColumn?> wanted)
    {
        var fields = Text.WalkFrom(place);
        foreach (var column in wanted)
        {
            var field = fields.Next();
            column?.Add(row, field);
            fields.At++;
        }
    }
}
