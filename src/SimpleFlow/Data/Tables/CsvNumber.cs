using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// The number in a cell as people write it: <c>-1.5e3</c>, <c>1,234.5</c> or <c>1.234,5</c>, <c>$12</c>, <c>12 €</c>, <c>3 %</c>,
/// <c>(1,200)</c> for a negative amount. A percentage is the number before its sign. Its digits are taken from the bytes as they lie;
/// the result is the nearest double, as <see cref="double.Parse(string)"/> gives it.
/// </summary>
internal static class CsvNumber
{
    /// <summary>The markers for cells without a number, in a column of numbers: each is a NaN of its own.</summary>
    public static readonly double Missing = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0001),
        Text = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0002), Code = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0003);

    public static bool IsMissing(double value) => Is(value, Missing);

    public static bool IsText(double value) => Is(value, Text);

    /// <summary>Whether the cell holds digits with a leading zero, such as a zip code.</summary>
    public static bool IsCode(double value) => Is(value, Code);

    private static bool Is(double value, double mark) => BitConverter.DoubleToUInt64Bits(value) == BitConverter.DoubleToUInt64Bits(mark);

    /// <summary>Reads a cell.</summary>
    /// <param name="cell">Its bytes, without quotes.</param>
    /// <param name="point">The sign before the decimals: a point or a comma.</param>
    /// <returns>The number, infinite if it is beyond a double; <see cref="Code"/> for digits with a leading zero;
    /// <see cref="Text"/> for what is not a number.</returns>
    public static double Of(ReadOnlySpan<byte> cell, byte point)
    {
        cell = Trimmed(cell);
        var isNegative = false;
        if (cell is [(byte)'(', .., (byte)')'])
        {
            isNegative = true;
            cell = Trimmed(cell[1..^1]);
        }
        // A sign and a currency may come before the digits, in any order and once each.
        var (hasSign, hasUnit) = (isNegative, false);
        while (cell.Length > 0 && !char.IsAsciiDigit((char)cell[0]) && cell[0] != point)
        {
            if (!hasSign && SignLength(cell) is > 0 and var sign)
            {
                (hasSign, isNegative) = (true, cell[0] != '+');
                cell = cell[sign..];
            }
            else if (!hasUnit && CurrencyLength(cell) is > 0 and var currency)
            {
                hasUnit = true;
                cell = Trimmed(cell[currency..]);
            }
            else
            {
                return Text;
            }
        }
        if (cell.Length > 0 && !hasUnit && UnitLengthAtEnd(cell) is > 0 and var unit) cell = Trimmed(cell[..^unit]);
        var value = Digits(cell, point);
        return isNegative && !double.IsNaN(value) ? -value : value;
    }

    /// <summary>Whether a cell is a percentage.</summary>
    public static bool IsPercentage(ReadOnlySpan<byte> cell) => Trimmed(cell) is [.., (byte)'%'];

    // Digits, perhaps grouped, with decimals and an exponent, and nothing else.
    private static double Digits(ReadOnlySpan<byte> cell, byte point)
    {
        Span<byte> plain = stackalloc byte[128];
        if (cell.Length > plain.Length) plain = new byte[cell.Length];
        var (at, length, groups) = (0, 0, 0);
        ReadOnlySpan<byte> separator = default;
        while (true)
        {
            var start = at;
            while (at < cell.Length && char.IsAsciiDigit((char)cell[at])) plain[length++] = cell[at++];
            var digits = at - start;
            var next = at < cell.Length ? SeparatorAt(cell[at..], point) : default;
            if (separator.Length > 0)
            {
                // A group after the first has three digits; in India all but the last have two.
                if (digits != 3 && !(digits == 2 && next.Length > 0)) return Text;
            }
            else if (next.Length > 0 && (digits is 0 or > 3 || plain[0] == '0'))
            {
                return Text;
            }
            if (next.Length == 0) break;
            if (separator.Length > 0 && !next.SequenceEqual(separator)) return Text;
            separator = next;
            groups++;
            at += next.Length;
        }
        var whole = length;
        var hasPoint = at < cell.Length && cell[at] == point;
        if (hasPoint)
        {
            plain[length++] = (byte)'.';
            at++;
            while (at < cell.Length && char.IsAsciiDigit((char)cell[at])) plain[length++] = cell[at++];
            if (length == 1) return Text;
        }
        else if (whole == 0)
        {
            return Text;
        }
        var isWhole = at == cell.Length && !hasPoint;
        if (at < cell.Length && (cell[at] | 0x20) == 'e')
        {
            plain[length++] = cell[at++];
            if (at < cell.Length && cell[at] is (byte)'+' or (byte)'-') plain[length++] = cell[at++];
            if (at == cell.Length) return Text;
            while (at < cell.Length && char.IsAsciiDigit((char)cell[at])) plain[length++] = cell[at++];
        }
        if (at < cell.Length) return Text;
        if (isWhole && groups == 0 && whole > 1 && plain[0] == '0') return Code;
        return double.TryParse(plain[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : Text;
    }

    // A separator between groups of digits: the other sign of the two, a space of any kind, or an apostrophe, as in Switzerland.
    private static ReadOnlySpan<byte> SeparatorAt(ReadOnlySpan<byte> cell, byte point) => cell[0] switch
    {
        (byte)',' or (byte)'.' => cell[0] == point ? default : cell[..1],
        (byte)' ' or (byte)'\'' => cell[..1],
        0xC2 when cell.StartsWith("\u00a0"u8) => cell[..2],
        0xE2 when cell.StartsWith("\u202f"u8) || cell.StartsWith("\u2009"u8) || cell.StartsWith("\u2019"u8) => cell[..3],
        _ => default,
    };

    private static int SignLength(ReadOnlySpan<byte> cell) => cell[0] is (byte)'-' or (byte)'+' ? 1 : cell.StartsWith("\u2212"u8) ? 3 : 0;

    private static int CurrencyLength(ReadOnlySpan<byte> cell)
    {
        if (cell[0] == '$') return 1;
        return cell[0] >= 0x80 && Rune.DecodeFromUtf8(cell, out var rune, out var length) == System.Buffers.OperationStatus.Done
            && Rune.GetUnicodeCategory(rune) == UnicodeCategory.CurrencySymbol ? length : 0;
    }

    private static int UnitLengthAtEnd(ReadOnlySpan<byte> cell)
    {
        if (cell[^1] is (byte)'%' or (byte)'$') return 1;
        return cell[^1] >= 0x80 && Rune.DecodeLastFromUtf8(cell, out var rune, out var length) == System.Buffers.OperationStatus.Done
            && Rune.GetUnicodeCategory(rune) == UnicodeCategory.CurrencySymbol ? length : 0;
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> cell)
    {
        while (cell.Length > 0 && SpaceLength(cell) is > 0 and var space) cell = cell[space..];
        while (cell.Length > 0)
        {
            if (cell[^1] is (byte)' ' or (byte)'\t') cell = cell[..^1];
            else if (cell.EndsWith("\u00a0"u8)) cell = cell[..^2];
            else if (cell.EndsWith("\u202f"u8)) cell = cell[..^3];
            else break;
        }
        return cell;
    }

    private static int SpaceLength(ReadOnlySpan<byte> cell) =>
        cell[0] is (byte)' ' or (byte)'\t' ? 1 : cell.StartsWith("\u00a0"u8) ? 2 : cell.StartsWith("\u202f"u8) ? 3 : 0;
}
