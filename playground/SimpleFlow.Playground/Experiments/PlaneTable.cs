namespace SimpleFlow.Playground.Experiments;

/// <summary>A table of the reader's, of which two columns are the axes of the plane and one is learned.</summary>
public sealed class PlaneTable
{
    private readonly CsvTable _table;

    private PlaneTable(CsvTable table, string text) => (_table, Text) = (table, text);

    /// <summary>Reads a table from text. It detects delimiters, decimal commas and missing values as the library does.</summary>
    /// <exception cref="DataException">It is not a table; the message says where.</exception>
    public static PlaneTable Parse(string text, string name) => new(CsvTable.Parse(text, name), text);

    /// <summary>The text that it was read from.</summary>
    public string Text { get; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns => _table.Columns;

    /// <summary>The number of rows.</summary>
    public int Rows => _table.Rows;

    /// <summary>How the table was read, in words.</summary>
    public string Layout => _table.Layout;

    /// <summary>The names of the classes, if classes are learned.</summary>
    public IReadOnlyList<string> ClassNames { get; private set; } = [];

    /// <summary>The rows that have a missing value, and are left out.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The columns that were numbers in all their rows.</summary>
    public IEnumerable<int> Numeric => Enumerable.Range(0, Columns.Count).Where(IsNumeric);

    private bool IsNumeric(int column) => FirstText(column) < 0;

    private int FirstText(int column) => Enumerable.Range(0, Rows)
        .FirstOrDefault(row => !_table.IsMissing(row, column) && _table.Number(row, column) is null, -1);

    /// <summary>Says which cell keeps a column from being an axis of the plane, for a table with fewer than two that can be.</summary>
    public string WhyNotNumeric()
    {
        // The column with the fewest texts was most likely meant as numbers.
        var column = Enumerable.Range(0, Columns.Count).Where(column => !IsNumeric(column))
            .MinBy(column => Enumerable.Range(0, Rows).Count(row => !_table.IsMissing(row, column) && _table.Number(row, column) is null));
        var row = Columns.Count == 1 ? -1 : FirstText(column);
        return row < 0 ? "The plane needs two columns of numbers and one to learn. Add columns."
            : $"{_table.Place(row, column)}: '{_table[row, column]}' is not a number, and the plane needs two columns of numbers. "
                + "Correct the cell.";
    }

    /// <summary>Whether a column is learned as classes: it has texts, or few different numbers, all of them whole, each of them in several
    /// rows.</summary>
    public bool IsClasses(int column) => !IsNumeric(column)
        || Values(column) is { Count: <= PlaneSettings.MostClasses } values && Rows >= 3 * values.Count
            && values.TrueForAll(value => double.TryParse(value, out var number) && number == Math.Floor(number));

    private List<string> Values(int column) =>
        [.. Enumerable.Range(0, Rows).Where(row => !_table.IsMissing(row, column)).Select(row => _table[row, column].Trim())
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The rows as points, standardised: each axis has mean 0 and standard deviation 2, so that most lie on the plane.</summary>
    /// <param name="horizontal">The column to the right.</param>
    /// <param name="vertical">The column upwards.</param>
    /// <param name="target">The column to learn.</param>
    /// <exception cref="DataException">A cell is not a number, or there are too many classes; the message names the place.</exception>
    public PlanePoints Points(int horizontal, int vertical, int target)
    {
        var rows = Enumerable.Range(0, Rows).Where(row => !IsMissingIn(row)).ToArray();
        LeftOut = Rows - rows.Length;
        if (rows.Length < 4)
            throw new DataException($"Only {rows.Length} rows have values in all three columns. Choose other columns, or add rows.");
        var isClasses = IsClasses(target);
        ClassNames = isClasses ? Values(target) : [];
        if (ClassNames.Count > PlaneSettings.MostClasses)
            throw new DataException($"Column '{Columns[target]}' has {ClassNames.Count} different texts, and the plane shows at most "
                + $"{PlaneSettings.MostClasses} classes. Choose another column.");
        if (isClasses && ClassNames.Count < 2)
            throw new DataException($"Column '{Columns[target]}' has the same value in all rows. Choose another column.");
        // The first fault in the order of the rows is the one to tell.
        foreach (var column in isClasses ? [horizontal, vertical] : new[] { horizontal, vertical, target })
            foreach (var row in rows) _ = NumberAt(row, column);
        new Random(1).Shuffle(rows);
        var targets = isClasses ? [.. rows.Select(row => (float)ClassNames.ToList().IndexOf(_table[row, target].Trim()))]
            : Standardised(target, rows, 0.5);
        return new PlanePoints(Standardised(horizontal, rows, 2), Standardised(vertical, rows, 2), targets, ClassNames.Count);

        bool IsMissingIn(int row) => _table.IsMissing(row, horizontal) || _table.IsMissing(row, vertical) || _table.IsMissing(row, target);
    }

    private double NumberAt(int row, int column) => _table.Number(row, column) ?? throw new DataException(
        $"{_table.Place(row, column)}: '{_table[row, column]}' is not a number. Correct the cell, or choose another column.");

    private float[] Standardised(int column, int[] rows, double deviation)
    {
        var values = Array.ConvertAll(rows, row => NumberAt(row, column));
        var mean = values.Average();
        var spread = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return Array.ConvertAll(values, value => (float)(spread == 0 ? 0 : deviation * (value - mean) / spread));
    }
}
