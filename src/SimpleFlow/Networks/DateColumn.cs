using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>
/// A date as the numbers that may matter: the year and the age in days before the last date of training, both standardised; the month, and
/// the hour if there are times, as a place on a circle, so that December is beside January; the day of the month; and a place for each day
/// of the week, Monday first. If it may be missing, a last number flags that, and the others are 0 then.
/// </summary>
/// <param name="Name">The column.</param>
/// <param name="Order">The order of year, month and day in its dates.</param>
/// <param name="Last">The last date that was trained on, from which ages count.</param>
/// <param name="Year">The mean and the deviation of the years.</param>
/// <param name="Age">The mean and the deviation of the ages in days.</param>
/// <param name="HasTime">Whether there were times other than midnight.</param>
/// <param name="MayBeMissing">Whether some were missing there.</param>
public sealed record DateColumn(string Name, DateOrder Order, DateTime Last, DateSpread Year, DateSpread Age, bool HasTime,
    bool MayBeMissing) : TableColumn(Name)
{
    private const int Days = 7, Months = 12, Hours = 24;
    private const double MiddleDay = 16, DayDeviation = 9;

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Width => 5 + Days + (HasTime ? 2 : 0) + (MayBeMissing ? 1 : 0);

    internal override TableColumn FittedTo(CsvTable rows)
    {
        var column = rows.Column(Name);
        var dates = Dates(rows, column);
        var present = new List<DateTime>();
        foreach (var code in CodesOf(rows, column))
        {
            if (dates[code] is { } date) present.Add(date);
        }
        if (present.Count == 0) return this;
        var last = present.Max();
        return this with
        {
            Last = last,
            Year = DateSpread.Of([.. present.Select(date => (double)date.Year)]),
            Age = DateSpread.Of([.. present.Select(date => (last - date).TotalDays)])
        };
    }

    internal override void Encode(CsvTable table, int column, EncodedRows numbers, EncodingRemarks? remarks)
    {
        var (cells, dates) = (table.Cells(column), Dates(table, column));
        var parts = new float[dates.Length * Width];
        for (var i = 0; i < dates.Length; i++)
        {
            if (dates[i] is { } date) Write(date, parts.AsSpan(i * Width, Width));
            else if (MayBeMissing) parts[(i + 1) * Width - 1] = 1;
        }
        var (missing, odd, first, row) = (0, 0, 0, 0);
        foreach (var code in CodesOf(table, column))
        {
            if (dates[code] is null)
            {
                if (!CsvNumber.IsMissing(cells.Values[code]))
                {
                    var cell = Quotation.Of(table[row, column]);
                    // A date in another order is not a missing one.
                    if (!MayBeMissing || Enum.GetValues<DateOrder>().Any(order => CsvDate.TryRead(cells.Bytes(code), order, out _)))
                        throw new DataException($"{table.Place(row, column)}: '{cell}' is not a date such as {Example}. {Cure(cell)}");
                    if (odd++ == 0) first = row;
                }
                if (!MayBeMissing && missing++ == 0) first = row;
            }
            parts.AsSpan(code * Width, Width).CopyTo(numbers.Row(row++));
        }
        Remark(remarks, table, column, first, missing, odd, "date", "date");
    }

    private string Example =>
        Order switch { DateOrder.YearMonthDay => "2024-01-31", DateOrder.DayMonthYear => "31.01.2024", _ => "01/31/2024" };

    private void Write(DateTime date, Span<float> parts)
    {
        parts[0] = (float)((date.Year - Year.Mean) / Year.Deviation);
        (parts[1], parts[2]) = ((float)Math.Sin(2 * Math.PI * (date.Month - 1) / Months),
            (float)Math.Cos(2 * Math.PI * (date.Month - 1) / Months));
        parts[3] = (float)((date.Day - MiddleDay) / DayDeviation);
        parts[4] = (float)(((Last - date).TotalDays - Age.Mean) / Age.Deviation);
        parts[5 + ((int)date.DayOfWeek + Days - 1) % Days] = 1;
        if (!HasTime) return;
        var angle = 2 * Math.PI * date.TimeOfDay.TotalHours / Hours;
        (parts[5 + Days], parts[6 + Days]) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
    }

    // The date of each text; null if it is missing or something else.
    private DateTime?[] Dates(CsvTable table, int column)
    {
        var cells = table.Cells(column);
        var dates = new DateTime?[cells.TextCount];
        for (var i = 0; i < dates.Length; i++)
        {
            if (CsvDate.TryRead(cells.Bytes(i), Order, out var date)) dates[i] = date;
        }
        return dates;
    }

    private static IEnumerable<int> CodesOf(CsvTable table, int column)
    {
        var codes = table.Cells(column).Codes;
        for (var row = 0; row < table.Rows; row++) yield return codes[table.InText(row)];
    }
}

/// <summary>The mean and the standard deviation of some numbers.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation; 1 if all are equal.</param>
public sealed record DateSpread(double Mean, double Deviation)
{
    internal static DateSpread Of(double[] numbers)
    {
        var mean = numbers.Average();
        var deviation = Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean)));
        return new DateSpread(mean, deviation > 0 ? deviation : 1);
    }
}
