using System.Globalization;

namespace SimpleFlow;

/// <summary>A value in a few characters: a small tensor whole, a larger one as its mean and range.</summary>
internal static class ValueText
{
    private const int MostElements = 6;

    /// <param name="elements">The elements in row-major order.</param>
    /// <param name="shape">The shape, all sizes known.</param>
    public static string Of(ReadOnlySpan<double> elements, Shape shape)
    {
        if (elements.Length == 0) return "no elements";
        if (elements.Length <= MostElements) return Whole(elements, shape.ToSizes());
        double sum = 0, smallest = elements[0], largest = elements[0];
        foreach (var element in elements)
        {
            sum += element;
            smallest = Math.Min(smallest, element);
            largest = Math.Max(largest, element);
        }
        return smallest == largest ? $"all {Number(smallest)}"
            : $"mean {Number(sum / elements.Length)}, {Number(smallest)} to {Number(largest)}";
    }

    /// <summary>A number with three significant digits, and a minus sign instead of a hyphen.</summary>
    public static string Number(double number)
    {
        var text = number.ToString("G3", CultureInfo.InvariantCulture);
        return text.Replace("E-0", "E-", StringComparison.Ordinal).Replace("E+0", "E", StringComparison.Ordinal).Replace("-", "−",
            StringComparison.Ordinal);
    }

    private static string Whole(ReadOnlySpan<double> elements, ReadOnlySpan<int> sizes)
    {
        if (sizes.Length == 0) return Number(elements[0]);
        var parts = new string[sizes[0]];
        var length = elements.Length / sizes[0];
        for (var i = 0; i < parts.Length; i++) parts[i] = Whole(elements.Slice(i * length, length), sizes[1..]);
        return $"[{string.Join(", ", parts)}]";
    }
}
