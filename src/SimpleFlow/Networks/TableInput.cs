using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>Rows of a table.</summary>
/// <param name="Columns">The columns that are used, in order.</param>
public sealed record TableInput(IReadOnlyList<TableColumn> Columns) : NetworkInput
{
    /// <summary>The columns that are used, in order.</summary>
    public IReadOnlyList<TableColumn> Columns { get; init => field = Required.List(value); } = Required.List(Columns);

    /// <summary>The dialect of the training table, so that others are read the same way; null if it is unknown.</summary>
    public CsvDialect? Dialect { get; init; }

    /// <summary>Decides what the columns of a table hold.</summary>
    /// <param name="table">The rows to train on.</param>
    /// <param name="target">The column that is to be predicted, which is left out.</param>
    /// <param name="skipped">The columns that are left out, each with the reason.</param>
    /// <param name="choices">What is known about columns; null: nothing.</param>
    /// <param name="say">Receives, a sentence each, decisions that the user may not expect.</param>
    /// <param name="cancellation">Stops before the next column, or the next thousand rows.</param>
    /// <exception cref="DataException">There is no such column, no row, no input column, or an invalid cell;
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
        // The first of two columns may well number the days.
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

    // If there are very many columns, the reasons of the first are enough.
    private const int MostReasons = 10;

    /// <summary>The same columns with statistics, such as means and deviations, from some rows: the training rows, if others are kept as a
    /// test set.</summary>
    /// <exception cref="DataException">A column does not exist.</exception>
    public TableInput StandardisedBy(CsvTable rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return this with { Columns = [.. Columns.Select(column => column.FittedTo(rows))] };
    }

    /// <summary>Reads a file like the training table: with its delimiter and decimal sign if the file leaves a choice, and with its missing
    /// values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What else is known about it.</param>
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
    /// <param name="say">Receives, once per column, how its cells differ from those in training: missing values although there were none,
    /// new texts.</param>
    /// <param name="cancellation">Stops before the next column, or the next thousand rows.</param>
    /// <exception cref="DataException">A column does not exist, or a cell cannot be read; the message names its row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public DataArray Encode(CsvTable table, Action<string>? say = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        var remarks = say is null ? null : new EncodingRemarks();
        var numbers = Numbers(table, remarks, cancellation);
        if (say is not null) remarks?.Say(Columns, say);
        return numbers;
    }

    /// <summary>A file of any length, encoded piece by piece, so that no more of it is in memory than a piece. It checks the whole file
    /// before it gives the first piece.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is known about it, apart from what the training table says.</param>
    /// <param name="say">Receives at the end, once for each column, how its cells differ from those in training.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The pieces; at least one, if the file has no rows. All but the last have a multiple of 1,000 rows, so that a network
    /// predicts for them, bit for bit, what it predicts for the whole table.</returns>
    /// <exception cref="DataException">As for <see cref="Read"/> and <see cref="Encode"/>, when the pieces are read.</exception>
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

    // How many cells of a file are in memory at once; at least the rows that a model computes at once, which are its batches.
    private const int CellsAtOnce = 1 << 16, RowsAtOnce = 1000;

    private DataArray Numbers(CsvTable table, EncodingRemarks? remarks, CancellationToken cancellation)
    {
        table = Like(table);
        int[] places = [.. Columns.Select(column => table.Column(column.Name))];
        table.ReadCells(places, cancellation);
        var (width, at) = (Width, 0);
        RequireMemory(table, width);
        var numbers = new float[table.Rows * (long)width];
        for (var i = 0; i < places.Length; at += Columns[i++].Width)
        {
            cancellation.ThrowIfCancellationRequested();
            Columns[i].Encode(table, places[i], new EncodedRows(numbers, at, width), remarks);
        }
        return DataArray.From(numbers).Reshape(table.Rows, width);
    }

    /// <exception cref="MemoryException">The numbers do not fit into memory; the message names the column that needs most.</exception>
    private void RequireMemory(CsvTable table, int width)
    {
        const string advice = "Encode fewer rows at a time (EncodePieces), or leave the column out.";
        var floats = (long)table.Rows * width;
        MemoryBudget.RequireBlock(floats, Described, advice);
        MemoryBudget.Require(floats * sizeof(float), Described, advice);

        string Described() => $"{table.Path}: {table.Rows:N0} rows of {width:N0} numbers, of which column "
            + $"'{Columns.MaxBy(column => column.Width)!.Name}' makes {Columns.Max(column => column.Width):N0}, need";
    }

    /// <summary>A table read like the training table, as far as it leaves a choice.</summary>
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
