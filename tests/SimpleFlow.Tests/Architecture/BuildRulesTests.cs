using SimpleFlow.Tests.Docs;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Architecture;

/// <summary>Whom the project's own rules bind: its projects when the solution is built, and nobody else's program.</summary>
public sealed class BuildRulesTests : IDisposable
{
    private const string WouldBeFlagged = """
        namespace Library;

        public static class Names
        {
            public static bool IsX(string name) => name.ToLower() == "x";
        }
        """;

    private readonly TemporaryFolder _root = new();

    public BuildRulesTests()
    {
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "Rules.props", ".editorconfig", "global.json" })
            File.Copy(Path.Combine(Pages.Repository, file), _root.File(file));
    }

    [Fact]
    public async Task A_program_in_the_root_may_have_an_unused_variable()
    {
        await File.WriteAllTextAsync(_root.File("program.cs"), "var unused = 3;\nConsole.WriteLine(\"it runs\");\n",
            TestContext.Current.CancellationToken);
        var run = await ChildProcess.Run(_root.File(), "dotnet", "run", "-c", "Release", "program.cs");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.EndsWith("it runs", run.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_in_the_root_says_the_versions_of_its_packages_itself()
    {
        await File.WriteAllTextAsync(_root.File("mine.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\" />",
            TestContext.Current.CancellationToken);
        var run = await ChildProcess.Run(_root.File(), "dotnet", "msbuild", "mine.csproj", "-getProperty:ManagePackageVersionsCentrally",
            "-getProperty:TreatWarningsAsErrors", "-getItem:PackageReference");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.DoesNotContain("\"true\"", run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Analyzer", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyzers_stop_the_test_command_and_not_the_first_run_of_the_tool()
    {
        var (token, tool) = (TestContext.Current.CancellationToken, Directory.CreateDirectory(_root.File("src", "Tool")).FullName);
        File.Copy(Path.Combine(Pages.Repository, "src", "Directory.Build.props"), _root.File("src", "Directory.Build.props"));
        await File.WriteAllTextAsync(Path.Combine(tool, "Names.cs"), WouldBeFlagged, token);
        await File.WriteAllTextAsync(Path.Combine(tool, "Program.cs"), "System.Console.WriteLine(Library.Names.IsX(\"X\"));\n", token);
        await File.WriteAllTextAsync(Path.Combine(tool, "Tool.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><IsTestingPlatformApplication>true</IsTestingPlatformApplication></PropertyGroup>
            </Project>
            """, token);
        await File.WriteAllTextAsync(_root.File("SimpleFlow.slnx"), "<Solution><Project Path=\"src/Tool/Tool.csproj\" /></Solution>",
            token);

        var first = await ChildProcess.Run(_root.File(), "dotnet", "run", "-c", "Release", "--project", "src/Tool");
        Assert.True(first.ExitCode == 0 && first.Output.Contains("True", StringComparison.Ordinal), first.All);

        // As .ci/run and the README say it; what the first run compiled is not up to date for it.
        var tests = await ChildProcess.Run(_root.File(), "dotnet", "test", "--solution", "SimpleFlow.slnx", "-c", "Release");
        Assert.NotEqual(0, tests.ExitCode);
        Assert.Contains("error CA1862", tests.All, StringComparison.Ordinal);
        Assert.All(new[] { ".ci/run", "README.md" },
            page => Assert.Contains("dotnet test --solution SimpleFlow.slnx -c Release",
                File.ReadAllText(Path.Combine(Pages.Repository, page)), StringComparison.Ordinal));
    }

    public void Dispose() => _root.Dispose();
}
