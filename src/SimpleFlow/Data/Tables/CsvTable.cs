using System.Runtime.CompilerServices;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// A table from a CSV file, kept as its text (RFC 4180): the first row names the columns; a field in quotes may hold delimiters, line
/// breaks and doubled quotes. What separates the fields and how numbers are written is detected from the text unless
/// <see cref="CsvOptions"/> say it. A cell becomes a text or a number when it is read, so that a table takes hardly more memory than its
/// file. If a network uses it, its numbers are kept too.
/// </summary>
public sealed class CsvTable
{
    private readonly CsvCells _cells;

    // Whether the other decimal sign would do as well: no cell rules it out.
    private readonly bool _isDecimalOpen;

    // The chosen rows of those in the text; all by default.
    private readonly int[]? _chosen;

    private CsvTable(byte[] text, string path, string encoding, CsvOptions? options, CancellationToken cancellation)
    {
        var content = new CsvText(text, path, options ??= new CsvOptions(), cancellation);
        (var point, _isDecimalOpen) = options.Decimal is { } said ? (said, false) : CsvDetection.Decimal(content);
        var dialect = new CsvDialect((char)content.Delimiter, point, options.Missing);
        (_cells, Encoding, Rows) = (new CsvCells(content, dialect, options.Progress), encoding, content.Rows);
        if (options.Like is { } like) _cells = LikeThat(like)._cells;
    }

    /// <summary>Some rows of a longer table.</summary>
    internal CsvTable(CsvText text, CsvDialect dialect, string encoding) =>
        (_cells, Encoding, Rows) = (new CsvCells(text, dialect), encoding, text.Rows);

    private CsvTable(CsvTable table, CsvCells cells, int[]? chosen) =>
        (_cells, Encoding, _isDecimalOpen, _chosen, Rows) = (cells, table.Encoding, table._isDecimalOpen, chosen,
            chosen?.Length ?? table.Rows);

    /// <summary>Its path.</summary>
    public string Path => _cells.Text.Path;

    /// <summary>How it is written: as the options say, and otherwise as detected from the text.</summary>
    public CsvDialect Dialect => _cells.Dialect;

    /// <summary>The names of the columns. One without a name is called by its place, such as <c>column 1</c>.</summary>
    public IReadOnlyList<string> Columns => _cells.Text.Columns;

    /// <summary>How many rows there are below the names.</summary>
    public int Rows { get; }

    /// <summary>A cell, without the spaces around it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public string this[int row, int column] => _cells.Text.String(Cell(row, column));

    /// <summary>How the file is laid out, in a line: <c>fields separated by a semicolon, numbers with a decimal comma, UTF-16, a
    /// delimiter at the end of the rows</c>.</summary>
    public string Layout =>
        $"{Dialect}{(Encoding == "UTF-8" ? "" : $", {Encoding}")}"
            + $"{(Text.HasEndingDelimiter ? ", a delimiter at the end of the rows" : "")}"
            + $"{(Text.Columns.HasName(0) ? "" : ", the first column without a name")}";

    /// <summary>How its characters were stored.</summary>
    internal string Encoding { get; }

    /// <summary>The text and where its rows lie.</summary>
    internal CsvText Text => _cells.Text;

    /// <summary>Reads a file in UTF-8, UTF-16 or UTF-32.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">It is not in UTF-8, is empty or larger than 2 GB, two columns have the same name, a row has too many
    /// or too few fields, or a quote does not end; the message names row and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CsvTable Read(string path, CancellationToken cancellation = default) => Read(path, null, cancellation);

