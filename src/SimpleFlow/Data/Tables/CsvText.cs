using System.Text;

namespace SimpleFlow;

/// <summary>The text of a table: its bytes in UTF-8, the names of its columns, and the positions of its rows.</summary>
internal sealed class CsvText
{
    // The position of each row and, in wide tables, of every eighth field: the same number for each row, one row after the other.
    private readonly int[] _marks;
    private readonly byte[] _text;

    // Finding the rows takes about a quarter of the time, and reading their cells the rest.
    private const double RowsShare = 0.25;
    private readonly int _begin, _beginLine, _rowsBefore;

    /// <summary>Finds the rows of a text.</summary>
    /// <param name="text">The bytes in UTF-8.</param>
    /// <param name="path">Its name in errors.</param>
    /// <param name="options">What is known about it.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">It is empty, two columns have the same name, a row has too many or too few fields, or a quote does
    /// not end; the message names row and line.</exception>
    public CsvText(byte[] text, string path, CsvOptions options, CancellationToken cancellation)
    {
        (_text, Path, _begin, _beginLine) = (text, path, text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0, 1);
        var declared = CsvDetection.Declared(text.AsSpan(_begin));
        if (declared.Length > 0) (_begin, _beginLine) = (_begin + declared.Length, 2);
        Delimiter = (byte?)options.Delimiter ?? (declared.Length > 0 ? declared.Delimiter
            : CsvDetection.Delimiter(text.AsSpan(_begin), (byte)(options.Like?.Delimiter ?? '\0')));

        var fields = Walk();
        if (!fields.NextRow()) throw new DataException($"{path}: the file is empty; its first row must name the columns.");
        var (header, named, isLastNamed) = (fields.Start, fields.Fields, fields.IsLastFilled);
        // Once to count, and once more to mark: a list that grows would take twice the memory.
        var marking = fields;
        var shape = new CsvShape(named, isLastNamed);
        while (fields.NextRow())
        {
            if ((shape.Rows & 1023) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                options.Progress?.Report(fields.At * RowsShare / text.Length);
            }
            shape.Add(fields.Fields, fields.IsLastFilled, fields.Line);
        }
        (Rows, FirstHasNoName, HasEndingDelimiter) = (shape.Rows, shape.FirstHasNoName, shape.HasEndingDelimiter);
        shape.Require(path);
        Columns = new CsvColumnNames(this, header, named, shape.Columns);
        _marks = Marks(marking, cancellation);
    }

    /// <summary>Some rows of a longer text, which was checked before.</summary>
    /// <param name="pieces">The text.</param>
    /// <param name="piece">The rows.</param>
    /// <param name="cancellation">Stops after a row.</param>
    public CsvText(CsvPieces pieces, CsvPiece piece, CancellationToken cancellation)
    {
        (Path, Delimiter, Rows) = (pieces.Path, pieces.Delimiter, piece.Rows);
        (FirstHasNoName, HasEndingDelimiter) = (pieces.Shape.FirstHasNoName, pieces.Shape.HasEndingDelimiter);
        _text = [.. pieces.Header, .. piece.Bytes.Span];
        (_begin, _beginLine, _rowsBefore) = (pieces.Header.Length, piece.FirstLine, piece.FirstRow);
        Columns = new CsvColumnNames(this, 0, pieces.Shape.Named, pieces.Shape.Columns);
        _marks = Marks(Walk(), cancellation);
    }

    private int[] Marks(CsvFields walk, CancellationToken cancellation)
    {
        var marks = GC.AllocateUninitializedArray<int>(Rows * MarksPerRow);
        var until = marks.AsSpan();
        for (var row = 0; row < Rows; row++)
        {
            if ((row & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            walk.NextRow(until[..MarksPerRow]);
            until = until[MarksPerRow..];
        }
        return marks;
    }

    /// <summary>Tells that all cells before a row are read.</summary>
    public void Report(IProgress<double> progress, int row) => progress.Report(RowsShare + (1 - RowsShare) * StartOf(row) / _text.Length);

    /// <summary>Its name in errors.</summary>
    public string Path { get; }

    /// <summary>The sign between two fields.</summary>
    public byte Delimiter { get; }

    /// <summary>How many rows there are below the names.</summary>
    public int Rows { get; }

    /// <summary>The names of the columns.</summary>
    public CsvColumnNames Columns { get; }

    /// <summary>Whether the rows have one field more at their front than there are names, as R writes the names of rows.</summary>
    public bool FirstHasNoName { get; }

    /// <summary>Whether rows end with a delimiter that nothing follows.</summary>
    public bool HasEndingDelimiter { get; }

    /// <summary>All of it.</summary>
    public ReadOnlySpan<byte> Span => _text;

    private int MarksPerRow => CsvFields.MarksOf(Columns.Count);

    /// <summary>Where a row begins.</summary>
    public int StartOf(int row) => _marks[row * MarksPerRow];

    /// <summary>A field of a row.</summary>
    public CsvField Field(int row, int column) => Field(_marks.AsSpan(row * MarksPerRow), column);

    /// <summary>The field of a row whose marks these are.</summary>
    public CsvField Field(ReadOnlySpan<int> marks, int column) =>
        WalkFrom(marks[column / CsvFields.Spacing]).Skip(column % CsvFields.Spacing);

    /// <summary>A field's bytes, with quotes still doubled.</summary>
    public ReadOnlySpan<byte> Bytes(CsvField field) => _text.AsSpan(field.Start, field.Length);

    /// <summary>A field as a text.</summary>
    public string String(CsvField field)
    {
        var text = Encoding.UTF8.GetString(Bytes(field));
        return field.HasDoubledQuotes ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    /// <summary>The number of a row in the file, counted from 1.</summary>
    public int NumberOf(int row) => _rowsBefore + row + 1;

    /// <summary>The line that a row begins on. Lines are counted on demand: for errors, and not in training.</summary>
    public int LineOf(int row)
    {
        var fields = Walk();
        var start = StartOf(row);
        while (fields.NextRow() && fields.Start < start) { }
        return fields.Line;
    }

    /// <summary>A walk over the fields from a place on.</summary>
    public CsvFields WalkFrom(int place) => new(_text, Delimiter, Path) { At = place };

    private CsvFields Walk() => new(_text, Delimiter, Path, _beginLine) { At = _begin };
}
