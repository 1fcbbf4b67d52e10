namespace SimpleFlow;

/// <summary>What was decided about a column.</summary>
/// <param name="Column">How its cells become numbers; null if nothing can be learned from them.</param>
/// <param name="Why">Why it is left out; null if it is not.</param>
internal readonly record struct ColumnFinding(TableColumn? Column, string? Why = null);

/// <summary>Decides what a column holds: numbers, dates or categories, or nothing that helps to predict.</summary>
internal static class ColumnKind
{
    // Of a column of numbers a few cells may be typing errors, which nobody would want to become categories.
    private const double MostlyNumbers = 0.9;

    // In fewer rows, it may be chance that all cells differ.
    private const int FewestToDiffer = 10, FewestToRepeat = 20;

    /// <summary>Looks at a column.</summary>
    /// <param name="table">The rows to train on.</param>
    /// <param name="column">The column.</param>
    /// <param name="choices">What the user said about columns.</param>
    /// <param name="say">Receives decisions that the user may not expect.</param>
    /// <returns>The column, or why it is left out; both, if it is left out but would do if there is no other.</returns>
    /// <exception cref="DataException">Nearly all cells are numbers or dates, and one is not, or is too large;
    /// the message names its row.</exception>
    public static ColumnFinding Of(CsvTable table, int column, ColumnChoices choices, Action<string>? say)
    {
        var name = table.Columns[column];
        if (choices.Ignore.Contains(name, StringComparer.Ordinal)) return new(null, "as requested");
        var summary = new ColumnSummary(table, column);
        if (summary.Present == 0) return new(null, "it is empty");
        if (choices.Numeric.Contains(name, StringComparer.Ordinal)) return Forced(table, name, summary, say);
        if (choices.Categorical.Contains(name, StringComparer.Ordinal))
            return new(Categories(table, name, column, Values(table, column, summary, out _, say)));
        if (DateKind.Of(table, column, summary, say) is { } dates) return new(dates);
        if (summary.Texts > 0 && summary.Numbers + summary.Codes >= MostlyNumbers * summary.Present)
        {
            throw new DataException(
                $"{table.Place(summary.FirstText, column)}: '{Quotation.Of(table[summary.FirstText, column])}' is not a number, and "
                    + $"{summary.Present - summary.Texts:N0} of the column's {summary.Present:N0} cells are."
                + $"{TableColumn.DecimalHint(table, summary.FirstText, column)} Correct it; or name the text if it stands for a missing "
                    + "value (--missing, CsvOptions.Missing); or name the column if it is not numeric (--categorical or --ignore, "
                    + "ColumnChoices).");
        }
        if (summary.Texts + summary.Codes > 0) return Texts(table, name, column, summary, say);
        return Numbers(table, name, column, summary, say);
    }

    private static ColumnFinding Numbers(CsvTable table, string name, int column, ColumnSummary summary, Action<string>? say)
    {
        if (summary.AreEqual && summary.Missing == 0) return new(null, "all its cells are equal (--categorical keeps it)");
        if (table.Cells(column).Percentages is > 0 and var percentages && percentages < table.Text.Rows - summary.Missing)
            say?.Invoke(
                $"column '{name}': {percentages:N0} cells have a percent sign and "
                    + $"{table.Text.Rows - summary.Missing - percentages:N0} do not; all are read as plain numbers");
        var numbers = new NumberColumn(name, 0, 1, summary.Missing > 0).FittedTo(table);
        if (table.Rows < FewestToDiffer) return new(numbers);
        if (summary.CountsRows()) return new(numbers, "it only counts the rows (--numeric keeps it)");
        if (summary.CountsRowsWithGaps()) return new(numbers, "it only counts the rows, of which some are missing (--numeric keeps it)");
        var isId = !table.Text.Columns.HasName(column) || IsIdName(name);
        return isId && summary.AreDifferent()
            ? new(numbers, "it has a different whole number in every row, as identifiers do (--numeric keeps it)")
            : new(numbers);
    }

