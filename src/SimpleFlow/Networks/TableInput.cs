using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>Rows of a table.</summary>
/// <param name="Columns">The columns that count, in their order.</param>
public sealed record TableInput(IReadOnlyList<TableColumn> Columns) : NetworkInput
{
    /// <summary>The columns that count, in their order.</summary>
    public IReadOnlyList<TableColumn> Columns { get; init => field = Required.List(value); } = Required.List(Columns);

    /// <summary>How the table that was trained on is written, so that others are read like it; null if nothing is known.</summary>
    public CsvDialect? Dialect { get; init; }

    /// <summary>Finds out what the columns of a table hold.</summary>
    /// <param name="table">The rows to train on.</param>
    /// <param name="target">The column that is to be predicted, which is left out.</param>
    /// <param name="skipped">The columns from which nothing can be learned, each with the reason.</param>
    /// <param name="choices">What is known about columns; null: nothing.</param>
    /// <param name="say">Is told, a sentence each, what was decided that a person may not expect.</param>
    /// <param name="cancellation">Stops before the next column, or the next thousand rows.</param>
    /// <exception cref="DataException">There is no such column, no row, nothing to learn from, or a broken cell;
    /// the message names its row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TableInput Of(
        CsvTable table, string target, out IReadOnlyList<(string Column, string Why)> skipped, ColumnChoices? choices = null,
        Action<string>? say = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        var without = table.Column(target);
        (choices ??= new ColumnChoices()).Check(table, target);
        if (table.Rows == 0) throw new DataException($"{table.Path}: there are no rows below the names of the columns.");
        table.ReadCells(Enumerable.Range(0, table.Columns.Count), cancellation);
        var (columns, spare, left) = (new List<TableColumn>(), new List<TableColumn>(), new List<(string, string)>());
        for (var i = 0; i < table.Columns.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i == without) continue;
            var (column, why) = ColumnKind.Of(table, i, choices, say);
            if (why is not null) left.Add((table.Columns[i], why));
            if (column is not null) (why is null ? columns : spare).Add(column);
        }
        // A table of two columns may well number its days in the first.
        if (columns.Count == 0 && spare.Count > 0)
        {
            columns = spare;
            left.RemoveAll(one => spare.Exists(column => column.Name == one.Item1));
        }
        skipped = left;
        if (columns.Count == 0)
        {
            var reasons = left.Take(MostReasons).Select(one => $" Column '{Quotation.Of(one.Item1)}' is left out: {one.Item2}.");
            throw new DataException($"{table.Path}: there is no column to predict '{target}' from.{string.Concat(reasons)}");
        }
        return new TableInput(columns) { Dialect = table.Dialect };
    }

    // Of very many columns, the reasons of the first are enough.
    private const int MostReasons = 10;

    /// <summary>The same columns, with what they take from some rows, such as means and deviations:
    /// those to train on, where others are kept to test with.</summary>
    /// <exception cref="DataException">A column is not there.</exception>
    public TableInput StandardisedBy(CsvTable rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return this with { Columns = [.. Columns.Select(column => column.FittedTo(rows))] };
    }

    /// <summary>Reads a file as the one was read that was trained on: with its delimiter and decimal sign where the file leaves a
    /// choice, and with its missing values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is known of it beside that.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">As <see cref="CsvTable.Read(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CsvTable Read(string path, CsvOptions? options = null, CancellationToken cancellation = default) =>
        CsvTable.Read(path, (options ?? new CsvOptions()) with { Like = Dialect }, cancellation);

    /// <summary>How many numbers a row becomes.</summary>
    [JsonIgnore]
    public int Width => Columns.Sum(column => column.Width);

    /// <summary>The rows as numbers, [rows, <see cref="Width"/>].</summary>
    /// <param name="table">The rows.</param>
    /// <param name="say">Is told, once for each column, what of its cells was not like that in training:
    /// a missing value where none was, a text that is new.</param>
    /// <param name="cancellation">Stops before the next column, or the next thousand rows.</param>
    /// <exception cref="DataException">A column is not there, or a cell cannot be understood; the message names its row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public DataArray Encode(CsvTable table, Action<string>? say = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        var remarks = say is null ? null : new EncodingRemarks();
        var numbers = Numbers(table, remarks, cancellation);
        if (say is not null) remarks?.Say(Columns, say);
        return numbers;
    }

    /// <summary>A file of any length, encoded piece by piece, so that no more of it is in memory than a piece. All of it is looked at
    /// before the first piece is given.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is known of it beside what is known of the table that was trained on.</param>
    /// <param name="say">Is told at the end, once for each column, what of its cells was not like that in training.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The pieces; at least one, if the file has no rows. All but the last have a multiple of 1,000 rows, so that a network
    /// predicts for them, bit for bit, what it predicts for the whole table.</returns>
    /// <exception cref="DataException">As for <see cref="Read"/> and <see cref="Encode"/>, when the pieces are asked for.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IEnumerable<TablePiece> EncodePieces(
        string path, CsvOptions? options = null, Action<string>? say = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Pieces();

        IEnumerable<TablePiece> Pieces()
        {
            using var pieces = new CsvPieces(path, (options ?? new CsvOptions()) with { Like = Dialect }, cancellation);
            var remarks = new EncodingRemarks();
            var rows = Math.Max(1, CellsAtOnce / Math.Max(Width, pieces.Shape.Columns) / RowsAtOnce) * RowsAtOnce;
            foreach (var (table, first) in pieces.Tables(rows, cancellation))
                yield return new TablePiece(table, Numbers(table, remarks, cancellation), first);
            if (say is not null) remarks.Say(Columns, say);
        }
    }

    // So many cells of a file are in memory at once, or the rows that a model computes at once, as its batches are these.
    private const int CellsAtOnce = 1 << 16, RowsAtOnce = 1000;

    private DataArray Numbers(CsvTable table, EncodingRemarks? remarks, CancellationToken cancellation)
    {
        table = Like(table);
        int[] places = [.. Columns.Select(column => table.Column(column.Name))];
        table.ReadCells(places, cancellation);
        var (width, at) = (Width, 0);
        var numbers = new float[Shape.Of(table.Rows, width).ElementCount];
        for (var i = 0; i < places.Length; at += Columns[i++].Width)
        {
            cancellation.ThrowIfCancellationRequested();
            Columns[i].Encode(table, places[i], new EncodedRows(numbers, at, width), remarks);
        }
        return DataArray.From(numbers).Reshape(table.Rows, width);
    }

    /// <summary>A table read as the one was that was trained on, as far as it leaves a choice.</summary>
    internal CsvTable Like(CsvTable table) => Dialect is null ? table : Required.Value(table).LikeThat(Dialect);

    internal override Placeholder Placeholder() => new("row", [null, Width]);

    internal override Node Build(Placeholder input)
    {
        if (!Columns.Any(column => column is CategoryColumn { EmbeddingSize: not null })) return input;
        var (parts, at) = (new List<Node>(), 0);
        foreach (var column in Columns)
        {
            parts.Add(column.Build(input.Slice(1, at, at + column.Width)));
            at += column.Width;
        }
        return parts.Count == 1 ? parts[0] : Flow.Concat([.. parts], 1);
    }

    /// <inheritdoc/>
    public bool Equals(TableInput? other) => other is not null && Dialect == other.Dialect && Columns.SequenceEqual(other.Columns);

    /// <inheritdoc/>
    public override int GetHashCode() => Columns.Count;
}
