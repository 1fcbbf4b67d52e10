using System.Globalization;
using System.Text.Json;

namespace SimpleFlow.Cli.Reports;

/// <summary>Writes numbers in JSON lines.</summary>
internal static class JsonNumber
{
    /// <summary>Writes a number; one that is not finite, which JSON has no numbers for, as the text <c>"NaN"</c>,
    /// <c>"Infinity"</c> or <c>"-Infinity"</c>.</summary>
    public static void WriteFigure(this Utf8JsonWriter json, string name, double number)
    {
        if (double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Writes a float in its shortest form; one that is not finite as a text.</summary>
    public static void WriteFigure(this Utf8JsonWriter json, string name, float number)
    {
        if (float.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
    }
}
