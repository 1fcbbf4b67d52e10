using System.Globalization;
using System.Text;

namespace SimpleFlow.Cli.Code;

/// <summary>Names of columns, classes and files as they are written in C#. They come from others: nothing in them may end a literal or a
/// comment, move a cursor, or look like something else.</summary>
internal static class CSharpText
{
    private const int MostListed = 5, LongestListed = 40;

    /// <summary>A text as a literal, in quotes.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '"' or '\\') literal.Append('\\').Append(text[i]);
            else if (!Rune.TryGetRuneAt(text, i, out var rune)) Escape(text[i]);
            else if (IsPlain(rune)) literal.Append(rune);
            else for (var half = 0; half < rune.Utf16SequenceLength; half++) Escape(text[i + half]);
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
        }
        return literal.Append('"').ToString();

        void Escape(char unit) => literal.Append(unit switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}"),
        });
    }

    /// <summary>The first of some texts as literals, for a comment.</summary>
    public static string Listed(IReadOnlyList<string> texts) =>
        string.Join(", ", texts.Take(MostListed).Select(text => text.Length <= LongestListed ? Literal(text)
            : $"{Literal(text[..LongestListed])}…")) + (texts.Count > MostListed ? $" and {texts.Count - MostListed:N0} more" : "");

    /// <summary>A number as a literal, with the digits that a person reads.</summary>
    public static string Literal(double number) => double.IsFinite(number) ? number.ToString("G5", CultureInfo.InvariantCulture) : "null";

    // A space that looks like another one, a mark that turns the direction of a line, a character without a picture: their codes are shown.
    private static bool IsPlain(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
