using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>What a caller must give.</summary>
internal static class Required
{
    /// <summary>A list in which nothing is null.</summary>
    /// <exception cref="ArgumentException">It is null, or something in it is.</exception>
    public static IReadOnlyList<T> List<T>(IReadOnlyList<T> list, [CallerArgumentExpression(nameof(list))] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(list, name);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is null) throw new ArgumentException($"There is nothing at place {i} of the list: it is null.", name);
        }
        return list;
    }

    /// <summary>A value that is not null, where a statement cannot stand.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public static T Value<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    /// <summary>A name or another text that is written into files.</summary>
    /// <exception cref="ArgumentException">It is null, or holds half a character, which no file can.</exception>
    public static string Text(string text, [CallerArgumentExpression(nameof(text))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(text, name);
        return WholeCharacters.FirstHalf(text) is not { } place ? text
            : throw new ArgumentException(
                $"The text has half a character at place {place + 1}, U+{(int)text[place]:X4}, and cannot be saved: the other half of the "
                    + "surrogate pair is missing.", name);
    }

    /// <summary>Texts that are written into files.</summary>
    /// <exception cref="ArgumentException">The list is null, or something in it is null or holds half a character.</exception>
    public static IReadOnlyList<string> Texts(IReadOnlyList<string> texts, [CallerArgumentExpression(nameof(texts))] string name = "")
    {
        foreach (var text in List(texts, name)) Text(text, name);
        return texts;
    }
}
