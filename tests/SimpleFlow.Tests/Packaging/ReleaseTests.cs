using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Packaging;

/// <summary>The command of docs/releasing.md, in a small repository of its own and on the packages of this one.</summary>
public sealed class ReleaseTests
{
    private static readonly string Program = Path.Combine(Pages.Repository, "build", "release.cs");

    [Fact]
    public async Task It_refuses_what_is_not_ready_and_says_why()
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-release-");
        try
        {
            var none = await Release(folder.FullName, "check");
            Assert.Equal(1, none.ExitCode);
            Assert.Contains("run it in the root of the repository", none.Errors, StringComparison.Ordinal);

            Write("SimpleFlow.slnx", "");
            Write("Rules.props", "<Project><PropertyGroup><Version>1.2.0</Version></PropertyGroup></Project>");
            Write("CHANGELOG.md", "## [1.1.0] – 2026-01-02\n");
            await Git("init", "--quiet");
            var dirty = await Release(folder.FullName, "check");
            Assert.Equal(1, dirty.ExitCode);
            Assert.Contains("The tree is not clean", dirty.Errors, StringComparison.Ordinal);
            Assert.Contains("CHANGELOG.md has no entry that begins with `## [1.2.0]`", dirty.Errors, StringComparison.Ordinal);

            Write("CHANGELOG.md", "## [1.2.0] – unreleased\n");
            await Commit();
            var undated = await Release(folder.FullName, "check");
            Assert.Equal(1, undated.ExitCode);
            Assert.Contains("give it the date of the release", Assert.Single(undated.Errors.TrimEnd().Split('\n')),
                StringComparison.Ordinal);

            Write("CHANGELOG.md", "## [1.2.0] – 2026-05-01\n");
            await Commit();
            var ready = await Release(folder.FullName, "check");
            Assert.True(ready.ExitCode == 0, ready.All);
            Assert.Equal("", ready.Errors);

            await Git("tag", "v1.2.0");
            Assert.Contains("that version is released", (await Release(folder.FullName, "check")).Errors, StringComparison.Ordinal);
            Assert.Contains("It takes nothing", (await Release(folder.FullName, "publish")).Errors, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories)) file.IsReadOnly = false;
            folder.Delete(recursive: true);
        }

        void Write(string name, string text) => File.WriteAllText(Path.Combine(folder.FullName, name), text);

        async Task Commit()
        {
            await Git("add", ".");
            await Git("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "commit", "--quiet", "-m", "Change");
        }

        async Task Git(params string[] arguments)
        {
            var run = await ChildProcess.Run(folder.FullName, "git", arguments);
            Assert.True(run.ExitCode == 0, run.All);
        }
    }

    [Fact]
    public async Task It_lists_the_packages_to_publish_and_publishes_none()
    {
        var packages = await Packages.Folder;
        var run = await Release(Pages.Repository, "verify", packages);
        Assert.True(run.ExitCode == 0, run.All);
        string[] pushed = [.. run.Output.Split('\n').Where(line => line.StartsWith("dotnet nuget push ", StringComparison.Ordinal))];
        Assert.Equal(Packages.In(packages).Count, pushed.Length);
        Assert.Contains($"{Path.DirectorySeparatorChar}SimpleFlow.0.1.0.nupkg", pushed[0], StringComparison.Ordinal);
        Assert.Contains("SimpleFlow.Tool.0.1.0.nupkg", pushed[^1], StringComparison.Ordinal);
        Assert.Contains("git tag v0.1.0 ", run.Output, StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("simpleflow-release-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(packages, "SimpleFlow.Images.*"))
                File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            var missing = await Release(Pages.Repository, "verify", folder.FullName);
            Assert.Equal(1, missing.ExitCode);
            Assert.Contains("lacks SimpleFlow.0.1.0.nupkg", missing.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("nuget push", missing.Output, StringComparison.Ordinal);
            File.Delete(Path.Combine(folder.FullName, "SimpleFlow.Images.0.1.0.snupkg"));
            Assert.Contains("has no symbols beside it", (await Release(Pages.Repository, "verify", folder.FullName)).Errors,
                StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<ChildProcess> Release(string folder, params string[] arguments) =>
        ChildProcess.Run(folder, "dotnet", ["run", Program, "--", .. arguments]);
}
