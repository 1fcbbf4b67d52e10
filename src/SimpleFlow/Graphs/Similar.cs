namespace SimpleFlow;

/// <summary>Guesses the name that was meant by a mistyped one.</summary>
internal static class Similar
{
    // Of more suggestions nobody would find the right one sooner than in the whole list.
    private const int MostSuggested = 3;

    /// <summary>A question that names those of the names that may have been meant, after a space; empty if there are none: those that
    /// contain what was typed, or are near it.</summary>
    public static string Question(string typed, IReadOnlyCollection<string> names)
    {
        string[] near = [.. names.Where(name => name.Contains(typed, StringComparison.OrdinalIgnoreCase)).OrderBy(name => name.Length)
            .Concat(To(typed, names) is { } nearest ? (string[])[nearest] : []).Distinct(StringComparer.Ordinal).Take(MostSuggested)
            .Select(name => $"'{name}'")];
        return near.Length == 0 ? ""
            : $" Did you mean {string.Join(", ", near[..^1])}{(near.Length > 1 ? " or " : "")}{near[^1]}?";
    }

    /// <summary>The nearest of the names; null if none is near.</summary>
    public static string? To(string typed, IEnumerable<string> names)
    {
        var (best, least) = ((string?)null, int.MaxValue);
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            var distance = Distance(typed.TrimStart('-').ToLowerInvariant(), name.TrimStart('-'));
            // A third of the letters may be wrong: more, and any short word would be near any other.
            if (distance < least && distance <= Math.Max(1, name.TrimStart('-').Length / 3)) (best, least) = (name, distance);
        }
        return best;
    }

    /// <summary>How many letters are added, left out, changed, or exchanged with the next one:
    /// the distance of Damerau and Levenshtein, in which no place is changed twice.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
