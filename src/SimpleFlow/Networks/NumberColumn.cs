using System.Globalization;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>A number as (number − mean) / deviation; if it may be missing, a second number flags that, and the first is 0 then.</summary>
/// <param name="Name">The column.</param>
/// <param name="Mean">The mean in training.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="MayBeMissing">Whether some were missing there.</param>
public sealed record NumberColumn(string Name, double Mean, double Deviation, bool MayBeMissing) : TableColumn(Name)
{
    /// <summary>Whether cells that are not numbers count as missing, because the user said that the column is numeric.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TextIsMissing { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Width => MayBeMissing ? 2 : 1;

    /// <summary>The same column with the mean and the deviation of the numbers in these rows.</summary>
    internal override TableColumn FittedTo(CsvTable rows)
    {
        var column = rows.Column(Name);
        var (mean, deviation) = Spread(rows, column);
        if (!double.IsFinite(deviation))
            throw new DataException($"{rows.Path}: the numbers of column '{Name}' are too large to work with.");
        return this with { Mean = mean, Deviation = deviation > 0 ? deviation : 1 };
    }

    /// <summary>The mean and the standard deviation of the numbers in a column; 0 if there are none.</summary>
    internal static (double Mean, double Deviation) Spread(CsvTable table, int column)
    {
        var cells = table.Cells(column);
        var (sum, count) = (0.0, 0);
        for (var row = 0; row < table.Rows; row++)
        {
            var number = Number(table, cells, row, column);
            if (double.IsNaN(number)) continue;
            sum += number;
            count++;
        }
        if (count == 0) return (0, 0);
        var (mean, squares) = (sum / count, 0.0);
        for (var row = 0; row < table.Rows; row++)
        {
            var number = Number(table, cells, row, column);
            if (!double.IsNaN(number)) squares += (number - mean) * (number - mean);
        }
        return (mean, Math.Sqrt(squares / count));
    }

    /// <summary>The number in a row, also if its digits have a leading zero; NaN if there is none.</summary>
    /// <exception cref="DataException">It is larger than a float can be; the message names the row.</exception>
    internal static double Number(CsvTable table, CsvColumn cells, int row, int column)
    {
        var number = cells[table.InText(row)];
        if (Math.Abs(number) <= float.MaxValue) return number;
        if (CsvNumber.IsCode(number)) number = double.Parse(table[row, column], NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsNaN(number) || Math.Abs(number) <= float.MaxValue ? number
            : throw new DataException(
                $"{table.Place(row, column)}: '{Quotation.Of(table[row, column])}' is too large; a number is at most {float.MaxValue:G2}.");
    }

    internal override void Encode(CsvTable table, int column, EncodedRows numbers, EncodingRemarks? remarks)
    {
        var cells = table.Cells(column);
        var (missing, odd, first) = (0, 0, 0);
        for (var row = 0; row < table.Rows; row++)
        {
            var number = Number(table, cells, row, column);
            if (double.IsNaN(number))
            {
                if (!CsvNumber.IsMissing(number) && !TextIsMissing)
                {
                    var (cell, hint) = (Quotation.Of(table[row, column]), DecimalHint(table, row, column));
                    if (!MayBeMissing || hint.Length > 0)
                        throw new DataException($"{table.Place(row, column)}: '{cell}' is not a number.{hint} {Cure(cell)}");
                    if (odd++ == 0) first = row;
                }
                if (MayBeMissing) numbers.Row(row)[1] = 1;
                else if (missing++ == 0) first = row;
                continue;
            }
            var standardised = (float)((number - Mean) / Deviation);
            if (!float.IsFinite(standardised))
                throw new DataException(
                    $"{table.Place(row, column)}: '{Quotation.Of(table[row, column])}' is too far from the mean of the training data, "
                        + $"{Mean:G4}, to work with.");
            numbers.Row(row)[0] = standardised;
        }
        Remark(remarks, table, column, first, missing, odd, "number", "value");
    }
}
