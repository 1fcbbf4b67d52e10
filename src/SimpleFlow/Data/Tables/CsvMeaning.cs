using System.Text;

namespace SimpleFlow;

/// <summary>Interprets a cell in a dialect: as a number, a missing value, or a text.</summary>
internal sealed class CsvMeaning
{
    private readonly byte[][] _missing;
    private readonly double[] _missingNumbers;

    public CsvMeaning(CsvDialect dialect)
    {
        Point = (byte)dialect.Decimal;
        _missing = [.. (dialect.Missing ?? []).Select(Encoding.UTF8.GetBytes)];
        // -999 and -999.0 are one number.
        _missingNumbers = [.. _missing.Select(text => CsvNumber.Of(text, Point)).Where(number => !double.IsNaN(number))];
    }

    /// <summary>The sign before the decimals.</summary>
    public byte Point { get; }

    /// <summary>Whether a cell says that a value is missing.</summary>
    public bool IsMissing(ReadOnlySpan<byte> cell) => CsvMissing.Is(cell, _missing) || CsvNumber.IsMissing(Number(cell));

    /// <summary>The number in a cell, or what <see cref="CsvNumber"/> says instead of one.</summary>
    public double Number(ReadOnlySpan<byte> cell)
    {
        if (CsvMissing.IsOneOf(cell, _missing)) return CsvNumber.Missing;
        var number = CsvNumber.Of(cell, Point);
        return CsvNumber.IsText(number) && CsvMissing.Is(cell, []) ? CsvNumber.Missing : Known(number);
    }

    /// <summary>A number, unless it stands for a missing value.</summary>
    public double Known(double number)
    {
        foreach (var missing in _missingNumbers)
        {
            if (number == missing) return CsvNumber.Missing;
        }
        return number;
    }
}
