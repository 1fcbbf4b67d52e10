using System.Globalization;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>What a network predicts.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ClassOutput), "class")]
[JsonDerivedType(typeof(NumberOutput), "number")]
[JsonDerivedType(typeof(NextCharacterOutput), "next character")]
public abstract record NetworkOutput
{
    private protected NetworkOutput() { }

    /// <summary>How many numbers the last layer gives.</summary>
    [JsonIgnore]
    internal abstract int Width { get; }

    internal abstract Placeholder Placeholder(NetworkInput input);

    /// <summary>What the rows of a table should give, as the network takes it.</summary>
    /// <exception cref="DataException">The network predicts nothing of tables, there is no such column, or a cell cannot be understood; the message names the row.</exception>
    public virtual DataArray Encode(CsvTable table) => throw new DataException("This network predicts nothing of tables.");

    /// <summary>Refuses targets that the network cannot have.</summary>
    /// <exception cref="DataException">There is one; the message names its row.</exception>
    internal virtual void Check(DataArray targets) { }

    internal abstract (Node Loss, Node[] Metrics) Measure(Node scores, Placeholder target, TrainingChoices choices);
}

/// <summary>One of some classes.</summary>
/// <param name="Name">What is told, such as the column of a table.</param>
/// <param name="Classes">The names of the classes; each class's number is its place.</param>
public sealed record ClassOutput(string Name, IReadOnlyList<string> Classes) : NetworkOutput
{
    /// <summary>The names of the classes; each class's number is its place.</summary>
    public IReadOnlyList<string> Classes { get; init => field = Different(value); } = Different(Classes);

    /// <summary>What is told, such as the column of a table.</summary>
    public string Name { get; init => field = Required.Text(value); } = Required.Text(Name);

    // More whole numbers than these are rather an amount than a kind.
    private const int MostNumberedClasses = 10;

    internal override int Width => Classes.Count;

    internal override Placeholder Placeholder(NetworkInput input) => new("class", [null], ElementType.Int32);

    internal override void Check(DataArray targets) => ClassLabels.Require(targets, Classes.Count);

    internal override (Node, Node[]) Measure(Node scores, Placeholder target, TrainingChoices choices) =>
        (Losses.SoftmaxCrossEntropy(scores, target, smoothing: choices.Smoothing, classWeights: choices.ClassWeights), [Metrics.Accuracy(scores, target)]);

    /// <summary>Whether a column rather holds kinds than amounts: texts, or few whole numbers that come often.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public static bool Suits(CsvTable table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(column);
        var numbers = Enumerable.Range(0, table.Rows).Where(row => !table.IsMissing(row, index)).Select(row => table.Number(row, index)).ToList();
        if (numbers.Contains(null)) return numbers.Count(number => number is null) > 0.1 * numbers.Count;
        var distinct = numbers.Distinct().ToList();
        return distinct.Count <= MostNumberedClasses && distinct.Count * 5 <= numbers.Count && distinct.All(number => number == Math.Floor(number!.Value));
    }

    /// <summary>The classes that occur in a column of a table.</summary>
    /// <exception cref="DataException">There is no such column, a cell is missing, or there is only one class; the message names the row.</exception>
    public static ClassOutput Of(CsvTable table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(column);
        var values = Enumerable.Range(0, table.Rows).Select(row => Cell(table, row, index)).Distinct(StringComparer.Ordinal);
        var areNumbers = Enumerable.Range(0, table.Rows).All(row => table.Number(row, index) is not null);
        string[] classes = [.. areNumbers ? values.OrderBy(value => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture)) : values.Order(StringComparer.Ordinal)];
        if (classes.Length < 2) throw new DataException($"{table.Path}: column '{column}' is '{classes.FirstOrDefault()}' in every row: there is nothing to tell apart.");
        return new ClassOutput(column, classes);
    }

    /// <summary>The numbers of the classes, [rows].</summary>
    /// <exception cref="DataException">There is no such column, or a class that is not known; the message names the row.</exception>
    public override DataArray Encode(CsvTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(Name);
        var places = Classes.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        var numbers = new int[table.Rows];
        for (var row = 0; row < numbers.Length; row++)
        {
            if (!places.TryGetValue(Cell(table, row, index), out numbers[row]))
                throw new DataException($"{table.Place(row, index)}: the network knows no class '{table[row, index]}'; it knows {string.Join(", ", Classes.Select(one => $"'{one}'"))}.");
        }
        return numbers;
    }

    private static string Cell(CsvTable table, int row, int column) =>
        table.IsMissing(row, column) ? throw new DataException($"{table.Place(row, column)}: nothing stands there, and it is what shall be predicted.") : table[row, column];

    private static IReadOnlyList<string> Different(IReadOnlyList<string> classes) =>
        Required.Texts(classes).Distinct(StringComparer.Ordinal).Count() == classes.Count ? classes : throw new ArgumentException("Two classes have the same name: give each its own.", nameof(classes));

    /// <inheritdoc/>
    public bool Equals(ClassOutput? other) => other is not null && Name == other.Name && Classes.SequenceEqual(other.Classes, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Classes.Count);
}

