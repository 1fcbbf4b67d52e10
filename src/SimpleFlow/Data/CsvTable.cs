using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace SimpleFlow;

/// <summary>
/// A table from a CSV file, kept as the text it is (RFC 4180): the first row names the columns; fields are separated by commas, or by semicolons or tabs where the first row has more of them; a field in quotes may hold separators, line breaks and doubled quotes.
/// A cell becomes a text or a number when it is asked for, so that a table takes hardly more memory than its file.
/// </summary>
public sealed class CsvTable
{
    private readonly byte[] _text;
    private readonly byte _separator;
    private readonly ColumnNames _columns;

    // Where each row begins and, in wide tables, every eighth of its fields: so many for a row, one row after the other.
    private readonly int[] _marks;

    // The rows that were chosen of those in the text; all, where nothing was chosen.
    private readonly int[]? _chosen;

    private CsvTable(byte[] text, string path, CancellationToken cancellation)
    {
        (_text, Path, _separator) = (text, path, CsvFields.SeparatorOf(text));
        var fields = Walk(Begin);
        if (!fields.NextRow()) throw new DataException($"{path}: the file is empty; its first row must name the columns.");
        _columns = new ColumnNames(this, fields.Start, fields.Fields);

        // Once to count, and once more to mark: a list that grows would take twice the memory.
        var marking = fields;
        var rows = 0;
        for (; fields.NextRow(); rows++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (fields.Fields != _columns.Count)
                throw new DataException($"{path}: row {rows + 1} (line {fields.Line}) has {NumberText.Count(fields.Fields, "field")}, where the header has {NumberText.Count(_columns.Count, "column")}.");
        }
        _marks = GC.AllocateUninitializedArray<int>(rows * MarksPerRow);
        for (var i = 0; marking.NextRow(_marks.AsSpan(i)); i += MarksPerRow) cancellation.ThrowIfCancellationRequested();
        Rows = rows;
    }

    private CsvTable(CsvTable table, int[] chosen) =>
        (_text, _separator, _columns, _marks, Path, _chosen, Rows) = (table._text, table._separator, table._columns, table._marks, table.Path, chosen, chosen.Length);

