using System.CommandLine;

namespace SimpleFlow.Cli;

/// <summary>The arguments that all commands with a saved network share.</summary>
internal static class NetworkArguments
{
    public static Argument<string> Model() => new("MODEL")
    {
        Description = "A network that simpleflow train --save has written, or an .onnx file"
    };

    /// <summary>Where differences from training are reported: beside the results, which another program may read.</summary>
    public static Action<string> Notes(ParseResult parsed) =>
        sentence => parsed.InvocationConfiguration.Error.WriteLine(Printable.Of($"simpleflow: {sentence}."));

    public static Option<bool> Json(string description) =>
        new("--json")
        {
            Description =
                "Print nothing but JSON, one object a line: "
                    + $"{description}. A number that is not finite is the text NaN, Infinity or -Infinity"
        };
}