/// <summary>A number. The network works with (number − mean) / deviation.</summary>
/// <param name="Name">What is told, such as the column of a table.</param>
/// <param name="Mean">The mean of what was trained on.</param>
/// <param name="Deviation">Its standard deviation.</param>
public sealed record NumberOutput(string Name, double Mean, double Deviation) : NetworkOutput
{
    /// <summary>What is told, such as the column of a table.</summary>
    public string Name { get; init => field = Required.Text(value); } = Required.Text(Name);

    internal override int Width => 1;

    internal override Placeholder Placeholder(NetworkInput input) => new("number", [null, 1]);

    internal override (Node, Node[]) Measure(Node scores, Placeholder target, TrainingChoices choices)
    {
        var error = ((scores - target).Abs() * (float)Deviation).Mean(name: "mean absolute error");
        return (Losses.MeanSquaredError(scores, target), [error]);
    }

    /// <summary>The mean and the deviation of a column of a table.</summary>
    /// <exception cref="DataException">There is no such column, a cell is no number, or all are equal; the message names the row.</exception>
    public static NumberOutput Of(CsvTable table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(column);
        var (mean, deviation) = TableColumn.Spread([.. Enumerable.Range(0, table.Rows).Select(row => Cell(table, row, index))]);
        if (!(deviation > 0) || !double.IsFinite(deviation)) throw new DataException($"{table.Path}: the numbers of column '{column}' are all equal, or too large to work with.");
        return new NumberOutput(column, mean, deviation);
    }

    /// <summary>The numbers as the network works with them, [rows, 1].</summary>
    /// <exception cref="DataException">There is no such column, or a cell is no number; the message names the row.</exception>
    public override DataArray Encode(CsvTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(Name);
        return DataArray.From(Enumerable.Range(0, table.Rows).Select(row => (float)((Cell(table, row, index) - Mean) / Deviation)).ToArray()).Reshape(table.Rows, 1);
    }

    /// <summary>What the network's number stands for.</summary>
    public double Decode(float score) => score * Deviation + Mean;

    private static double Cell(CsvTable table, int row, int column) => table.Number(row, column)
        ?? throw new DataException($"{table.Place(row, column)}: {(table.IsMissing(row, column) ? "nothing stands there" : $"'{table[row, column]}' is not a number")}, and it is what shall be predicted.");
}

/// <summary>At each place of a text, the character that comes next.</summary>
/// <param name="Count">How many characters are known.</param>
public sealed record NextCharacterOutput(int Count) : NetworkOutput
{
    internal override int Width => Count;

    internal override Placeholder Placeholder(NetworkInput input) =>
        input is TextInput text ? new("next", [null, text.Length], ElementType.Int32) : throw new GraphException("A network that tells the next character reads a text: give it a TextInput.");

    internal override void Check(DataArray targets) => ClassLabels.Require(targets, Count);

    internal override (Node, Node[]) Measure(Node scores, Placeholder target, TrainingChoices choices) =>
        (Losses.SoftmaxCrossEntropy(scores, target, smoothing: choices.Smoothing), [Metrics.Accuracy(scores, target)]);
}
