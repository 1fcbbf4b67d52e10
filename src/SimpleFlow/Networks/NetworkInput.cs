using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>What a network takes: rows of a table, images, or text. It knows how to make numbers of it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TableInput), "table")]
[JsonDerivedType(typeof(ImageInput), "images")]
[JsonDerivedType(typeof(TextInput), "text")]
public abstract record NetworkInput
{
    private protected NetworkInput() { }

    /// <summary>The placeholder of a batch.</summary>
    internal abstract Placeholder Placeholder();

    /// <summary>The node that the layers begin with.</summary>
    internal virtual Node Build(Placeholder input) => input;
}

/// <summary>Rows of a table.</summary>
/// <param name="Columns">The columns that count, in their order.</param>
public sealed record TableInput(IReadOnlyList<TableColumn> Columns) : NetworkInput
{
    /// <summary>The columns that count, in their order.</summary>
    public IReadOnlyList<TableColumn> Columns { get; init => field = Required.List(value); } = Required.List(Columns);

    /// <summary>Finds out what the columns of a table hold.</summary>
    /// <param name="table">The rows to train on.</param>
    /// <param name="target">The column that is to be predicted, which is left out.</param>
    /// <param name="skipped">The columns from which nothing can be learned, each with the reason.</param>
    /// <param name="cancellation">Stops before the next column.</param>
    /// <exception cref="DataException">There is no such column, no row, nothing to learn from, or a broken cell; the message names its row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TableInput Of(CsvTable table, string target, out IReadOnlyList<(string Column, string Why)> skipped, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        var without = table.Column(target);
        if (table.Rows == 0) throw new DataException($"{table.Path}: there are no rows below the names of the columns.");
        var (columns, left) = (new List<TableColumn>(), new List<(string, string)>());
        for (var i = 0; i < table.Columns.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i == without) continue;
            var (column, why) = TableColumn.Of(table, i);
            if (column is not null) columns.Add(column);
            else left.Add((table.Columns[i], why!));
        }
        skipped = left;
        if (columns.Count == 0) throw new DataException($"{table.Path}: there is no column to predict '{target}' from.");
        return new TableInput(columns);
    }

    /// <summary>The same columns, with the means and deviations of some rows: those to train on, where others are kept to test with.</summary>
    /// <exception cref="DataException">A column is not there.</exception>
    public TableInput StandardisedBy(CsvTable rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new TableInput([.. Columns.Select(column => column is NumberColumn number ? number.StandardisedBy(rows) : column)]);
    }

    /// <summary>How many numbers a row becomes.</summary>
    [JsonIgnore]
    public int Width => Columns.Sum(column => column.Width);

    /// <summary>The rows as numbers, [rows, <see cref="Width"/>].</summary>
    /// <param name="table">The rows.</param>
    /// <param name="cancellation">Stops before the next row.</param>
    /// <exception cref="DataException">A column is not there, or a cell cannot be understood; the message names its row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public DataArray Encode(CsvTable table, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        int[] places = [.. Columns.Select(column => table.Column(column.Name))];
        var width = Width;
        var numbers = new float[Shape.Of(table.Rows, width).Count];
        for (var row = 0; row < table.Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            var at = row * width;
            for (var i = 0; i < places.Length; at += Columns[i++].Width) Columns[i].Encode(table, row, places[i], numbers.AsSpan(at, Columns[i].Width));
        }
        return DataArray.From(numbers).Reshape(table.Rows, width);
    }

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
        return parts.Count == 1 ? parts[0] : Flow.Concat(axis: 1, [.. parts]);
    }

    /// <inheritdoc/>
    public bool Equals(TableInput? other) => other is not null && Columns.SequenceEqual(other.Columns);

    /// <inheritdoc/>
    public override int GetHashCode() => Columns.Count;
}

/// <summary>Images of one size, numbers from 0 to 1: [channels, rows, columns].</summary>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Rows">The height in pixels.</param>
/// <param name="Columns">The width in pixels.</param>
public sealed record ImageInput(int Channels, int Rows, int Columns) : NetworkInput
{
    internal override Placeholder Placeholder() => new("image", [null, Channels, Rows, Columns]);
}

/// <summary>Characters of a text.</summary>
/// <param name="Characters">Those that are known, each with its place as its number.</param>
/// <param name="Length">How many characters the network looks at.</param>
public sealed record TextInput(string Characters, int Length) : NetworkInput
{
    /// <summary>Those that are known, each with its place as its number.</summary>
    public string Characters { get; init => field = Required.Text(value); } = Required.Text(Characters);

    /// <summary>The characters with their numbers.</summary>
    [JsonIgnore]
    public Vocabulary Vocabulary => field ??= new Vocabulary(Characters);

    internal override Placeholder Placeholder() => new("text", [null, Length], ElementType.Int32);

    /// <inheritdoc/>
    public bool Equals(TextInput? other) => other is not null && (Characters, Length) == (other.Characters, other.Length);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Characters, Length);
}
