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
}
