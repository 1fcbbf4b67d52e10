namespace SimpleFlow.Cli;

/// <summary>The exit codes of the tool.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A file or a value that cannot be used, or training that cannot continue.</summary>
    public const int Failed = 1;

    /// <summary>A command line that is not understood.</summary>
    public const int WrongUsage = 2;

    /// <summary>128 + the number of the signal, as shells have it.</summary>
    public const int Cancelled = 130;

    public const int Terminated = 143;
}
