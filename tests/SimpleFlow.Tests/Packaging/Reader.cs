using System.Text.RegularExpressions;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Packaging;

/// <summary>Somebody with an empty folder and the packages who types the commands of a page as they stand. Templates, global tools and
/// unpacked packages have folders of their own, so that nothing of this machine's user helps.</summary>
internal sealed partial class Reader : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("simpleflow-reader-");
    private readonly string _packages;

    private Reader(string packages)
    {
        _packages = packages;
        Folder = _root.CreateSubdirectory("work").FullName;
        Environment = new Dictionary<string, string>
        {
            ["DOTNET_CLI_HOME"] = Path.Combine(_root.FullName, "home"),
            ["NUGET_PACKAGES"] = Packages.Unpacked,
        };
    }

    /// <summary>What its programs see of itself.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Where the next command runs: <c>cd</c> changes it.</summary>
    public string Folder { get; private set; }

    public static async Task<Reader> WithPackages() => new(await Packages.Folder);

    /// <summary>The commands of this name on a page.</summary>
    public static IReadOnlyList<string> Commands(string page, string name) =>
        Assert.Single(CodeBlock.All, block => block.Page == page && block.Kind == "commands" && block.Name == name).Text.Split('\n');

    /// <summary>A command that the page says in its text: <c>`dotnet run -c Release` prints</c>.</summary>
    public static string Inline(string page, string command)
    {
        Assert.Contains(Pages.Lines(page), line => line.Contains($"`{command}`", StringComparison.Ordinal));
        return command;
    }

    /// <summary>Types commands one after the other; each must succeed. What the last program printed is given back.</summary>
    public async Task<string> Type(params IEnumerable<string> commands)
    {
        var printed = "";
        foreach (var command in commands) printed = await Type(command) ?? printed;
        return printed;
    }

    /// <summary>A file in the folder where the reader is.</summary>
    public string File(params ReadOnlySpan<string> path) => Path.Combine([Folder, .. path]);

    /// <summary>Runs a program there.</summary>
    public Task<ChildProcess> Run(string program, params string[] arguments) =>
        ChildProcess.Run(Folder, Environment, Found(program), arguments);

    /// <summary>Runs a program there, with a variable of its environment set.</summary>
    public Task<ChildProcess> RunWith((string Name, string Value) variable, string program, params string[] arguments) =>
        ChildProcess.Run(Folder, new Dictionary<string, string>(Environment) { [variable.Name] = variable.Value }, Found(program),
            arguments);

    /// <summary>A command without what a page says beside it: <c>dotnet run     # trains</c>.</summary>
    public static string WithoutComment(string command) => Comment().Replace(command, "");

    // The program and the arguments of a command, with the folder of the packages for that of the page.
    private static string[] Words(string command, string packages) =>
        [.. Word().Matches(WithoutComment(command).Replace("/path/to/simpleflow/packages", packages, StringComparison.Ordinal))
            .Select(word => word.Value.Replace("\"", "", StringComparison.Ordinal))];

    public void Dispose() => _root.Delete(recursive: true);

    private async Task<string?> Type(string command)
    {
        var words = Words(command, _packages);
        if (words is ["cd", var folder])
        {
            Folder = Path.GetFullPath(Path.Combine(Folder, folder));
            return null;
        }
        var run = await Run(words[0], words[1..]);
        Assert.True(run.ExitCode == 0, $"{command}\n{run.All}");
        Assert.DoesNotMatch(@"\bwarning\b", run.All);
        return run.Output;
    }

    // A global tool is where the system finds it when the user has opened a new terminal.
    private string Found(string program)
    {
        var tool = Path.Combine(_root.FullName, "home", ".dotnet", "tools", OperatingSystem.IsWindows() ? $"{program}.exe" : program);
        return System.IO.File.Exists(tool) ? tool : program;
    }

    [GeneratedRegex(@"(?:""[^""]*""|[^\s""])+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s+#[^""]*$")]
    private static partial Regex Comment();
}
