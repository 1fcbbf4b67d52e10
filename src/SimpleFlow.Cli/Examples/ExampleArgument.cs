using System.CommandLine;

namespace SimpleFlow.Cli.Examples;

/// <summary>Which example network to look into, and from which weights.</summary>
internal static class ExampleArgument
{
    public static Argument<string> Create()
    {
        var argument = new Argument<string>("WHAT")
        {
            Description =
                "A network that simpleflow train --save has written, or an .onnx file, with made-up rows; or "
                    + $"{string.Join(", ", ExampleNetwork.Names[..^1])} or {ExampleNetwork.Names[^1]}: a line, the seed's parabola "
                    + "(1-20-1), what train mnist trains, the seed's network for digits (784-64-10)",
        };
        argument.CompletionSources.Add(_ => ExampleNetwork.Names.Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !ExampleNetwork.Names.Contains(name, StringComparer.Ordinal)
                && !Path.Exists(name))
                result.AddError(
                    $"WHAT is '{name}', and must be one of {string.Join(", ", ExampleNetwork.Names)}, or a saved network; there is no "
                        + "such file or folder");
        });
        return argument;
    }

    public static Option<ulong?> Seed() =>
        OptionValues.Number<ulong>("--seed", "N", "The seed of the initial weights [default: 1]", "a whole number from 0", _ => true);
}
