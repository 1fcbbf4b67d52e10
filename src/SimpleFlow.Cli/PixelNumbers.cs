using System.CommandLine;
using System.Globalization;

namespace SimpleFlow.Cli;

/// <summary>An option that gives a number for all channels of a picture, or one for each.</summary>
internal static class PixelNumbers
{
    public static Option<float[]?> Option(string name, string description, bool isPositive = false) => new(name)
    {
        HelpName = "F[,F,F]",
        Description = description,
        CustomParser = result =>
        {
            var parts = result.Tokens[0].Value.Split(',');
            var numbers = new float[parts.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                if (float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                    && float.IsFinite(numbers[i]) && (!isPositive || numbers[i] > 0))
                    continue;
                result.AddError($"{name} is '{result.Tokens[0].Value}', and must be {(isPositive ? "numbers above 0" : "numbers")}, "
                    + "separated by commas");
                return null;
            }
            return numbers;
        },
    };
}
