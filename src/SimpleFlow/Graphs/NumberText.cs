using System.Globalization;

namespace SimpleFlow;

/// <summary>Formats numbers for people: short, and the same on every machine.</summary>
internal static class NumberText
{
    /// <summary>With five significant digits.</summary>
    public static string Text(double number) => number.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>With two significant digits, for differences.</summary>
    public static string Rough(double number) => number == 0 ? "0" : number.ToString("0.#e-0", CultureInfo.InvariantCulture);

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 row</c>, <c>2,000 rows</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The singular.</param>
    /// <param name="several">The plural; null adds an s.</param>
    public static string Count(long number, string one, string? several = null) =>
        $"{Count(number)} {(number == 1 ? one : several ?? one + "s")}";
}
