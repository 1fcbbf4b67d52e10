using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimpleFlow;

/// <summary>Where a field of a CSV text lies.</summary>
/// <param name="Start">Its first byte, after the quote if there is one.</param>
/// <param name="Length">How many bytes it has, without quotes and the spaces around it.</param>
/// <param name="HasDoubledQuotes">Whether each two quotes in it stand for one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CsvField(int Start, int Length, bool HasDoubledQuotes);

/// <summary>
/// Walks over a CSV text in UTF-8 (RFC 4180), field by field and row by row. It yields positions and copies nothing, so the same walk
/// checks a table, finds its rows, and later its cells.
/// </summary>
/// <param name="text">The bytes.</param>
/// <param name="separator">The sign between fields.</param>
/// <param name="path">Its name in errors.</param>
/// <param name="line">The line that the walk begins on.</param>
/// <param name="row">How many rows were walked over before.</param>
/// <param name="isPart">Whether more bytes follow that are not read yet: a quote may end in them.</param>
internal ref struct CsvFields(ReadOnlySpan<byte> text, byte separator, string path, int line = 1, int row = 0, bool isPart = false)
{
    /// <summary>The number of fields from one mark in a row to the next.</summary>
    public const int Spacing = 8;

    /// <summary>How many marks a row of so many fields has.</summary>
    public static int MarksOf(int fields) => (fields - 1) / Spacing + 1;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _row = row, _line = line;

    /// <summary>The next byte to read.</summary>
    public int At { get; set; }

    /// <summary>Where the last row began.</summary>
    public int Start { get; private set; }

    /// <summary>The line that the last row began on, counted from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The line that the walk is on.</summary>
    public readonly int LineHere => _line;

    /// <summary>How many fields the last row had.</summary>
    public int Fields { get; private set; }

    /// <summary>Whether the last field of the last row is not empty.</summary>
    public bool IsLastFilled { get; private set; }

    /// <summary>Walks over a row that is not empty; false at the end.</summary>
    /// <param name="marks">Receives where the first field begins, and every <see cref="Spacing"/>th
    /// after it, as many as fit.</param>
    /// <exception cref="DataException">A quote does not end, or something follows its end.</exception>
    // Here and below: most files are walked only once, before .NET would recompile slow code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool NextRow(scoped Span<int> marks = default)
    {
        CsvField field;
        do
        {
            if (At >= _text.Length) return false;
            (Start, Line, Fields) = (At, _line, 0);
            if (TryPlainRow(marks))
            {
                if (Fields == 0) continue;
                _row++;
                return true;
            }
            do
            {
                if (Fields % Spacing == 0 && Fields / Spacing < marks.Length) marks[Fields / Spacing] = At;
                field = Next();
                Fields++;
            }
            while (Take(separator));
            IsLastFilled = field.Length > 0;
            if (Take((byte)'\r') | Take((byte)'\n')) _line++;
        }
        while (Fields == 0 || (Fields == 1 && !IsLastFilled));
        _row++;
        return true;
    }

    // A row without a quote ends with the line, and has one field more than separators: 64 bytes are compared at once, and a bit of a
    // mask is kept for each. 0 fields if the row is empty.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryPlainRow(scoped Span<int> marks)
    {
        var (separators, marked, wanted) = (0, 0, Spacing);
        if (marks.Length > 0) marks[marked++] = At;
        var end = -1;
        for (var at = At; end < 0; at += CsvBlock.Size)
        {
            var block = CsvBlock.At(_text, at, separator);
            var (found, isLast) = (block.Separators, block.Ends != 0);
            var before = (block.Ends & (~block.Ends + 1)) - 1;
            if ((block.Quotes & before) != 0) return false;
            if (isLast) (found, end) = (found & before, at + BitOperations.TrailingZeroCount(block.Ends));
            else if (at + CsvBlock.Size >= _text.Length) end = _text.Length;
            var count = BitOperations.PopCount(found);
            separators += count;
            for (; count >= wanted && marked < marks.Length; wanted = Spacing)
            {
                count -= wanted;
                while (--wanted > 0) found &= found - 1;
                marks[marked++] = at + BitOperations.TrailingZeroCount(found) + 1;
                found &= found - 1;
            }
            wanted -= count;
        }
        var filled = _text[At..end].TrimEnd((byte)' ');
        IsLastFilled = filled.Length > 0 && filled[^1] != separator;
        Fields = filled.Length == 0 ? 0 : separators + 1;
        At = end;
        if (Take((byte)'\r') | Take((byte)'\n')) _line++;
        return true;
    }

    /// <summary>The field that begins here; <see cref="At"/> is then behind it, at the separator or the end of the row.</summary>
    /// <exception cref="DataException">Its quote does not end, or something follows the quote.</exception>
    public CsvField Next()
    {
        while (At < _text.Length && _text[At] == ' ') At++;
        return At < _text.Length && _text[At] == '"' ? Quoted() : Plain();
    }

    /// <summary>The field this many fields after the one that begins here, in the same row.</summary>
    public CsvField Skip(int fields)
    {
        for (; fields > 0; fields--)
        {
            Next();
            Take(separator);
        }
        return Next();
    }

    /// <summary>The field without quotes between two places.</summary>
    public static CsvField Plain(ReadOnlySpan<byte> text, int start, int end)
    {
        while (start < end && text[start] == ' ') start++;
        while (start < end && text[end - 1] == ' ') end--;
        return new CsvField(start, end - start, HasDoubledQuotes: false);
    }

    private CsvField Plain()
    {
        var rest = _text[At..];
        var end = rest.IndexOfAny(separator, (byte)'\r', (byte)'\n');
        if (end < 0) end = rest.Length;
        var field = new CsvField(At, rest[..end].TrimEnd((byte)' ').Length, HasDoubledQuotes: false);
        At += end;
        return field;
    }

    private CsvField Quoted()
    {
        var (start, began, isDoubled) = (++At, _line, false);
        while (true)
        {
            var within = _text[At..].IndexOf((byte)'"');
            if (within < 0 && isPart)
            {
                At = _text.Length;
                return default;
            }
            if (within < 0) throw new DataException($"{path}: the quote that begins in {RowHere} (line {began}) does not end.");
            _line += _text.Slice(At, within).Count((byte)'\n');
            At += within + 1;
            if (At >= _text.Length || _text[At] != '"') break;
            isDoubled = true;
            At++;
        }
        var field = new CsvField(start, At - 1 - start, isDoubled);
        var after = Plain();
        if (after.Length == 0 || (isPart && At == _text.Length)) return field;
        throw new DataException(
            $"{path}: {RowHere} (line {_line}) has '{Quotation.Of(_text.Slice(after.Start, after.Length))}' after a closing quote; a "
                + "quote inside of quotes is written twice.");
    }

    private readonly string RowHere => _row == 0 ? "the row of names" : $"row {_row}";

    private bool Take(byte wanted)
    {
        if (At >= _text.Length || _text[At] != wanted) return false;
        At++;
        return true;
    }
}
