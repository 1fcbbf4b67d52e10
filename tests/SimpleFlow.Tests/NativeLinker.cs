namespace SimpleFlow.Tests;

/// <summary>What links a program that is compiled ahead of time; a machine that has only the SDK may have none.</summary>
internal static class NativeLinker
{
    public const string Missing = "There is no clang and no gcc to link with.";

    /// <summary>Whether it is here; on Windows the SDK looks for it by itself.</summary>
    public static bool IsHere { get; } = OperatingSystem.IsWindows() || ChildProcess.Find("clang", "gcc") is not null;
}
