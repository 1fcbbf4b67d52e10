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

    /// <summary>The targets of the rows of a table, as the network takes them.</summary>
    /// <exception cref="DataException">The network does not predict for tables, there is no such column, or a cell cannot be read;
    /// the message names the row.</exception>
    public virtual DataArray Encode(CsvTable table) => throw new DataException("This network does not predict for tables.");

    /// <summary>The rows of a table that have a target: nothing can be learned from the others, nor tested on them.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="say">Is told how many rows are left out, and the first, if there are any.</param>
    /// <exception cref="DataException">The network predicts nothing of tables, there is no such column, or no row has a target.</exception>
    public virtual CsvTable WithTarget(CsvTable table, Action<string>? say = null) =>
        throw new DataException("This network predicts nothing of tables.");

    /// <summary>Refuses invalid targets.</summary>
    /// <exception cref="DataException">There is one; the message names its row.</exception>
    internal virtual void Check(DataArray targets) { }

    internal abstract (Node Loss, Node[] Metrics) Measure(Node scores, Placeholder target, TrainingChoices choices);
}

/// <summary>One of some classes.</summary>
/// <param name="Name">The name of what is predicted, such as the column of a table.</param>
/// <param name="Classes">The names of the classes; each class's number is its place.</param>
public sealed record ClassOutput(string Name, IReadOnlyList<string> Classes) : NetworkOutput
{
    /// <summary>The names of the classes; each class's number is its place.</summary>
    public IReadOnlyList<string> Classes { get; init => field = Different(value); } = Different(Classes);

    /// <summary>The name of what is predicted, such as the column of a table.</summary>
    public string Name { get; init => field = Required.Text(value); } = Required.Text(Name);

    // More different whole numbers than these are probably amounts rather than classes.
    private const int MostNumberedClasses = 10;

    internal override int Width => Classes.Count;

    internal override Placeholder Placeholder(NetworkInput input) => new("class", [null], ElementType.Int32);

    internal override void Check(DataArray targets) => ClassLabels.Require(targets, Classes.Count);

    internal override (Node, Node[]) Measure(Node scores, Placeholder target, TrainingChoices choices) =>
        (Losses.SoftmaxCrossEntropy(scores, target, smoothing: choices.Smoothing, classWeights: choices.ClassWeights),
            [Metrics.Accuracy(scores, target)]);

    /// <summary>Whether a column probably holds classes rather than amounts: texts, or few whole numbers that come often.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public static bool Suits(CsvTable table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(column);
        var summary = new ColumnSummary(table, index);
        if (summary.Texts + summary.Codes > 0) return summary.Texts + summary.Codes > 0.1 * summary.Present;
        if (!summary.AreWhole) return false;
        var cells = table.Cells(index);
        var distinct = new HashSet<double>();
        for (var row = 0; row < table.Rows; row++)
        {
            var number = cells[table.InText(row)];
            if (!double.IsNaN(number) && distinct.Add(number) && distinct.Count > MostNumberedClasses) return false;
        }
        return distinct.Count * 5 <= summary.Present;
    }

    /// <summary>Why the cells of a column are probably not classes, in a sentence that shows one of them:
    /// there are more than ten different ones, and more than one for two rows. Null if they may be.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public static string? Objection(CsvTable table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        return TargetCells.Objection(table, table.Column(column));
    }

    /// <summary>The classes that occur in a column of a table. Its missing values are not a class;
    /// <see cref="WithTarget"/> leaves them out.
    /// </summary>
    /// <exception cref="DataException">There is no such column, or there are not two classes.</exception>
    public static ClassOutput Of(CsvTable table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(column);
        var (cells, texts) = (table.Cells(index), new ColumnSummary(table, index).DistinctTexts());
        var values = texts.Where(text => !cells.IsMissing(text)).ToList();
        values.AddRange(texts.Where(text => cells.IsMissing(text) && IsClass(table, cells.String(text), values.Select(cells.String)))
            .ToList());
        if (values.Count == 0) throw TargetCells.NoneIn(table, column);
        string[] classes = [.. values.TrueForAll(text => double.IsFinite(cells.Values[text]))
            ? values.OrderBy(text => cells.Values[text]).Select(cells.String) : values.Select(cells.String).Order(StringComparer.Ordinal)];
        if (classes.Length < 2)
            throw new DataException(
                $"{table.Path}: column '{column}' is '{classes.FirstOrDefault()}' in every row: there is nothing to tell apart.");
        return new ClassOutput(column, classes);
    }

    /// <summary>The numbers of the classes, [rows].</summary>
    /// <exception cref="DataException">There is no such column, or an unknown class; the message names the row.</exception>
    public override DataArray Encode(CsvTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(Name);
        var (cells, known) = (table.Cells(index), Classes.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal));
        var codes = cells.Codes;
        var places = new int[cells.TextCount];
        for (var i = 0; i < places.Length; i++) places[i] = known.TryGetValue(cells.String(i), out var place) ? place : -1;
        var numbers = new int[table.Rows];
        for (var row = 0; row < numbers.Length; row++)
        {
            var text = codes[table.InText(row)];
            numbers[row] = places[text];
            if (numbers[row] >= 0) continue;
            if (cells.IsMissing(text))
                throw new DataException(
                    $"{table.Place(row, index)}: the value is missing, and this is the column to predict. WithTarget leaves "
                        + "such rows out.");
            throw new DataException(
                $"{table.Place(row, index)}: the network knows no class '{Quotation.Of(table[row, index])}'; it knows "
                    + $"{string.Join(", ", Classes.Select(one => $"'{one}'"))}.");
        }
        return numbers;
    }

    /// <inheritdoc/>
    public override CsvTable WithTarget(CsvTable table, Action<string>? say = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        var cells = table.Cells(table.Column(Name));
        var codes = cells.Codes;
        var isTarget = new bool[cells.TextCount];
        for (var i = 0; i < isTarget.Length; i++)
            isTarget[i] = !cells.IsMissing(i) || Classes.Contains(cells.String(i), StringComparer.Ordinal);
        return TargetCells.Rows(table, Name, row => isTarget[codes[table.InText(row)]], say);
    }

    // 'None' is a class among texts, and so is NA among two-letter codes, unless the user said that it stands for a missing value.
    private static bool IsClass(CsvTable table, string text, IEnumerable<string> others) =>
        !table.IsSaidToBeMissing(text) && (text.Equals("None", StringComparison.OrdinalIgnoreCase) || CsvMissing.IsCode(text, others));

    private static IReadOnlyList<string> Different(IReadOnlyList<string> classes) =>
        Required.Texts(classes).Distinct(StringComparer.Ordinal).Count() == classes.Count ? classes
            : throw new ArgumentException("Two classes have the same name: give each its own.", nameof(classes));

    /// <inheritdoc/>
    public bool Equals(ClassOutput? other) =>
        other is not null && Name == other.Name && Classes.SequenceEqual(other.Classes, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Classes.Count);
}

