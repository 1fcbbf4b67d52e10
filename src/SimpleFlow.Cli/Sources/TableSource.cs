using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli.Sources;

/// <summary>Rows of a CSV file, with one column to predict.</summary>
internal static class TableSource
{
    /// <summary>Reads the table, decides what its columns hold, and sets some rows aside as the test set.</summary>
    /// <param name="file">The file.</param>
    /// <param name="settings">The user's options for it.</param>
    /// <param name="testShare">The share of the rows for the test set.</param>
    /// <param name="seed">The seed of their choice.</param>
    /// <param name="reading">Receives how far the reading is.</param>
    /// <param name="say">Receives each decision as soon as it is made.</param>
    /// <param name="cancellation">Stops after some rows.</param>
    /// <exception cref="DataException">The file is broken; the message names the row.</exception>
    /// <exception cref="UsageException">The column to predict is not given.</exception>
    public static LabelledData Load(string file, TableSettings settings, double testShare, ulong seed, ReadingReport reading,
        Action<string> say, CancellationToken cancellation)
    {
        var table = CsvTable.Read(file, settings.Reading with { Progress = new Progress(reading) }, cancellation);
        say($"{NumberText.Count(table.Rows, "row")} of {NumberText.Count(table.Columns.Count, "column")}: {table.Layout}");
        if (settings.Target is not { } target)
            throw new UsageException(
                $"say which column to predict: --target COLUMN. {file} has "
                    + $"{string.Join(", ", table.Columns.Select(name => $"'{name}'"))}.");
        foreach (var name in (string[])[target, .. settings.Columns.Ignore, .. settings.Columns.Categorical, .. settings.Columns.Numeric])
            RequireColumn(table, name);
        if (table.Rows == 1) throw Undividable(file, table.Rows);
        var input = TableInput.Of(table, target, out var skipped, settings.Columns, say, cancellation);
        foreach (var (column, why) in skipped) say($"column '{column}' is left out: {why}");

        var isClassification = IsClassification(table, target, settings);
        if (settings.Task is null && isClassification && ClassOutput.Objection(table, target) is { } objection)
            throw new DataException($"{file}: column '{target}' holds {objection}. --task classification tries it anyway.");
        var classes = isClassification ? ClassOutput.Of(table, target) : null;
        table = ((NetworkOutput?)classes ?? NumberOutput.Of(table, target)).WithTarget(table, say);
        foreach (var sentence in Alike(classes?.Classes ?? [])) say(sentence);
        var numbers = classes is null ? null : Numbers(classes.Encode(table));
        var (rows, others) = RowNumbers.Split(table.Rows, 1 - testShare, seed, numbers);
        if (rows.Length == 0 || others.Length == 0) throw Undividable(file, table.Rows);
        // Means and deviations come from the training rows alone: the test set must stay unseen.
        var (train, test) = (table.Select(rows), table.Select(others));
        input = input.StandardisedBy(train);
        NetworkOutput output = classes is not null ? classes : NumberOutput.Of(train, target);
        return new LabelledData(input, output, Set(train), Set(test), [.. Told()]);

        ExampleSet Set(CsvTable some) => new(input.Encode(some, cancellation: cancellation), output.Encode(some));

        IEnumerable<string> Told()
        {
            yield return $"{NumberText.Count(rows.Length, "row")} to train on, {others.Length:N0} to test on ({testShare:P0}"
                + $"{(classes is null ? "" : " of each class")}, drawn at random)";
            var (numeric, dates, texts) = (input.Columns.OfType<NumberColumn>().Count(), input.Columns.OfType<DateColumn>().Count(),
                input.Columns.OfType<CategoryColumn>().Count());
            yield return $"{NumberText.Count(input.Columns.Count, "input column")}: {numeric} numeric, "
                + $"{(dates > 0 ? $"{dates} of dates, " : "")}{texts} text";
            if (input.Columns.Count(column => HasMissing(table, column)) is > 0 and var gaps)
                yield return $"{gaps} of them {(gaps == 1 ? "has" : "have")} missing values: numbers and dates are filled with the mean, "
                    + "plus an \"is missing\" flag; a missing text is a category of its own";
            var how = settings.Task is null ? $"; --task {(classes is not null ? "regression" : "classification")} overrides" : "";
            yield return classes is not null
                ? $"column '{target}' holds {NumberText.Count(classes.Classes.Count, "class", "classes")}: "
                    + $"{ImageSource.Names(classes.Classes)}. Treated as classification{how}."
                : $"column '{target}' holds amounts. Treated as regression{how}.";
            if (classes is null || numbers is null) yield break;
            foreach (var sentence in RareClasses.Sentences(classes.Classes, numbers, others)) yield return sentence;
        }
    }

    private static DataException Undividable(string file, int rows) =>
        new($"{file}: {NumberText.Count(rows, "row")} cannot be divided into some to train on and others to test on.");

    private static bool HasMissing(CsvTable table, TableColumn column)
    {
        if (column is not CategoryColumn texts) return column is NumberColumn { MayBeMissing: true } or DateColumn { MayBeMissing: true };
        var index = table.Column(column.Name);
        // NA and None may be values.
        return Enumerable.Range(0, table.Rows)
            .Any(row => table.IsMissing(row, index) && !texts.Values.Contains(table[row, index], StringComparer.Ordinal));
    }

    private static void RequireColumn(CsvTable table, string name)
    {
        if (table.Find(name) < 0 && Similar.To(name, table.Columns) is { } similar)
            throw new DataException($"{table.Path}: there is no column '{name}'; did you mean '{similar}'?");
    }

    // If somebody typed a class in two ways, a network would treat these as two classes.
    private static IEnumerable<string> Alike(IReadOnlyList<string> classes) => classes
        .GroupBy(WithoutSpareSpaces, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1)
        .Select(group => string.Join(" and ", group.Select(name => $"'{name}'")))
        .Select(names => $"classes {names} differ in capitals or spaces alone: are they one?");

    private static string WithoutSpareSpaces(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static bool IsClassification(CsvTable table, string target, TableSettings settings)
    {
        if (settings.Task is { } task) return task == "classification";
        if (settings.Columns.Categorical.Contains(target, StringComparer.Ordinal)) return true;
        return !settings.Columns.Numeric.Contains(target, StringComparer.Ordinal) && ClassOutput.Suits(table, target);
    }

    private static int[] Numbers(DataArray array)
    {
        var numbers = new int[array.Rows];
        array.CopyTo(numbers.AsSpan());
        return numbers;
    }

    private sealed class Progress(ReadingReport report) : IProgress<double>
    {
        public void Report(double value) => report.Report(value);
    }
}
