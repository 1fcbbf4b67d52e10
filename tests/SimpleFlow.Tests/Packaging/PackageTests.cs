using System.IO.Compression;

namespace SimpleFlow.Tests.Packaging;

/// <summary>What is in the packages: names, sizes, and what a registry and a debugger want of them.</summary>
public sealed class PackageTests(ITestOutputHelper output)
{
    private static readonly string[] Systems =
        ["linux-x64", "linux-arm64", "linux-musl-x64", "win-x64", "win-arm64", "osx-x64", "osx-arm64", "any"];

    [Fact(Explicit = true)]
    public async Task These_are_the_packages()
    {
        var names = Packages.In(await Packages.FolderForAllSystems)
            .Select(file => Path.GetFileName(file).Replace(".0.1.0.nupkg", "", StringComparison.Ordinal));
        string[] all = ["SimpleFlow", "SimpleFlow.Images", "SimpleFlow.Mpi", "SimpleFlow.Onnx", "SimpleFlow.Plots", "SimpleFlow.Templates",
            "SimpleFlow.Tool"];
        Assert.Equal(all.Concat(Systems.Select(system => $"SimpleFlow.Tool.{system}")).Order(StringComparer.Ordinal),
            names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_says_what_a_registry_shows()
    {
        Assert.All(Packages.In(await Packages.Folder), file =>
        {
            using var package = ZipFile.OpenRead(file);
            var nuspec = Packages.Nuspec(package);
            Assert.Equal("MIT", (string?)nuspec.Element("license"));
            Assert.All(new[] { "description", "tags", "releaseNotes", "authors", "copyright" }, name =>
                Assert.False(string.IsNullOrWhiteSpace((string?)nuspec.Element(name)), $"{file} has no {name}."));
            Assert.All(new[] { "icon", "readme" }, name => Assert.NotNull(package.GetEntry((string)nuspec.Element(name)!)));
            Assert.NotNull(nuspec.Element("repository")?.Attribute("commit"));
            output.WriteLine($"{Path.GetFileName(file)}: {new FileInfo(file).Length / 1e6:F2} MB");
        });
    }

    [Fact]
    public async Task The_library_is_small_and_has_one_dependency()
    {
        var file = Path.Combine(await Packages.Folder, "SimpleFlow.0.1.0.nupkg");
        Assert.InRange(new FileInfo(file).Length, 1, 1_000_000);
        using var package = ZipFile.OpenRead(file);
        Assert.Equal(["System.Numerics.Tensors"],
            Packages.Nuspec(package).Descendants("dependency").Select(one => (string)one.Attribute("id")!));
    }

    [Theory]
    [InlineData("SimpleFlow"), InlineData("SimpleFlow.Images"), InlineData("SimpleFlow.Onnx"), InlineData("SimpleFlow.Mpi"),
     InlineData("SimpleFlow.Plots")]
    public async Task A_library_has_its_documentation_and_its_symbols_with_the_sources_inside(string name)
    {
        var folder = await Packages.Folder;
        using var package = ZipFile.OpenRead(Path.Combine(folder, $"{name}.0.1.0.nupkg"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.dll"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.xml"));
        using var symbols = ZipFile.OpenRead(Path.Combine(folder, $"{name}.0.1.0.snupkg"));
        using var stream = symbols.GetEntry($"lib/net10.0/{name}.pdb")!.Open();
        var pdb = new MemoryStream();
        await stream.CopyToAsync(pdb, TestContext.Current.CancellationToken);
        pdb.Position = 0;
        using var provider = System.Reflection.Metadata.MetadataReaderProvider.FromPortablePdbStream(pdb);
        var reader = provider.GetMetadataReader();
        var documents = reader.Documents.Select(one => reader.GetString(reader.GetDocument(one).Name)).ToList();
        Assert.All(documents, document => Assert.StartsWith("/_", document, StringComparison.Ordinal));       // no folder of this machine
        var embedded = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
        var withSource = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Count(one => reader.GetGuid(one.Kind) == embedded);
        Assert.Equal(documents.Count, withSource);
    }

    [Fact(Explicit = true)]
    public async Task The_tool_for_a_system_has_the_native_libraries_of_that_system_alone()
    {
        var folder = await Packages.FolderForAllSystems;
        Assert.All(Systems, system =>
        {
            var file = Path.Combine(folder, $"SimpleFlow.Tool.{system}.0.1.0.nupkg");
            Assert.InRange(new FileInfo(file).Length, 1, 20_000_000);
            output.WriteLine($"{Path.GetFileName(file)}: {new FileInfo(file).Length / 1e6:F2} MB");
            using var package = ZipFile.OpenRead(file);
            string[] native = [.. package.Entries.Select(entry => entry.Name)
                .Where(name => name.StartsWith("lib", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            var ending = system[..3] switch { "win" => "dll", "osx" => "dylib", _ => "so" };
            Assert.Equal(system == "any" ? [] : [$"libHarfBuzzSharp.{ending}", $"libSkiaSharp.{ending}"], native);
            Assert.NotNull(package.GetEntry($"tools/net10.0/{system}/digits/train-images-idx3-ubyte.gz"));
        });
    }

    [Fact]
    public async Task The_tool_runs_once_without_being_installed()
    {
        var folder = await Packages.EmptyFolder();
        try
        {
            var run = await ChildProcess.Run(folder.FullName, "dotnet", "tool", "exec", "--yes", "SimpleFlow.Tool", "--", "train", "digits",
                "--epochs", "1");
            Assert.True(run.ExitCode == 0, run.All);
            Assert.Contains("Test accuracy", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
