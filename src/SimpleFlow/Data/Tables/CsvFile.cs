namespace SimpleFlow;

/// <summary>Opens a table whose rows stay in its file, so that it may be larger than memory.</summary>
public static class CsvFile
{
    /// <summary>Opens columns of numbers as an array, [rows, columns]. All rows are looked at once: whether they are whole, and where they
    /// begin. Then a row is read when it is used, in any order. The file must not change meanwhile.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="options">How it is written, as far as that is known; null: detect it.</param>
    /// <param name="cancellation">Stops the first look.</param>
    /// <exception cref="DataException">The file is not such a table, or has no such column; when rows are used: a cell is not a number.
    /// The message names the row and the column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DataArray Open(string path, IReadOnlyList<string> columns, CsvOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Required.Texts(columns).Count == 0) throw new ArgumentException("Name at least one column.", nameof(columns));
        using var pieces = new CsvPieces(path, options ?? new CsvOptions(), cancellation);
        var first = pieces.Tables(1, cancellation).First().Table;
        return new CsvRows(path, pieces.Places(CsvRows.Spacing, cancellation), pieces.Shape.Rows,
            [.. columns.Select(name => (first.Column(name), name))], first.Dialect);
    }
}