    private static ColumnFinding Forced(CsvTable table, string name, ColumnSummary summary, Action<string>? say)
    {
        if (summary.Numbers + summary.Codes == 0)
            throw new DataException($"{table.Path}: column '{name}' cannot be numeric: {summary.Others}.");
        if (summary.Texts > 0) say?.Invoke($"column '{name}': {summary.Others}; they count as missing");
        return new(new NumberColumn(name, 0, 1, summary.Missing + summary.Texts > 0) { TextIsMissing = summary.Texts > 0 }.FittedTo(table));
    }

    private static ColumnFinding Texts(CsvTable table, string name, int column, ColumnSummary summary, Action<string>? say)
    {
        var values = Values(table, column, summary, out var isMissing, say);
        var present = summary.Present + (isMissing ? 0 : summary.Missing);
        if (values.Count == 1 && !isMissing) return new(null, "all its cells are equal (--categorical keeps it)");
        var areMostlyNumbers = summary.Texts > 0 && summary.Numbers + summary.Codes > summary.Present / 2;
        if ((values.Count == present && present >= FewestToDiffer) || (values.Count > FewestToRepeat && values.Count > present / 2))
        {
            var how = values.Count == present ? $"all its {present:N0} texts are different"
                : $"almost all its {present:N0} texts are different";
            return new(null, areMostlyNumbers ? $"{summary.Others}, and {how} (--missing or --numeric makes it numeric)"
                : $"{how} (--categorical keeps it)" + OtherDecimals(table, column, summary));
        }
        if (areMostlyNumbers)
            say?.Invoke(
                $"column '{name}': {summary.Others}, so all {values.Count:N0} different cells are treated as text (--numeric makes "
                    + "them numbers)");
        else if (summary.Texts == 0)
            say?.Invoke(
                $"column '{name}': \"{Quotation.Of(table[summary.FirstCode, column])}\" in {table.RowName(summary.FirstCode)} has a "
                    + "leading zero, as codes do, so the numbers are treated as text (--numeric makes them numbers)");
        return new(Categories(table, name, column, values));
    }

    private static CategoryColumn Categories(CsvTable table, string name, int column, List<int> values)
    {
        if (values.Count > CategoryColumn.MostTexts)
            throw new DataException(
                $"{table.Path}: column '{name}' has {values.Count:N0} different texts; the maximum is {CategoryColumn.MostTexts:N0}. "
                    + "Leave the column out (--ignore, ColumnChoices.Ignore), or shorten its texts to what they have in common.");
        var cells = table.Cells(column);
        string[] texts = [.. values.Select(cells.String).Order(StringComparer.Ordinal)];
        return CategoryColumn.Of(name, texts);
    }

    // The different texts that are values, and whether some cells are missing.
    private static List<int> Values(CsvTable table, int column, ColumnSummary summary, out bool isMissing, Action<string>? say)
    {
        var cells = table.Cells(column);
        var texts = summary.DistinctTexts();
        var values = texts.Where(text => !cells.IsMissing(text)).ToList();
        if (summary.Missing > 0 && !table.IsSaidToBeMissing("NA")
            && texts.FindIndex(text => cells.Bytes(text).SequenceEqual("NA"u8)) is >= 0 and var place
            && CsvMissing.IsCode("NA", values.Select(cells.String)))
        {
            values.Add(texts[place]);
            say?.Invoke(
                $"column '{table.Columns[column]}': NA is read as a two-letter code (--missing NA makes it a "
                    + "missing value)");
        }
        isMissing = values.Count < texts.Count;
        return values;
    }

    // The user is told if a column of texts would be numeric with the other decimal sign.
    private static string OtherDecimals(CsvTable table, int column, ColumnSummary summary) =>
        summary.Texts > 0 ? TableColumn.DecimalHint(table, summary.FirstText, column) : "";

    private static bool IsIdName(string name) =>
        name.Equals("id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_id", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(" id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-id", StringComparison.OrdinalIgnoreCase)
        || (name.Length > 2
            && (name.EndsWith("Id", StringComparison.Ordinal)
                || (name.EndsWith("ID", StringComparison.Ordinal) && char.IsLower(name[^3]))));
}
