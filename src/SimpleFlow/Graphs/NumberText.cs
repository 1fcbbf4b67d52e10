using System.Globalization;

namespace SimpleFlow;

/// <summary>Numbers for people: the same on every machine, and short.</summary>
internal static class NumberText
{
    /// <summary>Five significant digits.</summary>
    public static string Text(double number) => number.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>Two, for how far apart things are.</summary>
    public static string Rough(double number) => number == 0 ? "0" : number.ToString("0.#e-0", CultureInfo.InvariantCulture);

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 row</c>, <c>2,000 rows</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">What one is called.</param>
    /// <param name="several">What several are called; null: with an s.</param>
    public static string Count(long number, string one, string? several = null) =>
        $"{Count(number)} {(number == 1 ? one : several ?? one + "s")}";
}