/// <summary>A number. The network works with (number − mean) / deviation.</summary>
/// <param name="Name">The name of what is predicted, such as the column of a table.</param>
/// <param name="Mean">The mean in training.</param>
/// <param name="Deviation">Its standard deviation.</param>
public sealed record NumberOutput(string Name, double Mean, double Deviation) : NetworkOutput
{
    /// <summary>The name of what is predicted, such as the column of a table.</summary>
    public string Name { get; init => field = Required.Text(value); } = Required.Text(Name);

    internal override int Width => 1;

    internal override Placeholder Placeholder(NetworkInput input) => new("number", [null, 1]);

    internal override (Node, Node[]) Measure(Node scores, Placeholder target, TrainingChoices choices)
    {
        var error = ((scores - target).Abs() * (float)Deviation).Mean(name: "mean absolute error");
        return (Losses.MeanSquaredError(scores, target), [error]);
    }

    /// <summary>The mean and the deviation of a column of a table. Missing values do not count; <see cref="WithTarget"/> leaves them out.
    /// </summary>
    /// <exception cref="DataException">There is no such column, a cell is not a number, or all are equal;
    /// the message names the row.</exception>
    public static NumberOutput Of(CsvTable table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(column);
        if (!Check(table, index, mayBeMissing: true)) throw TargetCells.NoneIn(table, column);
        var (mean, deviation) = NumberColumn.Spread(table, index);
        if (!(deviation > 0) || !double.IsFinite(deviation))
            throw new DataException($"{table.Path}: the numbers of column '{column}' are all equal, or too large to work with.");
        return new NumberOutput(column, mean, deviation);
    }

    /// <summary>The numbers as the network works with them, [rows, 1].</summary>
    /// <exception cref="DataException">There is no such column, or a cell is not a number; the message names the row.</exception>
    public override DataArray Encode(CsvTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.Column(Name);
        Check(table, index, mayBeMissing: false);
        var (cells, numbers) = (table.Cells(index), new float[table.Rows]);
        for (var row = 0; row < numbers.Length; row++)
        {
            numbers[row] = (float)((NumberColumn.Number(table, cells, row, index) - Mean) / Deviation);
            if (!float.IsFinite(numbers[row]))
                throw new DataException(
                    $"{table.Place(row, index)}: '{Quotation.Of(table[row, index])}' is too far from the mean of the training data, "
                        + $"{Mean:G4}, to work with.");
        }
        return DataArray.From(numbers).Reshape(table.Rows, 1);
    }

    /// <summary>The amount that the network's output stands for.</summary>
    public double Decode(float score) => score * Deviation + Mean;

    /// <inheritdoc/>
    public override CsvTable WithTarget(CsvTable table, Action<string>? say = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        var cells = table.Cells(table.Column(Name));
        return TargetCells.Rows(table, Name, row => !CsvNumber.IsMissing(cells[table.InText(row)]), say);
    }

    // Whether there are numbers, and nothing else.
    private static bool Check(CsvTable table, int column, bool mayBeMissing)
    {
        var (cells, isAny) = (table.Cells(column), false);
        for (var row = 0; row < table.Rows; row++)
        {
            var number = cells[table.InText(row)];
            var isNumber = !double.IsNaN(number) || CsvNumber.IsCode(number);
            isAny |= isNumber;
            if (isNumber || (mayBeMissing && CsvNumber.IsMissing(number))) continue;
            throw new DataException(CsvNumber.IsMissing(number)
                ? $"{table.Place(row, column)}: the value is missing, and this is the column to predict. WithTarget leaves such rows out."
                : $"{table.Place(row, column)}: '{Quotation.Of(table[row, column])}' is not a number, and this is the column to "
                    + $"predict.{TableColumn.DecimalHint(table, row, column)}");
        }
        return isAny;
    }
}

/// <summary>At each place of a text, the character that comes next.</summary>
/// <param name="Count">How many characters are known.</param>
public sealed record NextCharacterOutput(int Count) : NetworkOutput
{
    internal override int Width => Count;

    internal override Placeholder Placeholder(NetworkInput input) =>
        input is TextInput text ? new("next", [null, text.Length], ElementType.Int32)
            : throw new GraphException("A network that predicts the next character must read text: give it a TextInput.");

    internal override void Check(DataArray targets) => ClassLabels.Require(targets, Count);

    internal override (Node, Node[]) Measure(Node scores, Placeholder target, TrainingChoices choices) =>
        (Losses.SoftmaxCrossEntropy(scores, target, smoothing: choices.Smoothing), [Metrics.Accuracy(scores, target)]);
}
