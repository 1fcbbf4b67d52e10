namespace SimpleFlow;

/// <summary>Decides whether a column holds dates, and in which order their parts come.</summary>
internal static class DateKind
{
    private const double Mostly = 0.9;
    private const int FewestCompact = 10;
    private static readonly DateOrder[] Orders = [DateOrder.YearMonthDay, DateOrder.DayMonthYear, DateOrder.MonthDayYear];

    /// <summary>The column of dates, or null.</summary>
    /// <exception cref="DataException">Nearly all cells are dates, and one is not; the message names its row.</exception>
    public static DateColumn? Of(CsvTable table, int column, ColumnSummary summary, Action<string>? say)
    {
        // Eight digits are also a number: they are dates only if all of them are.
        var mayBeCompact = summary.Texts + summary.Codes == 0 && summary.AreWhole
            && summary is { Least: >= 1900_01_01, Most: <= 2099_12_31 };
        if (!mayBeCompact && summary.Texts < Mostly * summary.Present) return null;
        var cells = table.Cells(column);
        var texts = summary.DistinctTexts().Where(text => !cells.IsMissing(text)).ToList();
        if (mayBeCompact
            && (texts.Count < FewestCompact
                || !texts.TrueForAll(text => CsvDate.IsCompact(cells.Bytes(text))
                    && CsvDate.TryRead(cells.Bytes(text), DateOrder.YearMonthDay, out _))))
            return null;
        var fitting = Orders.Select(order => (Order: order, Count: texts.Count(text => CsvDate.TryRead(cells.Bytes(text), order, out _))))
            .OrderByDescending(one => one.Count).ToList();
        var (best, second) = (fitting[0], fitting[1]);
        if (best.Count == 0 || best.Count < Mostly * texts.Count) return null;
        var name = table.Columns[column];
        var isOpen = best.Count == second.Count;
        var order = !isOpen ? best.Order : AreEuropean(table, texts.Select(text => cells.String(text))) ? DateOrder.DayMonthYear
            : DateOrder.MonthDayYear;
        if (best.Count < texts.Count)
        {
            var codes = cells.Codes;
            for (var row = 0; row < table.Rows; row++)
            {
                var text = codes[table.InText(row)];
                if (!cells.IsMissing(text) && !CsvDate.TryRead(cells.Bytes(text), order, out _))
                    throw new DataException(
                        $"{table.Place(row, column)}: '{Quotation.Of(table[row, column])}' is not a date, and nearly all of the column's "
                            + $"{summary.Present:N0} cells are. Correct it; or name the text if it stands for a missing value (--missing, "
                            + "CsvOptions.Missing); or name the column (--categorical or --ignore, ColumnChoices).");
            }
        }
        var hasTime = texts.Exists(text => CsvDate.TryRead(cells.Bytes(text), order, out var date) && date.TimeOfDay > TimeSpan.Zero);
        var dates = (DateColumn)new DateColumn(name, order, default, new(0, 1), new(0, 1), hasTime, summary.Missing > 0).FittedTo(table);
        var words = order switch
        {
            DateOrder.YearMonthDay => "year, month, day",
            DateOrder.DayMonthYear => "day, month, year",
            _ => "month, day, year"
        };
        say?.Invoke(
            $"column '{name}': dates ({words}{(isOpen ? "; the other order is possible too" : "")}) become year, month, day, "
                + $"weekday, age{(hasTime ? " and hour" : "")}");
        return dates;
    }

    // 01/02/2024 is the first of February nearly everywhere, and the second of January where tables are most often made.
    private static bool AreEuropean(CsvTable table, IEnumerable<string> texts) =>
        table.Dialect.Decimal == ',' || table.Dialect.Delimiter == ';' || texts.First().Contains('.', StringComparison.Ordinal);
}
