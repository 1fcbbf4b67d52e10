using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Surface;

/// <summary><c>tests/SimpleFlow.Shipped</c>, compiled ahead of time and trimmed, once for all tests.</summary>
internal static class ShippedProgram
{
    private static readonly Lazy<Task<ChildProcess>> Publishing = new(Publish);

    // Beside the tests, so that a second run has little to do; apart from the other builds of these projects, which it would get in the way
    // of.
    private static string Artifacts => Path.Combine(AppContext.BaseDirectory, "shipped");

    /// <summary>The program; the test is skipped where it cannot be made.</summary>
    public static async Task<string> Published()
    {
        Assert.SkipUnless(NativeLinker.IsHere, NativeLinker.Missing);
        var build = await Publishing.Value;
        Assert.SkipWhen(build.ExitCode != 0 && build.All.Contains("NU1101", StringComparison.Ordinal),
            "The compiler for this platform is not among the packages of this machine.");
        Assert.True(build.ExitCode == 0 && !build.All.Contains("warning", StringComparison.OrdinalIgnoreCase), build.All);
        return Directory.EnumerateFiles(Path.Combine(Artifacts, "publish"), OperatingSystem.IsWindows() ? "SimpleFlow.Shipped.exe"
            : "SimpleFlow.Shipped", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!;
    }

    private static Task<ChildProcess> Publish() => ChildProcess.Run(AppContext.BaseDirectory, "dotnet", "publish",
        Path.Combine(Pages.Repository, "tests", "SimpleFlow.Shipped", "SimpleFlow.Shipped.csproj"), "-c", "Release",
        "--use-current-runtime", "--artifacts-path", Artifacts, "-p:Ship=true", "-p:RunAnalyzers=false", "-tl:off", "-nologo");
}
