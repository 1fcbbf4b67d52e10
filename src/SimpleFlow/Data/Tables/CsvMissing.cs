using System.Text;

namespace SimpleFlow;

/// <summary>Recognises cells that stand for a missing value.</summary>
internal static class CsvMissing
{
    // What spreadsheets, pandas, R, databases and people write. Upper and lower case do not matter.
    private static readonly byte[][] Usual =
        [
        [.. "?"u8], [.. "-"u8], [.. "--"u8], [.. "–"u8], [.. "—"u8], [.. "."u8],
        [.. "NA"u8], [.. "N/A"u8], [.. "N.A."u8], [.. "#NA"u8], [.. "#N/A"u8], [.. "<NA>"u8], [.. "NaN"u8], [.. "NaT"u8],
        [.. "None"u8], [.. "null"u8], [.. "(null)"u8], [.. "nil"u8], [.. "\\N"u8],
        [.. "#DIV/0!"u8], [.. "#VALUE!"u8], [.. "#REF!"u8], [.. "#NAME?"u8], [.. "#NUM!"u8], [.. "#NULL!"u8],
    ];

    private static readonly int Longest = Usual.Max(text => text.Length);

    /// <summary>Whether a cell is empty, one of the usual texts, or one of some more, which must match exactly.</summary>
    public static bool Is(ReadOnlySpan<byte> cell, byte[][] more)
    {
        if (cell.Length == 0) return true;
        if (cell.Length <= Longest)
        {
            foreach (var text in Usual)
            {
                if (text.Length == cell.Length && (cell.SequenceEqual(text) || Ascii.EqualsIgnoreCase(cell, text))) return true;
            }
        }
        return IsOneOf(cell, more);
    }

    /// <summary>Whether a cell exactly matches one of some texts.</summary>
    public static bool IsOneOf(ReadOnlySpan<byte> cell, byte[][] texts)
    {
        foreach (var text in texts)
        {
            if (cell.SequenceEqual(text)) return true;
        }
        return false;
    }

    /// <summary>
    /// Whether the text NA is a value rather than a missing value: if all other texts of a column are codes of two capital letters, NA is
    /// one of them, such as Namibia or North America.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="texts">The different texts of the column.</param>
    public static bool IsCode(string text, IEnumerable<string> texts)
    {
        if (text != "NA") return false;
        var others = 0;
        foreach (var other in texts)
        {
            if (other is "NA" || Is(Encoding.UTF8.GetBytes(other), [])) continue;
            if (other.Length != 2 || !char.IsAsciiLetterUpper(other[0]) || !char.IsAsciiLetterUpper(other[1])) return false;
            others++;
        }
        return others >= FewestCodes;
    }

    // Y and N would be one letter each; with two codes of two letters, NA may still be a missing value.
    private const int FewestCodes = 3;
}
