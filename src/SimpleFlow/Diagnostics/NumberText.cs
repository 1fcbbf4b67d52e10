using System.Globalization;

namespace SimpleFlow;

/// <summary>Numbers in tables for people: the same on every machine, and short.</summary>
internal static class NumberText
{
    /// <summary>Five significant digits.</summary>
    public static string Text(double number) => number.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>Two, for how far apart things are.</summary>
    public static string Rough(double number) => number == 0 ? "0" : number.ToString("0.#e-0", CultureInfo.InvariantCulture);

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
