using System.Globalization;
using System.Text;

namespace SimpleFlow.Cli.Code;

/// <summary>The program of a network that reads text: it continues it, or answers about it.</summary>
internal static class TextProgram
{
    private const int LongestLiteral = 60;

    public static string Of(TextInput text, NetworkOutput output) => output is NextCharacterOutput ? Continued(text) : Judged(text, output);

    private static string Continued(TextInput text) => $$"""
        // The text to continue, of characters that occurred in training.
        var prompt = args.Length > 0 ? args[0] : {{CSharpText.Literal(GenerateCommand.Beginning(text))}};
        var text = network.Generate(prompt, {{GenerateCommand.Length}}, temperature: {{Temperature}}f, seed: {{GenerateCommand.Seed}});
        Console.Write(prompt.TrimStart('\n'));
        foreach (var character in text) Console.Write(character);
        Console.WriteLine();

        """;

    private static string Judged(TextInput text, NetworkOutput output) => $$"""
        // A text of exactly {{NumberText.Count(text.Length, "character")}} that occurred in training.
        var text = args.Length > 0 ? args[0] : {{Example(text)}};

        // {{NetworkProgram.Said(output)}}
        var answer = network.{{NetworkProgram.Call(output)}}(text);
        {{NetworkProgram.Written(output)}}

        // On many threads at once, as in a web server, use network.Predictor(): it has the same methods.

        """;

    private static string Temperature => GenerateCommand.Temperature.ToString(CultureInfo.InvariantCulture);

    // The known characters one after the other, as often as needed; or, for a long text, the first alone.
    private static string Example(TextInput text)
    {
        Rune[] known = [.. text.Characters.EnumerateRunes()];
        return text.Length <= LongestLiteral
            ? CSharpText.Literal(string.Concat(Enumerable.Range(0, text.Length).Select(i => known[i % known.Length])))
            : $"string.Concat(Enumerable.Repeat({CSharpText.Literal($"{known[0]}")}, {text.Length}))";
    }
}
