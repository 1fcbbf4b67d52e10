using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>Makes tables from the objects of a program, to train on and to predict for. It uses no reflection, so it works when compiled
/// ahead of time.</summary>
public static class TableRows
{
    /// <summary>A row for each of some objects: <c>TableRows.Of(flowers, ("petal length", one => one.PetalLength),
    /// ("colour", one => one.Colour))</c>.</summary>
    /// <param name="records">The objects.</param>
    /// <param name="columns">The name of each column, and the cell that an object has there:
    /// a text, a number, a truth value, a date, an enumeration, or null where the value is missing.</param>
    /// <exception cref="ArgumentException">There are no columns, two have the same name, or a cell is of another type.</exception>
    /// <exception cref="DataException">A column has no name.</exception>
    public static CsvTable Of<T>(IEnumerable<T> records, params (string Column, Func<T, object?> Cell)[] columns)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Length == 0) throw new ArgumentException("A table needs at least one column.", nameof(columns));
        foreach (var (column, cell) in columns) _ = (Required.Text(column), Required.Value(cell));
        return Table([.. columns.Select(one => one.Column)],
            records.Select(record => columns.Select(one => Text(one.Cell(record), one.Column))), "records");
    }

    /// <summary>The cell of a table that stands for a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The name of its column, for the error.</param>
    /// <param name="kind">What the column holds, if that is known: a truth value is 1 or 0 among numbers.</param>
    /// <exception cref="ArgumentException">No cell can stand for it.</exception>
    internal static string Text(object? value, string column, TableColumn? kind = null) => value switch
    {
        null => "",
        string text => text,
        bool truth when kind is NumberColumn => truth ? "1" : "0",
        bool truth =>
            (kind as CategoryColumn)?.Values.FirstOrDefault(known =>
                known.Equals(truth ? "true" : "false", StringComparison.OrdinalIgnoreCase)) ?? (truth ? "true" : "false"),
        Enum or char or Rune or Guid => value.ToString()!,
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString(Format(kind), CultureInfo.InvariantCulture),
        DateTime date => date.ToString($"{Format(kind)} HH:mm:ss", CultureInfo.InvariantCulture),
        DateTimeOffset date => Text(date.DateTime, column, kind),
        DateOnly date => date.ToString(Format(kind), CultureInfo.InvariantCulture),
        float or double or decimal or Half or sbyte or byte or short or ushort or int or uint or long or ulong or Int128 or UInt128
            or System.Numerics.BigInteger =>
            ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException(
            $"Column '{column}' was given a {value.GetType().Name}, and a cell is a text, a number, a truth value, a date, an "
                + "enumeration, or null.", nameof(value)),
    };

    // In the order in which the column was written in training.
    private static string Format(TableColumn? kind) => (kind as DateColumn)?.Order switch
    {
        DateOrder.DayMonthYear => "dd/MM/yyyy",
        DateOrder.MonthDayYear => "MM/dd/yyyy",
        _ => "yyyy-MM-dd",
    };

    /// <summary>A table of cells that are texts already.</summary>
    internal static CsvTable Table(IReadOnlyList<string> columns, IEnumerable<IEnumerable<string>> rows, string path)
    {
        var text = new StringBuilder().AppendJoin(',', columns.Select(Quoted)).Append('\n');
        foreach (var row in rows) text.AppendJoin(',', row.Select(Quoted)).Append('\n');
        return CsvTable.Parse(text.ToString(), path, new CsvOptions { Delimiter = ',', Decimal = '.' });
    }

    private static string Quoted(string cell) => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
