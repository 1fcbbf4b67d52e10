namespace SimpleFlow.Cli.Sources;

/// <summary>Rows of a CSV file, of which one column is to be predicted.</summary>
internal static class TableSource
{
    /// <summary>Reads the table, decides what its columns hold, and keeps some rows to test with.</summary>
    /// <param name="file">The file.</param>
    /// <param name="target">The column to predict.</param>
    /// <param name="task">classification or regression; decided from the column where nothing is said.</param>
    /// <param name="testShare">The share of the rows to test with.</param>
    /// <param name="seed">What the choice of them follows from.</param>
    /// <param name="cancellation">Stops after a row.</param>
    /// <exception cref="DataException">The file is broken; the message names the row.</exception>
    /// <exception cref="UsageException">It is not said which column is to be predicted.</exception>
    public static LabelledData Load(string file, string? target, string? task, double testShare, ulong seed, CancellationToken cancellation)
    {
        var table = CsvTable.Read(file, cancellation);
        if (target is null) throw new UsageException($"say which column shall be predicted: --target COLUMN. {file} has {string.Join(", ", table.Columns.Select(name => $"'{name}'"))}.");
        var input = TableInput.Of(table, target, out var skipped, cancellation);
        var isClasses = task is null ? ClassOutput.Suits(table, target) : task == "classification";
        var classes = isClasses ? ClassOutput.Of(table, target) : null;
        if (task is null && classes is not null && classes.Classes.Count > Math.Max(10, table.Rows / 2))
            throw new DataException($"{file}: column '{target}' holds {classes.Classes.Count:N0} different texts in {table.Rows:N0} rows, too many to tell apart. --task classification tries it nevertheless.");

        var numbers = classes is null ? null : Numbers(classes.Encode(table));
        var (rows, others) = Dataset.DealOut(table.Rows, 1 - testShare, seed, numbers);
        if (rows.Length == 0 || others.Length == 0) throw new DataException($"{file}: {NumberText.Count(table.Rows, "row")} cannot be divided into some to learn from and others to test with.");
        // Means and deviations come from the rows to learn from alone: what is tested with must stay unseen.
        var (train, test) = (table.Select(rows), table.Select(others));
        input = input.StandardisedBy(train);
        NetworkOutput output = classes is not null ? classes : NumberOutput.Of(train, target);
        return new LabelledData(input, output, Set(train), Set(test), [.. Told()]);

        ExampleSet Set(CsvTable some) => new(input.Encode(some, cancellation), output.Encode(some));

        IEnumerable<string> Told()
        {
            yield return $"{NumberText.Count(rows.Length, "row")} to learn from, {others.Length:N0} to test with ({testShare:P0}, drawn at random)";
            var (numeric, texts) = (input.Columns.OfType<NumberColumn>().ToList(), input.Columns.OfType<CategoryColumn>().ToList());
            yield return $"{NumberText.Count(input.Columns.Count, "column")} to predict from: {numeric.Count} with numbers, {texts.Count} with texts";
            if (input.Columns.Count(column => column is NumberColumn { MayBeMissing: true }) is > 0 and var gaps) yield return $"{gaps} of them {(gaps == 1 ? "has" : "have")} gaps, which count as a mean and a sign that nothing is known";
            foreach (var (column, why) in skipped) yield return $"column '{column}' is left out: {why}";
            var how = task is null ? $" (--task {(isClasses ? "regression" : "classification")} does otherwise)" : "";
            yield return classes is not null
                ? $"column '{target}' holds {NumberText.Count(classes.Classes.Count, "class", "classes")}: {ImageSource.Names(classes.Classes)}. This is classification{how}."
                : $"column '{target}' holds amounts. This is regression{how}.";
        }
    }

    private static int[] Numbers(DataArray array)
    {
        var numbers = new int[array.Rows];
        array.CopyTo(numbers.AsSpan());
        return numbers;
    }
}
