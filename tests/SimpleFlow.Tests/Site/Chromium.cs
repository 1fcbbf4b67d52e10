namespace SimpleFlow.Tests.Site;

/// <summary>The browser that pages are looked at in. <c>apt-get install chromium</c> brings it.</summary>
internal static class Chromium
{
    /// <summary>Why a test is skipped where there is none.</summary>
    public const string Missing = "There is no chromium here: apt-get install chromium.";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Where it is; null: there is none.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>What it is started with: as root, without a graphics card, with little shared memory.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
}
