using System.Globalization;

namespace SimpleFlow.Cli;

/// <summary>Numbers of things, in words.</summary>
internal static class NumberText
{
    /// <summary>With at most four digits.</summary>
    public static string Short(float number) => number.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary><c>1 row</c>, <c>2,000 rows</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">What one is called.</param>
    /// <param name="several">What several are called; null: with an s.</param>
    public static string Count(long number, string one, string? several = null) =>
        $"{number.ToString("N0", CultureInfo.InvariantCulture)} {(number == 1 ? one : several ?? one + "s")}";
}
