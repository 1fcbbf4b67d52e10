using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow generate</c>: lets a saved network continue a text.</summary>
internal static class GenerateCommand
{
    public static Command Create(TextWriter output, TextWriter data, CancellationToken cancellation)
    {
        var model = NetworkArguments.Model();
        var prompt = OptionValues.Text("--prompt", "TEXT", "The text to continue [default: the beginning of a line]");
        var length = OptionValues.Number<int>("--length", "N", "How many characters to write [default: 400]", "a whole number from 1",
            n => n >= 1);
        var temperature = OptionValues.Number<float>("--temperature", "F",
            "How daring: 1 draws from the network's probabilities, less prefers likely characters, 0 always takes the likeliest "
                + "[default: 0.8]",
            "a number from 0", f => f >= 0 && float.IsFinite(f));
        var seed = OptionValues.Number<ulong>("--seed", "N", "The same seed writes the same text [default: 1]", "a whole number from 0",
            _ => true);
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
            var network = Network.Load(parsed.GetRequiredValue(model), parsed.GetValue(threads));
            var start = parsed.GetValue(prompt) ?? Beginning(network);
            var characters = network.Generate(start, parsed.GetValue(length) ?? 400, parsed.GetValue(temperature) ?? 0.8f,
                parsed.GetValue(seed) ?? 1, cancellation);
            if (parsed.GetValue(json))
            {
                var text = new StringBuilder().AppendJoin("", characters).ToString();
                JsonLine.Write(output, line =>
                {
                    line.WriteString("event", "text");
                    line.WriteString("prompt", start);
                    line.WriteString("text", text);
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

    private static string Beginning(Network network) =>
        network.Description.Input is not TextInput text ? "\n" : text.Vocabulary.Knows(new Rune('\n')) ? "\n" : text.Vocabulary.Decode([0]);
}
