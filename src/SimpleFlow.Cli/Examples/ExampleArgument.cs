using System.CommandLine;

namespace SimpleFlow.Cli.Examples;

/// <summary>Which example network to look into, and from which weights.</summary>
internal static class ExampleArgument
{
    public static Argument<string> Create()
    {
        var argument = new Argument<string>("WHAT") { Description = $"{string.Join(", ", ExampleNetwork.Names[..^1])} or {ExampleNetwork.Names[^1]}: a line, the seed's parabola (1-20-1), its network for digits (784-64-10)" };
        argument.CompletionSources.Add(_ => ExampleNetwork.Names.Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ExampleNetwork.Names.Contains(token.Value, StringComparer.Ordinal))
                result.AddError($"WHAT is '{token.Value}', and must be one of {string.Join(", ", ExampleNetwork.Names)}");
        });
        return argument;
    }

    public static Option<ulong?> Seed() => OptionValues.Number<ulong>("--seed", "N", "What the first weights follow from [default: 1]", "a whole number from 0", _ => true);
}
