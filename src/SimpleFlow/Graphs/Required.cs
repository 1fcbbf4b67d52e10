using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Checks of required arguments.</summary>
internal static class Required
{
    /// <summary>A list that is not null and contains no null.</summary>
    /// <exception cref="ArgumentException">The list is null or contains null.</exception>
    public static IReadOnlyList<T> List<T>(IReadOnlyList<T> list, [CallerArgumentExpression(nameof(list))] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(list, name);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is null) throw new ArgumentException($"Item {i} of the list is null.", name);
        }
        return list;
    }

    /// <summary>A value that is not null; for places where a statement is not allowed.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public static T Value<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    /// <summary>A name or another text that will be written to files.</summary>
    /// <exception cref="ArgumentException">The text is null, or contains half a character, which files cannot hold.</exception>
    public static string Text(string text, [CallerArgumentExpression(nameof(text))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(text, name);
        return WholeCharacters.FirstHalf(text) is not { } place ? text
            : throw new ArgumentException(
                $"The text has half a character at place {place + 1}, U+{(int)text[place]:X4}, and cannot be saved: the other half of the "
                    + "surrogate pair is missing.", name);
    }

    /// <summary>Texts that will be written to files.</summary>
    /// <exception cref="ArgumentException">The list is null, or an item is null or contains half a character.</exception>
    public static IReadOnlyList<string> Texts(IReadOnlyList<string> texts, [CallerArgumentExpression(nameof(texts))] string name = "")
    {
        foreach (var text in List(texts, name)) Text(text, name);
        return texts;
    }
}
