using System.Text;

namespace SimpleFlow;

/// <summary>Breaks sentences and formulas into lines that fit a terminal.</summary>
internal static class TextLines
{
    /// <summary>The most characters in a line: as many as fit the narrowest terminal in use.</summary>
    public const int Width = 80;

    /// <summary>Breaks a text at its spaces, so that no line is longer than <see cref="Width"/> unless a single word is.</summary>
    /// <param name="text">What to cut.</param>
    /// <param name="indent">How many spaces come before the first line.</param>
    /// <param name="hanging">How many come before the others.</param>
    public static List<string> Of(string text, int indent = 0, int hanging = 0)
    {
        var lines = new List<string>();
        var line = new StringBuilder().Append(' ', indent);
        var empty = true;
        foreach (var word in text.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                lines.Add(line.ToString());
                line.Clear().Append(' ', hanging);
                empty = true;
            }
            if (!empty) line.Append(' ');
            line.Append(word);
            empty = false;
        }
        lines.Add(line.ToString());
        return lines;
    }

    /// <summary>The lines of a text, each with its end.</summary>
    public static StringBuilder AppendLines(this StringBuilder text, IEnumerable<string> lines)
    {
        foreach (var line in lines) text.Append(line).Append('\n');
        return text;
    }
}