    /// <summary>Where it came from.</summary>
    public string Path { get; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>How many rows there are below the names.</summary>
    public int Rows { get; }

    /// <summary>A cell, without the spaces around it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public string this[int row, int column] => Text(Cell(row, column));

    private int MarksPerRow => CsvFields.MarksOf(_columns.Count);

    /// <summary>Reads a file in UTF-8, or in UTF-16 or UTF-32 if its first bytes say so.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">It is not in UTF-8, is empty or larger than 2 GB, a column has no name or that of another, a row has too many or too few fields, or a quote does not end; the message names row and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CsvTable Read(string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
        if (new FileInfo(path).Length > Array.MaxLength) throw new DataException($"{path}: the file has {new FileInfo(path).Length:N0} bytes; a table has at most {Array.MaxLength:N0}.");
        try
        {
            return new CsvTable(InUtf8(File.ReadAllBytes(path)), path, cancellation);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DataException($"{path}: the file is not in UTF-8: save it as CSV in UTF-8. ({exception.Message})", exception);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The table.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">As <see cref="Read"/>.</exception>
    public static CsvTable Parse(string text, string path = "table", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new CsvTable(Encoding.UTF8.GetBytes(text), path, cancellation);
    }

    /// <summary>The number of a column.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public int Column(string name)
    {
        var index = Find(name);
        return index >= 0 ? index : throw new DataException($"{Path}: there is no column '{name}'; there are {string.Join(", ", Columns.Select(column => $"'{column}'"))}.");
    }

    /// <summary>The number of a column; −1 if there is none of that name.</summary>
    public int Find(string name) => _columns.Find(Required.Value(name));

    /// <summary>The cell's place, for an error: <c>people.csv: row 3 (line 4), column 'age'</c>.</summary>
    public string Place(int row, int column)
    {
        var mark = _marks[InText(row) * MarksPerRow];
        var name = Columns[Existing(column, _columns.Count)];
        // Lines are counted when somebody asks: errors do, and training does not.
        var fields = Walk(Begin);
        while (fields.NextRow() && fields.Start < mark) { }
        return $"{Path}: row {row + 1} (line {fields.Line}), column '{name}'";
    }

    /// <summary>Whether nothing is known there: nothing, ?, NA, N/A, NaN or null.</summary>
    public bool IsMissing(int row, int column)
    {
        var cell = Bytes(Cell(row, column));
        return cell.Length == 0 || cell.SequenceEqual("?"u8) || Ascii.EqualsIgnoreCase(cell, "NA"u8) || Ascii.EqualsIgnoreCase(cell, "N/A"u8) || Ascii.EqualsIgnoreCase(cell, "NaN"u8) || Ascii.EqualsIgnoreCase(cell, "null"u8);
    }

    /// <summary>The number in a cell, written with a point; null if it is none or not finite.</summary>
    public double? Number(int row, int column) =>
        double.TryParse(Bytes(Cell(row, column)), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>Some of the rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not there.</exception>
    public CsvTable Select(ReadOnlySpan<int> rows)
    {
        var chosen = new int[rows.Length];
        for (var i = 0; i < chosen.Length; i++) chosen[i] = InText(rows[i]);
        return new CsvTable(this, chosen);
    }

    // A mark at the front of a text says how its characters are stored.
    private static byte[] InUtf8(byte[] text)
    {
        Encoding? other = text switch
        {
            [0xFF, 0xFE, 0, 0, ..] => new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
            [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => null,
        };
        if (other is not null) return Encoding.Convert(other, StrictUtf8.Encoding, text);
        if (!Utf8.IsValid(text)) StrictUtf8.Encoding.GetCharCount(text);        // throws, and says where
        return text;
    }

    private int Begin => _text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;

    private CsvFields Walk(int from) => new(_text, _separator, Path) { At = from };

    private CsvField Cell(int row, int column)
    {
        Existing(column, _columns.Count);
        return Field(_marks.AsSpan(InText(row) * MarksPerRow), column);
    }

    // The field of a row whose marks these are.
    private CsvField Field(ReadOnlySpan<int> marks, int column) => Walk(marks[column / CsvFields.Spacing]).Skip(column % CsvFields.Spacing);

    private ReadOnlySpan<byte> Bytes(CsvField field) => _text.AsSpan(field.Start, field.Length);

    private string Text(CsvField field)
    {
        var text = Encoding.UTF8.GetString(Bytes(field));
        return field.HasDoubledQuotes ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    private int InText(int row)
    {
        Existing(row, Rows);
        return _chosen is null ? row : _chosen[row];
    }

    private int Existing(int index, int count, [CallerArgumentExpression(nameof(index))] string name = "") =>
        (uint)index < (uint)count ? index : throw new ArgumentOutOfRangeException(name, index, $"{Path}: there is no {name} {index}; there are {count}, counted from 0.");

    /// <summary>The names in the first row, as they stand in the text, and their order by the alphabet to find them by.</summary>
    private sealed class ColumnNames : IReadOnlyList<string>
    {
        private readonly CsvTable _table;
        private readonly int[] _marks, _sorted;

        public ColumnNames(CsvTable table, int start, int count)
        {
            (_table, Count) = (table, count);
            _marks = new int[CsvFields.MarksOf(count)];
            table.Walk(start).NextRow(_marks);
            _sorted = new int[count];
            for (var i = 0; i < count; i++)
            {
                _sorted[i] = i;
                if (Field(i).Length == 0) throw new DataException($"{table.Path}: column {i + 1} has no name.");
            }
            _sorted.AsSpan().Sort((left, right) => Compare(left, Field(right)));
            for (var i = 1; i < count; i++)
            {
                if (Compare(_sorted[i - 1], Field(_sorted[i])) == 0) throw new DataException($"{table.Path}: two columns are called '{this[_sorted[i]]}'.");
            }
        }

        public int Count { get; }

        public string this[int index] => _table.Text(Field(index));

        public int Find(string name)
        {
            var wanted = Encoding.UTF8.GetBytes(name);
            var (low, high) = (0, Count - 1);
            while (low <= high)
            {
                var middle = (low + high) / 2;
                var order = Compare(_sorted[middle], wanted, isDoubled: false);
                if (order == 0) return _sorted[middle];
                if (order < 0) low = middle + 1;
                else high = middle - 1;
            }
            return -1;
        }

        public IEnumerator<string> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private int Compare(int column, CsvField other) => Compare(column, _table.Bytes(other), other.HasDoubledQuotes);

        // Byte by byte, so that nothing is copied to be compared.
        private int Compare(int column, ReadOnlySpan<byte> other, bool isDoubled)
        {
            var field = Field(column);
            var name = _table.Bytes(field);
            if (!field.HasDoubledQuotes && !isDoubled) return name.SequenceCompareTo(other);
            var (i, j) = (0, 0);
            for (; i < name.Length && j < other.Length; i++, j++)
            {
                if (name[i] != other[j]) return name[i] - other[j];
                if (name[i] != '"') continue;
                if (field.HasDoubledQuotes) i++;
                if (isDoubled) j++;
            }
            return name.Length - i - (other.Length - j);
        }

        private CsvField Field(int index) => _table.Field(_marks, index);
    }
}
