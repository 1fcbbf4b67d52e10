using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// A table from a CSV file as text, cell by cell (RFC 4180): the first row names the columns; fields are separated by commas, or by semicolons or tabs where the first row has more of them; a field in quotes may hold separators, line breaks and doubled quotes.
/// </summary>
public sealed class CsvTable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, int> _columns;
    private readonly List<string[]> _rows;
    private readonly List<int> _lines;

    private CsvTable(string path, Dictionary<string, int> columns, List<string[]> rows, List<int> lines) => (Path, Columns, _columns, _rows, _lines) = (path, [.. columns.Keys], columns, rows, lines);

    /// <summary>Where it came from.</summary>
    public string Path { get; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>How many rows there are below the names.</summary>
    public int Rows => _rows.Count;

    /// <summary>A cell, without the spaces around it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public string this[int row, int column] => _rows[Existing(row, _rows.Count)][Existing(column, Columns.Count)];

    /// <summary>Reads a file in UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">It is not in UTF-8, is empty, a column has no name or that of another, a row has too many or too few fields, or a quote does not end; the message names row and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CsvTable Read(string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
        try
        {
            return Parse(File.ReadAllText(path, Strict), path, cancellation);
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
        var reader = new Reader(text, path);
        if (!reader.Next()) throw new DataException($"{path}: the file is empty; its first row must name the columns.");
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, name) in reader.Fields.Index())
        {
            if (name.Length == 0) throw new DataException($"{path}: column {i + 1} has no name.");
            if (!columns.TryAdd(name, i)) throw new DataException($"{path}: two columns are called '{name}'.");
        }
        var (rows, lines) = (new List<string[]>(), new List<int>());
        while (reader.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            if (reader.Fields.Count != columns.Count)
                throw new DataException($"{path}: row {rows.Count + 1} (line {reader.Line}) has {reader.Fields.Count} field{(reader.Fields.Count == 1 ? "" : "s")}, and there are {columns.Count} columns.");
            rows.Add([.. reader.Fields]);
            lines.Add(reader.Line);
        }
        return new CsvTable(path, columns, rows, lines);
    }

    /// <summary>The number of a column.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public int Column(string name)
    {
        var index = Find(name);
        return index >= 0 ? index : throw new DataException($"{Path}: there is no column '{name}'; there are {string.Join(", ", Columns.Select(column => $"'{column}'"))}.");
    }

    /// <summary>The number of a column; −1 if there is none of that name.</summary>
    public int Find(string name) => _columns.GetValueOrDefault(Required.Value(name), -1);

    /// <summary>The cell's place, for an error: <c>people.csv: row 3 (line 4), column 'age'</c>.</summary>
    public string Place(int row, int column) => $"{Path}: row {row + 1} (line {_lines[Existing(row, _rows.Count)]}), column '{Columns[Existing(column, Columns.Count)]}'";

    /// <summary>Whether nothing is known there: nothing, ?, NA, N/A, NaN or null.</summary>
    public bool IsMissing(int row, int column) => this[row, column] is "" or "?" || this[row, column].ToUpperInvariant() is "NA" or "N/A" or "NAN" or "NULL";

    /// <summary>The number in a cell, written with a point; null if it is none or not finite.</summary>
    public double? Number(int row, int column) =>
        double.TryParse(this[row, column], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>Some of the rows.</summary>
    public CsvTable Select(ReadOnlySpan<int> rows)
    {
        var (cells, lines) = (new List<string[]>(rows.Length), new List<int>(rows.Length));
        foreach (var row in rows)
        {
            cells.Add(_rows[Existing(row, _rows.Count)]);
            lines.Add(_lines[row]);
        }
        return new CsvTable(Path, _columns, cells, lines);
    }

    private int Existing(int index, int count, [CallerArgumentExpression(nameof(index))] string name = "") =>
        (uint)index < (uint)count ? index : throw new ArgumentOutOfRangeException(name, index, $"{Path}: there is no {name} {index}; there are {count}, counted from 0.");

    private sealed class Reader(string text, string path)
    {
        private readonly char _separator = SeparatorOf(text);
        private int _at = text.StartsWith('\uFEFF') ? 1 : 0;
        private int _line = 1, _row;

        public List<string> Fields { get; } = [];

        /// <summary>The line the row began on.</summary>
        public int Line { get; private set; }

        /// <summary>Reads a row that is not empty; false at the end.</summary>
        public bool Next()
        {
            do
            {
                if (_at >= text.Length) return false;
                Line = _line;
                Fields.Clear();
                do Fields.Add(Field()); while (Take(_separator));
                EndOfLine();
            }
            while (Fields is [""]);
            _row++;
            return true;
        }

        private string Field()
        {
            while (_at < text.Length && text[_at] == ' ') _at++;
            return _at < text.Length && text[_at] == '"' ? Quoted() : Plain();
        }

        private string Plain()
        {
            var start = _at;
            while (_at < text.Length && text[_at] != _separator && text[_at] is not ('\n' or '\r')) _at++;
            return text[start.._at].TrimEnd(' ');
        }

        private string Quoted()
        {
            var (field, began) = (new StringBuilder(), _line);
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '\n') _line++;
                if (text[_at] != '"')
                {
                    field.Append(text[_at]);
                    continue;
                }
                if (_at + 1 >= text.Length || text[_at + 1] != '"')
                {
                    _at++;
                    var rest = Plain();
                    return rest.Length == 0 ? field.ToString() : throw new DataException($"{path}: {RowHere} (line {_line}) has '{rest}' after a closing quote; a quote inside of quotes is written twice.");
                }
                field.Append(text[_at++]);
            }
            throw new DataException($"{path}: the quote that begins in {RowHere} (line {began}) does not end.");
        }

        private string RowHere => _row == 0 ? "the row of names" : $"row {_row}";

        private bool Take(char wanted)
        {
            if (_at >= text.Length || text[_at] != wanted) return false;
            _at++;
            return true;
        }

        private void EndOfLine()
        {
            var isEnd = Take('\r') | Take('\n');
            if (isEnd) _line++;
        }

        private static char SeparatorOf(string text)
        {
            var end = text.AsSpan().IndexOfAny('\r', '\n');
            var first = end < 0 ? text.AsSpan() : text.AsSpan(0, end);
            var best = ',';
            foreach (var candidate in ";\t")
            {
                if (first.Count(candidate) > first.Count(best)) best = candidate;
            }
            return best;
        }
    }
}
