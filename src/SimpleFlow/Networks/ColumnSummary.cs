namespace SimpleFlow;

/// <summary>Counts what the cells of a column are.</summary>
internal sealed class ColumnSummary
{
    private readonly CsvTable _table;
    private readonly int _column;
    private readonly CsvColumn _cells;

    public ColumnSummary(CsvTable table, int column)
    {
        (_table, _column, _cells) = (table, column, table.Cells(column));
        (AreEqual, AreWhole, Least, Most) = (true, true, double.PositiveInfinity, double.NegativeInfinity);
        for (var row = 0; row < table.Rows; row++)
        {
            var number = _cells[table.InText(row)];
            if (!double.IsNaN(number))
            {
                Numbers++;
                if (number < Least) Least = number;
                if (number > Most) Most = number;
                if (number != Math.Floor(number)) AreWhole = false;
            }
            else if (CsvNumber.IsMissing(number))
            {
                Missing++;
            }
            else if (CsvNumber.IsCode(number))
            {
                if (Codes++ == 0) FirstCode = row;
            }
            else if (Texts++ == 0)
            {
                FirstText = row;
            }
        }
        AreEqual = Least == Most;
    }

    /// <summary>How many cells are numbers, digits with a leading zero, other texts, and missing.</summary>
    public int Numbers { get; }

    public int Codes { get; }

    public int Texts { get; }

    public int Missing { get; }

    public int Present => Numbers + Codes + Texts;

    /// <summary>The first row with digits that have a leading zero, and with a text.</summary>
    public int FirstCode { get; }

    public int FirstText { get; }

    /// <summary>The least and the largest number.</summary>
    public double Least { get; }

    public double Most { get; }

    /// <summary>Whether all numbers are equal, and whether all are whole.</summary>
    public bool AreEqual { get; }

    public bool AreWhole { get; }

    /// <summary>The first cell that is not a number, in a sentence: <c>12 of 200 cells are not numbers,
    /// the first "n/k" in row 7 (line 8)</c>.</summary>
    public string Others =>
        $"{Texts:N0} of {Present:N0} cells {(Texts == 1 ? "is not a number" : "are not numbers")}, the first "
            + $"\"{Quotation.Of(_table[FirstText, _column])}\" in {_table.RowName(FirstText)}";

    /// <summary>The different texts that occur in these rows.</summary>
    public List<int> DistinctTexts()
    {
        var codes = _cells.Codes;
        var seen = new bool[_cells.TextCount];
        var texts = new List<int>();
        for (var row = 0; row < _table.Rows; row++)
        {
            var text = codes[_table.InText(row)];
            if (seen[text]) continue;
            seen[text] = true;
            texts.Add(text);
        }
        return texts;
    }

    /// <summary>Whether the numbers of the whole file are consecutive whole numbers without a repetition, in any order, one per row: they
    /// only count the rows.</summary>
    public bool CountsRows()
    {
        var rows = _table.Text.Rows;
        if (Numbers != _table.Rows || !AreWhole || Most - Least >= rows) return false;
        var least = double.PositiveInfinity;
        for (var row = 0; row < rows; row++) least = Math.Min(least, _cells[row]);
        if (double.IsNaN(least)) return false;
        var seen = new bool[rows];
        for (var row = 0; row < rows; row++)
        {
            var place = _cells[row] - least;
            if (place >= rows || place != Math.Floor(place) || seen[(int)place]) return false;
            seen[(int)place] = true;
        }
        return true;
    }

    /// <summary>
    /// Whether the numbers are row numbers of a larger table that these rows were taken from: whole numbers that rise from row to row,
    /// begin near 0, and lie so close that it cannot be chance that no two are equal. Equal steps suggest a measurement.
    /// </summary>
    public bool CountsRowsWithGaps()
    {
        var rows = _table.Text.Rows;
        if (Numbers != rows || !AreWhole) return false;
        var (first, last) = (_cells[0], _cells[rows - 1]);
        // Of n whole numbers drawn from m, no two are equal with a probability of about exp(-n² / 2m).
        if (first < 0 || last <= first || (double)rows * rows / (2 * (last - first)) < SurelyNoChance) return false;
        var step = (last - first) / (rows - 1);
        if (first > MostMissing * step) return false;
        var areEqual = true;
        for (var row = 1; row < rows; row++)
        {
            var rise = _cells[row] - _cells[row - 1];
            if (!(rise > 0)) return false;
            areEqual &= rise == step;
        }
        return !areEqual;
    }

    // e⁻¹⁰ is one in 22,000; and that the first twenty of a table are all missing is less likely still.
    private const double SurelyNoChance = 10, MostMissing = 20;

    /// <summary>Whether the numbers are whole and all different.</summary>
    public bool AreDifferent()
    {
        if (Numbers != _table.Rows || !AreWhole) return false;
        var numbers = new HashSet<double>(_table.Rows);
        for (var row = 0; row < _table.Rows; row++)
        {
            if (!numbers.Add(_cells[_table.InText(row)])) return false;
        }
        return true;
    }
}
