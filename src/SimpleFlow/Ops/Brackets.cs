namespace SimpleFlow;

/// <summary>Puts brackets round a part of an expression where it would be misread without: <c>(a + b)·c</c>, <c>(x·w)^2</c>, but <c>relu(a + b)^2</c>.</summary>
internal static class Brackets
{
    /// <summary>Round sums, comparisons and anything else written with spaces: for an operand of <c>+ - * /</c> and of a matrix product.</summary>
    public static string RoundSum(string text) => HasOutside(text, " ") ? $"({text})" : text;

    /// <summary>Round everything but a name, a number or a call: for what a power, a transposition or an index is written behind.</summary>
    public static string RoundAnyOperator(string text) => text.StartsWith('-') || HasOutside(text, " ·^") ? $"({text})" : text;

    /// <summary>Whether one of the signs stands outside all brackets.</summary>
    private static bool HasOutside(string text, string signs)
    {
        var depth = 0;
        foreach (var sign in text)
        {
            if (sign is '(' or '[') depth++;
            else if (sign is ')' or ']') depth--;
            else if (depth == 0 && signs.Contains(sign)) return true;
        }
        return false;
    }
}
