namespace SimpleFlow.Cli;

/// <summary>A command line as a person can paste it into a shell.</summary>
internal static class ShellCommand
{
    private static readonly string Harmless = OperatingSystem.IsWindows() ? "-_./,:=+@%\\" : "-_./,:=+@%";

    public static string Of(IEnumerable<string> args) => string.Join(' ', args.Prepend("simpleflow").Select(Quoted));

    private static string Quoted(string argument)
    {
        if (argument.Length > 0
            && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || Harmless.Contains(letter, StringComparison.Ordinal)))
            return argument;
        return OperatingSystem.IsWindows() ? $"\"{argument}\"" : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
