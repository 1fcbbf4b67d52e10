using System.Text;

namespace SimpleFlow;

/// <summary>Describes the cells of a column that has too many texts for classes.</summary>
internal static class TargetCells
{
    // So many classes are fine in any table.
    private const int AlwaysFew = 10;

    /// <summary>The rows that have a target.</summary>
    public static CsvTable Rows(CsvTable table, string column, Func<int, bool> hasTarget, Action<string>? say)
    {
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(hasTarget)];
        if (rows.Length == table.Rows) return table;
        if (rows.Length == 0) throw NoneIn(table, column);
        var first = Enumerable.Range(0, table.Rows).First(row => !hasTarget(row));
        var left = table.Rows - rows.Length;
        say?.Invoke(left == 1 ? $"1 row without '{column}' is left out: {table.RowName(first)}"
            : $"{left:N0} rows without '{column}' are left out, the first is {table.RowName(first)}");
        return table.Select(rows);
    }

    /// <summary>The error for a column without any target.</summary>
    public static DataException NoneIn(CsvTable table, string column) =>
        new($"{table.Path}: column '{column}' is empty in every row, and it is the column to predict.");

    /// <summary>The number of texts, one of them, and what they may be; null if they are few enough.</summary>
    public static string? Objection(CsvTable table, int column)
    {
        var (cells, summary) = (table.Cells(column), new ColumnSummary(table, column));
        var texts = summary.DistinctTexts().Where(text => !cells.IsMissing(text)).ToList();
        if (texts.Count <= Math.Max(AlwaysFew, table.Rows / 2)) return null;
        var example = summary.Texts > 0 ? table[summary.FirstText, column] : table[0, column];
        var what = $"{texts.Count:N0} different texts such as \"{Quotation.Of(example)}\"";
        var other = table.Dialect.Decimal == '.' ? ',' : '.';
        var inOther = texts.Count(text => !double.IsNaN(CsvNumber.Of(cells.Bytes(text), (byte)other)));
        if (inOther > texts.Count / 2 && inOther > texts.Count(text => !double.IsNaN(cells.Values[text])))
            return $"{what}: numbers with a decimal {(other == ',' ? "comma" : "point")}? --decimal {other}";
        if (summary.Numbers + summary.Codes > summary.Present / 2)
            return $"{what}: {summary.Others}. Correct them, or remove the rows without a target";
        if (Enum.GetValues<DateOrder>().Any(order => CsvDate.TryRead(Encoding.UTF8.GetBytes(example), order, out _)))
            return $"{what}: dates, which a network does not predict. Make numbers of them, such as days";
        return $"{what} in {table.Rows:N0} rows, too many to tell apart";
    }
}
