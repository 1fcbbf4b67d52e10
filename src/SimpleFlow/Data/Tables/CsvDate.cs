using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>The order of the parts of a date.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DateOrder>))]
public enum DateOrder
{
    /// <summary>2024-01-31, 2024/1/31 or 20240131.</summary>
    [JsonStringEnumMemberName("year-month-day")]
    YearMonthDay,

    /// <summary>31.01.2024, 31/1/24 or 31 Jan 2024.</summary>
    [JsonStringEnumMemberName("day-month-year")]
    DayMonthYear,

    /// <summary>01/31/2024, 1-31-24 or Jan 31, 2024.</summary>
    [JsonStringEnumMemberName("month-day-year")]
    MonthDayYear,
}

/// <summary>
/// The date in a cell: three numbers, or two and the English name of a month, joined by the same sign;
/// perhaps a time behind it, whose hours, minutes and seconds are read. <c>2024-01</c> is the first of its month.
/// </summary>
internal static class CsvDate
{
    private const int Century = 100, LastYearOfThis = 68;

    private static readonly byte[][] Months =
        [[.. "jan"u8], [.. "feb"u8], [.. "mar"u8], [.. "apr"u8], [.. "may"u8], [.. "jun"u8], [.. "jul"u8], [.. "aug"u8], [.. "sep"u8],
            [.. "oct"u8], [.. "nov"u8], [.. "dec"u8]];

    /// <summary>Reads a cell whose parts are in a given order; false if it is not such a date.</summary>
    public static bool TryRead(ReadOnlySpan<byte> cell, DateOrder order, out DateTime date)
    {
        date = default;
        var at = 0;
        Span<int> parts = stackalloc int[3], lengths = stackalloc int[3];
        if (order == DateOrder.YearMonthDay && IsCompact(cell))
        {
            return TryMake(Number(cell[..4]), Number(cell[4..6]), Number(cell[6..8]), default, out date);
        }
        var (count, named) = (0, -1);
        byte separator = 0;
        while (count < 3)
        {
            var start = at;
            while (at < cell.Length && char.IsAsciiDigit((char)cell[at]) && at - start < 4) at++;
            if (at > start)
            {
                parts[count] = Number(cell[start..at]);
            }
            else
            {
                while (at < cell.Length && char.IsAsciiLetter((char)cell[at])) at++;
                if (named >= 0 || at - start < 3 || MonthOf(cell[start..at]) is not (> 0 and var month)) return false;
                (parts[count], named) = (month, count);
                if (at < cell.Length && cell[at] == '.') at++;
            }
            lengths[count++] = at - start;
            if (count == 3 || at == cell.Length) break;
            if (count == 2 && order == DateOrder.YearMonthDay && lengths[0] == 4 && cell[at] != separator) break;
            // One sign separates the parts; in 'Jan 31, 2024' a comma and a space.
            if (cell[at] is not ((byte)'-' or (byte)'/' or (byte)'.' or (byte)' ' or (byte)',')) return false;
            if (count == 1) separator = cell[at];
            else if (cell[at] != separator && named < 0) return false;
            at++;
            if (at < cell.Length && cell[at] == ' ' && named >= 0) at++;
        }
        if (count == 2 && !(order == DateOrder.YearMonthDay && lengths[0] == 4 && lengths[1] == 2 && separator != '.')) return false;
        var (yearAt, monthAt, dayAt) = order switch
        {
            DateOrder.YearMonthDay => (0, 1, 2),
            DateOrder.DayMonthYear => (2, 1, 0),
            _ => (2, 0, 1),
        };
        if (named >= 0 && named != monthAt) return false;
        if (lengths[yearAt] != 4 && !(lengths[yearAt] == 2 && yearAt == 2)) return false;
        if ((named < 0 && lengths[monthAt] > 2) || (count == 3 && lengths[dayAt] > 2)) return false;
        var year = parts[yearAt];
        // As in POSIX: 69 to 99 belong to the last century.
        if (lengths[yearAt] == 2) year += year <= LastYearOfThis ? 20 * Century : 19 * Century;
        return TryTime(cell[at..], out var time) && TryMake(year, parts[monthAt], count == 3 ? parts[dayAt] : 1, time, out date);
    }

    /// <summary>Whether a cell is eight digits of a year, a month and a day, which otherwise are a number.</summary>
    public static bool IsCompact(ReadOnlySpan<byte> cell) =>
        cell.Length == 8 && !cell.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (cell.StartsWith("19"u8) || cell.StartsWith("20"u8));

    // Nothing, or a space or T and 12:30, 12:30:59, 12:30:59.5; AM or PM; an offset or Z, which is ignored.
    private static bool TryTime(ReadOnlySpan<byte> text, out TimeSpan time)
    {
        time = default;
        if (text.Length == 0) return true;
        if (text[0] is not ((byte)' ' or (byte)'T' or (byte)'t')) return false;
        text = text[1..];
        Span<int> parts = stackalloc int[3];
        var count = 0;
        while (count < 3)
        {
            var digits = 0;
            while (digits < text.Length && digits < 2 && char.IsAsciiDigit((char)text[digits])) digits++;
            if (digits == 0) return false;
            parts[count++] = Number(text[..digits]);
            text = text[digits..];
            if (text.Length == 0 || text[0] != ':') break;
            text = text[1..];
        }
        if (count < 2) return false;
        if (count == 3 && text.Length > 1 && text[0] is (byte)'.' or (byte)',')
        {
            text = text[1..];
            while (text.Length > 0 && char.IsAsciiDigit((char)text[0])) text = text[1..];
        }
        if (text.Length > 0 && text[0] == ' ') text = text[1..];
        if (text.Length == 2 && (text[1] | 0x20) == 'm' && (text[0] | 0x20) is 'a' or 'p' && parts[0] is >= 1 and <= 12)
        {
            parts[0] = parts[0] % 12 + ((text[0] | 0x20) == 'p' ? 12 : 0);
            text = default;
        }
        if (text.Length > 0 && !IsOffset(text)) return false;
        if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return false;
        time = new TimeSpan(parts[0], parts[1], parts[2]);
        return true;
    }

    private static bool IsOffset(ReadOnlySpan<byte> text) =>
        text is [(byte)'Z' or (byte)'z'] || text.SequenceEqual("UTC"u8) || (text[0] is (byte)'+' or (byte)'-' && text.Length is 3 or 5 or 6
            && !text[1..].ContainsAnyExceptInRange((byte)'0', (byte)':'));

    private static bool TryMake(int year, int month, int day, TimeSpan time, out DateTime date)
    {
        date = default;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTime(year, month, day).Add(time);
        return true;
    }

    private static int MonthOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Months.Length; i++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(name[..3], Months[i])) return i + 1;
        }
        return 0;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = number * 10 + digit - '0';
        return number;
    }
}
