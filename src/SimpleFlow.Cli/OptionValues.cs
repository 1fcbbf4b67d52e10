using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace SimpleFlow.Cli;

/// <summary>Options whose values are checked while the command line is read, each with a message that says what is valid.</summary>
internal static class OptionValues
{
    private const int MostThreads = 256;

    /// <summary>A number that fulfils a condition.</summary>
    public static Option<T?> Number<T>(string name, string valueName, string description, string wanted, Predicate<T> isGood)
        where T : struct, INumber<T> => new(name)
        {
            HelpName = valueName,
            Description = description,
            CustomParser = result =>
            {
                if (T.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && isGood(number))
                    return number;
                Refuse(result, wanted);
                return null;
            },
        };

    /// <summary>The number of threads; null: as many as there are processors.</summary>
    public static Option<int?> Threads(string description) => Number<int>(
        "--threads", "N", $"{description} [default: as many as there are processors]", $"a whole number from 1 to {MostThreads}",
        n => n is >= 1 and <= MostThreads);

    /// <summary>Numbers of at least 1, separated by commas.</summary>
    public static Option<int[]?> Sizes(string name, string valueName, string description) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result =>
        {
            var parts = result.Tokens[0].Value.Split(',');
            var sizes = new int[parts.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]) && sizes[i] >= 1) continue;
                Refuse(result, "whole numbers from 1, separated by commas: 128,64");
                return null;
            }
            return sizes;
        },
    };

    /// <summary>One of some names.</summary>
    public static Option<string?> Name(string name, string valueName, string description, IReadOnlyCollection<string> names) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CompletionSources = { _ => names.Select(known => new System.CommandLine.Completions.CompletionItem(known)) },
        CustomParser = result =>
        {
            if (names.Contains(result.Tokens[0].Value, StringComparer.Ordinal)) return result.Tokens[0].Value;
            Refuse(result, $"one of {string.Join(", ", names)}");
            return null;
        },
    };

    /// <summary>Any text that is not empty.</summary>
    public static Option<string?> Text(string name, string valueName, string description, string ending = "") => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text.Length > 0 && text.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return text;
            Refuse(result, ending.Length == 0 ? "non-empty" : $"a name that ends in {ending}");
            return null;
        },
    };

    /// <summary>A sign, given as itself or by name.</summary>
    public static Option<char?> Sign(string name, string valueName, string description, Func<string, char?> read, string wanted) =>
        new(name)
        {
            HelpName = valueName,
            Description = description,
            CustomParser = result =>
            {
                var sign = read(result.Tokens[0].Value);
                if (sign is null) Refuse(result, wanted);
                return sign;
            },
        };

    /// <summary>Texts, each with the option's name before it.</summary>
    public static Option<string[]> Texts(string name, string valueName, string description) => new(name)
    {
        HelpName = valueName,
        Description = description,
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
    };

    private static void Refuse(ArgumentResult result, string wanted) =>
        result.AddError($"{((OptionResult)result.Parent!).IdentifierToken?.Value} is '{result.Tokens[0].Value}', and must be {wanted}");
}
