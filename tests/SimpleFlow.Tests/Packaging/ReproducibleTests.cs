using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Packaging;

/// <summary>Packages can be made again: two clones of a commit, in folders of other names, are packed to the same bytes.</summary>
public sealed class ReproducibleTests
{
    [Fact(Explicit = true)]
    public async Task Two_clones_are_packed_to_the_same_bytes()
    {
        var root = Directory.CreateTempSubdirectory("simpleflow-twice-");
        try
        {
            var packed = new List<Dictionary<string, byte[]>>();
            foreach (var place in (string[])["here", Path.Combine("there", "a longer name")])
            {
                var (clone, packages) = (Path.Combine(root.FullName, place), Path.Combine(root.FullName, $"packages {packed.Count}"));
                await Run(root.FullName, "git", "clone", "--quiet", Pages.Repository, clone);
                await Run(clone, "dotnet", "pack", "SimpleFlow.slnx", "-c", "Release", "-o", packages, "-p:RunAnalyzers=false",
                    $"-p:ToolSystems={Packages.ThisSystem}", "-tl:off", "-nologo");
                packed.Add(Directory.EnumerateFiles(packages).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes));
            }
            Assert.Equal(Packages.In(await Packages.Folder).Select(Path.GetFileName),
                packed[0].Keys.Where(name => name.EndsWith(".nupkg", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.Equal(packed[0].Keys.Order(StringComparer.Ordinal), packed[1].Keys.Order(StringComparer.Ordinal));
            Assert.All(packed[0], package => Assert.True(package.Value.AsSpan().SequenceEqual(packed[1][package.Key]), package.Key));
        }
        finally
        {
            foreach (var file in root.EnumerateFiles("*", SearchOption.AllDirectories)) file.IsReadOnly = false;
            root.Delete(recursive: true);
        }
    }

    private static async Task Run(string folder, string program, params string[] arguments)
    {
        var run = await ChildProcess.Run(folder, program, arguments);
        Assert.True(run.ExitCode == 0, run.All);
    }
}