    /// <summary>Reads a file in UTF-8, UTF-16 or UTF-32.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is written, as far as that is known; null: detect it.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">As <see cref="Read(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CsvTable Read(string path, CsvOptions? options, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ReadableFile.Require(path);
        if (new FileInfo(path).Length > Array.MaxLength)
            throw new DataException(
                $"{path}: the file has {new FileInfo(path).Length:N0} bytes; a table has at most {Array.MaxLength:N0}.");
        try
        {
            var (text, encoding) = CsvEncoding.ToUtf8(File.ReadAllBytes(path));
            return new CsvTable(text, path, encoding, options, cancellation);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DataException($"{path}: the file is not in UTF-8: save it as CSV in UTF-8. ({exception.Message})", exception);
        }
    }

    /// <summary>Reads a file of any length some rows at a time, so that no more of it is in memory. It checks all rows before it gives the
    /// first: the first table of a file is <c>CsvTable.ReadPieces(path).First()</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">How many rows a piece has; the last one may have fewer.</param>
    /// <param name="options">How it is written, as far as that is known; null: detect it.</param>
    /// <param name="cancellation">Stops after some rows.</param>
    /// <returns>The pieces; at least one, if the file has no rows. Errors number the rows as the file does.</returns>
    /// <exception cref="DataException">As for <see cref="Read(string, CancellationToken)"/>, when the pieces are read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IEnumerable<CsvTable> ReadPieces(string path, int rows = 10_000, CsvOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return Pieces();

        IEnumerable<CsvTable> Pieces()
        {
            using var pieces = new CsvPieces(path, options ?? new CsvOptions(), cancellation);
            foreach (var (table, _) in pieces.Tables(rows, cancellation)) yield return table;
        }
    }

    /// <summary>A file's first row, and how many rows it has.</summary>
    internal static (CsvTable First, int Rows) Look(string path, CsvOptions options, CancellationToken cancellation)
    {
        using var pieces = new CsvPieces(path, options, cancellation);
        return (pieces.Tables(1, cancellation).First().Table, pieces.Shape.Rows);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The table.</param>
    /// <param name="path">Its name in errors.</param>
    /// <param name="options">How it is written, as far as that is known; null: detect it.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">As <see cref="Read(string, CancellationToken)"/>.</exception>
    public static CsvTable Parse(string text, string path = "table", CsvOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new CsvTable(System.Text.Encoding.UTF8.GetBytes(text), path, "UTF-8", options, cancellation);
    }

    /// <summary>The number of a column.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public int Column(string name)
    {
        var index = Find(name);
        return index >= 0 ? index : throw new DataException($"{Path}: there is no column '{name}'; there are {_cells.Text.Columns}.");
    }

    /// <summary>The number of a column; −1 if there is none of that name.</summary>
    public int Find(string name) => _cells.Text.Columns.Find(Required.Value(name));

    /// <summary>The cell's place in the file, for an error: <c>people.csv: row 3 (line 4), column 'age'</c>.</summary>
    public string Place(int row, int column)
    {
        Existing(column, Columns.Count);
        return $"{Path}: {RowName(row)}, column '{Columns[column]}'";
    }

    /// <summary>A row of the file, for an error: <c>row 3 (line 4)</c>.</summary>
    internal string RowName(int row) => $"row {_cells.Text.NumberOf(InText(row))} (line {_cells.Text.LineOf(InText(row))})";

    /// <summary>Whether the value is missing: nothing, one of the usual texts such as NA, N/A, None, null, - and ?, or one
    /// that the <see cref="Dialect"/> names.</summary>
    public bool IsMissing(int row, int column) => _cells.IsMissing(_cells.Text.Bytes(Cell(row, column)));

    /// <summary>The number in a cell as the <see cref="Dialect"/> writes it, perhaps with a currency or a percent sign;
    /// null if it is not one, is not finite, or has a leading zero as codes have.</summary>
    public double? Number(int row, int column)
    {
        var number = _cells.Number(_cells.Text.Bytes(Cell(row, column)));
        return double.IsFinite(number) ? number : null;
    }

    /// <summary>Some of the rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them does not exist.</exception>
    public CsvTable Select(ReadOnlySpan<int> rows)
    {
        var chosen = new int[rows.Length];
        for (var i = 0; i < chosen.Length; i++) chosen[i] = InText(rows[i]);
        return new CsvTable(this, _cells, chosen);
    }

    /// <summary>The same table, read like a similar one: with that one's missing values, and with its decimal sign if the cells leave that
    /// open.</summary>
    internal CsvTable LikeThat(CsvDialect like)
    {
        var dialect = Dialect.LikeThat(like, _isDecimalOpen);
        return dialect == Dialect ? this : new CsvTable(this, new CsvCells(Text, dialect, _cells.Progress), _chosen);
    }

    /// <summary>The cells of a column, row by row of the text.</summary>
    internal CsvColumn Cells(int column) => _cells.Column(column);

    /// <summary>Reads the cells of some columns at once.</summary>
    internal void ReadCells(IEnumerable<int> columns, CancellationToken cancellation) => _cells.Read(columns, cancellation);

    /// <summary>Whether the user said that a text stands for a missing value.</summary>
    internal bool IsSaidToBeMissing(string text) => _cells.IsSaidToBeMissing(text);

    /// <summary>The number of a row in the text.</summary>
    internal int InText(int row)
    {
        Existing(row, Rows);
        return _chosen is null ? row : _chosen[row];
    }

    private CsvField Cell(int row, int column) => _cells.Text.Field(InText(row), Existing(column, Columns.Count));

    private int Existing(int index, int count, [CallerArgumentExpression(nameof(index))] string name = "") =>
        (uint)index < (uint)count ? index
            : throw new ArgumentOutOfRangeException(name, index, $"{Path}: there is no {name} {index}; there are {count}, counted from 0.");
}
