using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>How the cells of a column become numbers, with what that takes from the rows that were trained on.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NumberColumn), "number")]
[JsonDerivedType(typeof(CategoryColumn), "category")]
public abstract record TableColumn(string Name)
{
    /// <summary>The column's name.</summary>
    public string Name { get; init => field = Required.Text(value); } = Required.Text(Name);

    // Of a column of numbers a few cells may be typing errors, which nobody would want to become categories.
    private const double MostlyNumbers = 0.9;
    private const int Embedded = 12;

    /// <summary>How many numbers a cell becomes.</summary>
    [JsonIgnore]
    public abstract int Width { get; }

    /// <summary>Writes the numbers of a cell.</summary>
    /// <exception cref="DataException">The cell cannot be understood; the message names its row.</exception>
    internal abstract void Encode(CsvTable table, int row, int column, Span<float> numbers);

    /// <summary>The mean and the standard deviation of some numbers; 0 of none.</summary>
    internal static (double Mean, double Deviation) Spread(double[] numbers)
    {
        var mean = numbers.DefaultIfEmpty(0).Average();
        return (mean, Math.Sqrt(numbers.Select(number => (number - mean) * (number - mean)).DefaultIfEmpty(0).Average()));
    }

    /// <summary>The node that goes on from the numbers.</summary>
    internal virtual Node Build(Node numbers) => numbers;

    /// <summary>Finds out what a column holds; null, and why, where nothing can be learned from it.</summary>
    /// <exception cref="DataException">Nearly all cells are numbers, and one is not; the message names its row.</exception>
    internal static (TableColumn? Column, string? Why) Of(CsvTable table, int column)
    {
        var present = Enumerable.Range(0, table.Rows).Where(row => !table.IsMissing(row, column)).ToList();
        if (present.Count == 0) return (null, "it is empty");
        var name = table.Columns[column];
        var mayBeMissing = present.Count < table.Rows;
        var others = present.Where(row => table.Number(row, column) is null).ToList();
        if (others.Count == 0)
        {
            if (!mayBeMissing && present.TrueForAll(row => table.Number(row, column) == table.Number(0, column))) return (null, "all its cells are equal");
            return (new NumberColumn(name, 0, 1, mayBeMissing).StandardisedBy(table), null);
        }
        if (others.Count <= (1 - MostlyNumbers) * present.Count)
            throw new DataException($"{table.Place(others[0], column)}: '{table[others[0], column]}' is not a number, and {present.Count - others.Count:N0} of the column's {present.Count:N0} cells are. Leave it empty where nothing is known.");
        string[] values = [.. present.Select(row => table[row, column]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (values.Length == 1 && !mayBeMissing) return (null, "all its cells are equal");
        if (values.Length > 20 && values.Length > present.Count / 2) return (null, $"nearly every one of its {present.Count:N0} texts is another");
        // The usual rule of thumb: about the fourth root times six, and never more than fifty.
        return (new CategoryColumn(name, values, values.Length > Embedded ? Math.Min(50, (int)Math.Round(1.6 * Math.Pow(values.Length, 0.56))) : null), null);
    }
}

/// <summary>A number as (number − mean) / deviation; where it may be missing, 0 and a second number that says so.</summary>
/// <param name="Name">The column.</param>
/// <param name="Mean">The mean of what was trained on.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="MayBeMissing">Whether some were missing there.</param>
public sealed record NumberColumn(string Name, double Mean, double Deviation, bool MayBeMissing) : TableColumn(Name)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override int Width => MayBeMissing ? 2 : 1;

    /// <summary>The same column with the mean and the deviation of the numbers in these rows.</summary>
    internal NumberColumn StandardisedBy(CsvTable rows)
    {
        var column = rows.Column(Name);
        var (mean, deviation) = Spread([.. Enumerable.Range(0, rows.Rows).Where(row => !rows.IsMissing(row, column)).Select(row => rows.Number(row, column)).OfType<double>()]);
        if (!double.IsFinite(deviation)) throw new DataException($"{rows.Path}: the numbers of column '{Name}' are too large to work with.");
        return this with { Mean = mean, Deviation = deviation > 0 ? deviation : 1 };
    }

    internal override void Encode(CsvTable table, int row, int column, Span<float> numbers)
    {
        numbers.Clear();
        if (table.IsMissing(row, column))
        {
            if (!MayBeMissing) throw new DataException($"{table.Place(row, column)}: nothing stands there, and where the network was trained the column was always known.");
            numbers[1] = 1;
            return;
        }
        var number = table.Number(row, column) ?? throw new DataException($"{table.Place(row, column)}: '{table[row, column]}' is not a number.");
        numbers[0] = (float)((number - Mean) / Deviation);
    }
}

/// <summary>One of some texts: 1 at its place and 0 elsewhere. The last place is for what is missing or was never seen.</summary>
/// <param name="Name">The column.</param>
/// <param name="Values">The texts of what was trained on.</param>
/// <param name="EmbeddingSize">Of which size a vector is learned for each; none, for the places themselves, where they are few.</param>
public sealed record CategoryColumn(string Name, IReadOnlyList<string> Values, int? EmbeddingSize = null) : TableColumn(Name)
{
    private Dictionary<string, int>? _places;

    /// <summary>The texts of what was trained on.</summary>
    public IReadOnlyList<string> Values { get; init => field = Required.Texts(value); } = Required.Texts(Values);

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Width => Values.Count + 1;

    internal override void Encode(CsvTable table, int row, int column, Span<float> numbers)
    {
        _places ??= Values.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        numbers.Clear();
        numbers[!table.IsMissing(row, column) && _places.TryGetValue(table[row, column], out var place) ? place : Values.Count] = 1;
    }

    // A row with a single 1 times a table is a row of the table: an embedding.
    internal override Node Build(Node numbers) =>
        EmbeddingSize is not { } size ? numbers : Flow.MatMul(numbers, new Variable($"{Name}/table", [Width, size], Initializer.Normal(0.1f)));

    /// <inheritdoc/>
    public bool Equals(CategoryColumn? other) => other is not null && (Name, EmbeddingSize) == (other.Name, other.EmbeddingSize) && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, EmbeddingSize, Values.Count);
}
