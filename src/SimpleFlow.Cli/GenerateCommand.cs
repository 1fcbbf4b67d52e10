using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow generate</c>: lets a saved network continue a text.</summary>
internal static class GenerateCommand
{
    /// <summary>How many characters are written by default.</summary>
    public const int Length = 400;

    /// <summary>How daring they are by default.</summary>
    public const float Temperature = 0.8f;

    /// <summary>What they are drawn with by default.</summary>
    public const ulong Seed = 1;

    public static Command Create(TextWriter output, TextWriter data, CancellationToken cancellation)
    {
        var model = NetworkArguments.Model();
        var prompt = OptionValues.Text("--prompt", "TEXT", "The text to continue [default: the beginning of a line]");
        var length = OptionValues.Number<int>("--length", "N", $"How many characters to write [default: {Length}]", "a whole number from 1",
            n => n >= 1);
        var temperature = OptionValues.Number<float>("--temperature", "F",
            "How daring: 1 draws from the network's probabilities, less prefers likely characters, 0 always takes the likeliest "
                + $"[default: {Temperature}]",
            "a number from 0", f => f >= 0 && float.IsFinite(f));
        var seed = OptionValues.Number<ulong>("--seed", "N", $"The same seed writes the same text [default: {Seed}]",
            "a whole number from 0", _ => true);
        var threads = OptionValues.Threads("Threads to write with");
        var json = NetworkArguments.Json("{\"event\":\"text\",\"prompt\":…,\"text\":…}");
        var command = new Command("generate", "Continue a text, a character at a time.") { model, prompt, length, temperature, seed,
            threads, json };
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow generate sonnets --prompt "Shall I "   continues the text
            simpleflow generate sonnets --temperature 0.5     with fewer surprises
            """) });
        command.SetAction(parsed =>
        {
            var network = NetworkFile.Load(parsed.GetRequiredValue(model), parsed.GetValue(threads),
                "Only networks of SimpleFlow know the characters of their texts: export one with simpleflow export.");
            var start = parsed.GetValue(prompt) ?? (network.Description.Input is TextInput text ? Beginning(text) : "\n");
            var characters = network.Generate(start, parsed.GetValue(length) ?? Length, parsed.GetValue(temperature) ?? Temperature,
                parsed.GetValue(seed) ?? Seed, cancellation);
            if (parsed.GetValue(json))
            {
                var written = string.Concat(characters);
                JsonLine.Write(output, line =>
                {
                    line.WriteString("event", "text");
                    line.WriteString("prompt", start);
                    line.WriteString("text", written);
                });
                return ExitCodes.Done;
            }
            data.Write(start.TrimStart('\n'));
            foreach (var character in characters)
            {
                data.Write(character.ToString());
                data.Flush();
            }
            data.WriteLine();
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>What is continued by default: the beginning of a line, if there were lines in training.</summary>
    public static string Beginning(TextInput text) => text.Vocabulary.Knows(new Rune('\n')) ? "\n" : text.Vocabulary.Decode([0]);
}
