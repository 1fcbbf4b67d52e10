using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Packaging;

/// <summary>
/// The packages as <c>dotnet pack</c> makes them, once for all tests, beside the tests and apart from other builds. The tool is packed for
/// this system alone, because the others take most of the time; tests that look at all of them are explicit.
/// </summary>
internal static class Packages
{
    private static readonly Lazy<Task<string>> Packed = new(() => Pack("packages", ThisSystem));
    private static readonly Lazy<Task<string>> PackedForAll = new(() => Pack("all-packages", null));

    /// <summary>This system, as packages name it: <c>linux-x64</c>.</summary>
    public static string ThisSystem { get; } = (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + $"-{RuntimeInformation.OSArchitecture}".ToLowerInvariant();

    /// <summary>The folder of the packages, with the tool for this system.</summary>
    public static Task<string> Folder => Packed.Value;

    /// <summary>The folder of the packages, with the tool for all systems.</summary>
    public static Task<string> FolderForAllSystems => PackedForAll.Value;

    /// <summary>Where packages are unpacked, instead of in the user's folder: those of the registry for all runs of the tests, our own
    /// for this run.</summary>
    public static string Unpacked { get; } = Path.Combine(AppContext.BaseDirectory, "unpacked");

    /// <summary>A new empty folder that knows only the packages and the registry: nothing of the repository helps.</summary>
    public static async Task<DirectoryInfo> EmptyFolder()
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-package-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="packages" value="{await Folder}" /></packageSources>
              <config><add key="globalPackagesFolder" value="{Unpacked}" /></config>
            </configuration>
            """);
        return folder;
    }

    /// <summary>The packages that hold something to use, without those of symbols.</summary>
    public static IReadOnlyList<string> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.nupkg").Order(StringComparer.Ordinal)];

    /// <summary>What a package says of itself.</summary>
    public static XElement Nuspec(ZipArchive package)
    {
        using var text = package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var metadata = XDocument.Load(text).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        foreach (var element in metadata.DescendantsAndSelf()) element.Name = element.Name.LocalName;
        return metadata;
    }

    private static async Task<string> Pack(string name, string? system)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, name);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        if (Directory.Exists(Unpacked))
        {
            foreach (var ours in Directory.EnumerateDirectories(Unpacked, "simpleflow*")) Directory.Delete(ours, recursive: true);
        }
        // The command of the first page, but for where its results go.
        string[] words = [.. Assert.Single(Reader.Commands("README.md", "pack")).Split(' ')
            .Select(word => word == "packages" ? folder : word)];
        var run = await ChildProcess.Run(Pages.Repository, words[0], [.. words[1..], "--artifacts-path",
            Path.Combine(AppContext.BaseDirectory, "packed"), $"-p:ToolSystems={system}", "-p:RunAnalyzers=false", "-tl:off", "-nologo"]);
        Assert.True(run.ExitCode == 0, run.All);
        return folder;
    }
}
