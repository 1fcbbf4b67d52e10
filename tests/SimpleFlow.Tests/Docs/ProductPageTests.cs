using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Examples;
using SimpleFlow.Tests.Packaging;

namespace SimpleFlow.Tests.Docs;

/// <summary>The page that follows one network to a web service, a console program, a browser and Python: its commands and files as they
/// stand, in an empty folder with nothing but the packages, and what it says that they answer.</summary>
public sealed partial class ProductPageTests(ProductPageTests.Trained trained, ITestOutputHelper output)
    : IClassFixture<ProductPageTests.Trained>
{
    public const string Page = "docs/from-training-to-product.md";
    private readonly string _folder = trained.Folder;

    [Fact]
    public async Task The_web_service_answers_refuses_and_changes_its_network_while_it_serves()
    {
        // Only against a service that never changes: it looks at the file every second.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(15));
        var token = patience.Token;
        await Typed("product web", "irises-web/Program.cs");
        var command = Inline("dotnet run -c Release --urls http://localhost:8080").Split(' ');
        await using var server = await ServerProcess.Start(Path.Combine(_folder, "irises-web"), new Dictionary<string, string>(),
            command[1..^2], token);
        string[] said = [.. JsonBody().Matches(Block("requests: species")).Select(match => match.Groups["body"].Value)];
        var answers = Block("responses: species").Split('\n');
        Assert.Equal(said.Length, answers.Length);
        foreach (var (body, expected) in said.Zip(answers))
        {
            var (status, text) = await Ask(body);
            var isError = expected.StartsWith("{\"error\"", StringComparison.Ordinal);
            Assert.Equal(isError ? HttpStatusCode.BadRequest : HttpStatusCode.OK, status);
            Assert.True(Learn.LessonTests.Agree(expected, text), $"{text}\nand the page says\n{expected}");
        }
        Assert.Contains("ready", await server.Client.GetStringAsync("health", token), StringComparison.Ordinal);

        // A network that says another thing takes its place, without a request that fails.
        var network = Network.Load(Path.Combine(_folder, "irises.safetensors"));
        var health = await server.Client.GetStringAsync("health", token);
        foreach (var variable in network.Model.Variables) variable.Set(new float[variable.Values.FlattenedLength]);
        network.Save(Path.Combine(_folder, "irises.safetensors"));
        try
        {
            while (await server.Client.GetStringAsync("health", token) == health)
                Assert.Equal(HttpStatusCode.OK, (await Ask(said[0])).Status);
            Assert.Contains("0.333", (await Ask(said[0])).Text, StringComparison.Ordinal);
            var replaced = await server.Client.GetStringAsync("health", token);
            await File.WriteAllTextAsync(Path.Combine(_folder, "irises.safetensors"), "no network", token);
            await Task.Delay(TimeSpan.FromSeconds(3), token);
            Assert.Contains("0.333", (await Ask(said[0])).Text, StringComparison.Ordinal);
            Assert.Equal(replaced, await server.Client.GetStringAsync("health", token));
        }
        finally
        {
            File.Copy(Path.Combine(_folder, "trained.safetensors"), Path.Combine(_folder, "irises.safetensors"), overwrite: true);
        }

        async Task<(HttpStatusCode Status, string Text)> Ask(string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await server.Client.PostAsync("species", content, token);
            return (answer.StatusCode, Regex.Unescape(await answer.Content.ReadAsStringAsync(token)));
        }
    }

    [Fact]
    public async Task The_console_program_compiled_ahead_of_time_prints_what_the_page_says()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows() || new[] { "clang", "gcc" }.Any(IsOnPath),
            "There is no clang and no gcc to link with.");
        await Typed("product console", "irises-console/Program.cs");
        var folder = Path.Combine(_folder, "irises-console");
        await Run(folder, $"{Inline("dotnet publish -c Release -p:PublishAot=true -o published")}{Linker}");
        var program = Path.Combine(folder, "published", OperatingSystem.IsWindows() ? "irises-console.exe" : "irises-console");
        var words = Inline("published/irises-console ../irises.safetensors ../new.csv").Split(' ');
        var run = await ChildProcess.Run(folder, program, words[1..]);
        Assert.Equal(Block("answer: product console"), run.All.TrimEnd().ReplaceLineEndings("\n"));
        var refused = await ChildProcess.Run(folder, program, "../irises.safetensors", "../nothing.csv");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("nothing.csv", refused.Errors, StringComparison.Ordinal);
        var size = new FileInfo(program).Length / 1e6;
        output.WriteLine($"{size:F1} MB");
        if (OperatingSystem.IsLinux())
            Assert.Equal(double.Parse(Megabytes().Match(Text).Groups[1].Value, CultureInfo.InvariantCulture), size, 0.5);
    }

    [Fact]
    public async Task The_Python_program_computes_the_same_probabilities_from_the_file_alone()
    {
        string? python = null;
        foreach (var candidate in (string[])["python3", "/usr/bin/python3", "python"])
        {
            if (python is null && (candidate.StartsWith('/') ? File.Exists(candidate) : IsOnPath(candidate))
                && (await ChildProcess.Run(_folder, candidate, "-c", "import numpy")).ExitCode == 0)
                python = candidate;
        }
        Assert.SkipWhen(python is null, "There is no Python with NumPy.");
        WriteFile("irises.py");
        var words = Inline("python3 irises.py irises.safetensors new.csv").Split(' ');
        var irises = Path.Combine(Pages.Repository, "data", "iris", "iris.csv");
        foreach (var data in (string[])["new.csv", irises])
        {
            var run = await ChildProcess.Run(_folder, python!, [.. words[1..^1], data]);
            Assert.True(run.ExitCode == 0, run.All);
            var predicted = CsvTable.Parse(ToolRun.Of("predict", Path.Combine(_folder, "irises.safetensors"), Path.Combine(_folder, data))
                .Succeeded().Output);
            var (said, lines) = (predicted.Column("predicted species"), run.Output.TrimEnd().Split('\n'));
            Assert.Equal(predicted.Rows, lines.Length);
            foreach (var (row, line) in lines.Index())
            {
                var cells = line.Trim().Split(' ');
                Assert.Equal(predicted[row, said], cells[0]);
                for (var i = 1; i < cells.Length; i++)
                    Assert.Equal(double.Parse(predicted[row, said + 1 + i], CultureInfo.InvariantCulture),
                        double.Parse(cells[i], CultureInfo.InvariantCulture), 1e-5);
            }
        }
    }

    [Fact(Explicit = true)]
    public async Task The_page_in_a_browser_says_what_the_network_says()
    {
        var chromium = ((string[])["chromium", "chromium-browser", "google-chrome"]).FirstOrDefault(IsOnPath);
        Assert.SkipWhen(chromium is null, "There is no Chromium.");
        await Typed("product browser", "irises-browser/Pages/Home.razor");
        var folder = Path.Combine(_folder, "irises-browser");
        File.Copy(Path.Combine(_folder, "irises.safetensors"), Path.Combine(folder, "wwwroot", "irises.safetensors"), overwrite: true);
        await Run(folder, Inline("dotnet publish -c Release -o published"));
        await using var files = new StaticFiles(Path.Combine(folder, "published", "wwwroot"));
        var page = await ChildProcess.Run(_folder, chromium!, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000",
            "--dump-dom", files.Address);
        Assert.Matches("<p id=\"answer\">versicolor, [0-9.]+ %</p>", page.Output);
        var download = $"downloads {files.Bytes / 1e6:F1} MB in {files.Count} files, or {files.Compressed / 1e6:F1} MB";
        output.WriteLine(download);
        Assert.Contains(download, Text, StringComparison.Ordinal);
    }

    private static string Text => string.Join('\n', Pages.Lines(Page));

    // The SDK asks for clang; where there is none, gcc links too.
    private static string Linker => OperatingSystem.IsLinux() && !IsOnPath("clang") ? " -p:CppCompilerAndLinker=gcc" : "";

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    // The block below a mark such as <!-- commands: product web -->.
    private static string Block(string mark) =>
        Assert.Single(CodeBlock.All, block => block.Page == Page && Pages.Lines(Page)[block.Line - 2] == $"<!-- {mark} -->").Text;

    // A command that stands in the text.
    private static string Inline(string command)
    {
        Assert.Contains($"`{command}`", Text, StringComparison.Ordinal);
        return command;
    }

    private void WriteFile(string name) => File.WriteAllText(Path.Combine(_folder, name), Block($"file: {name}") + "\n");

    private async Task Typed(string commands, string file)
    {
        var folder = _folder;
        foreach (var command in Block($"commands: {commands}").Split('\n'))
        {
            if (command.StartsWith("cd ", StringComparison.Ordinal)) folder = Path.Combine(folder, command[3..]);
            else await Run(folder, command);
        }
        WriteFile(file);
    }

    private static async Task Run(string folder, string command)
    {
        var run = await ChildProcess.Run(folder, command.Split(' ')[0], command.Split(' ')[1..]);
        Assert.True(run.ExitCode == 0, $"{command}\n{run.All}");
    }

    [GeneratedRegex("--json '(?<body>[^']*)'")]
    private static partial Regex JsonBody();

    [GeneratedRegex(@"makes one file of ([\d.]+) MB")]
    private static partial Regex Megabytes();

    /// <summary>The folder of the page, with the network trained as it says.</summary>
    public sealed class Trained : IAsyncLifetime
    {
        /// <summary>Where it is.</summary>
        public string Folder { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Folder = (await Packages.EmptyFolder()).FullName;
            File.Copy(Path.Combine(Pages.Repository, "data", "iris", "iris.csv"), Path.Combine(Folder, "iris.csv"));
            await File.WriteAllTextAsync(Path.Combine(Folder, "new.csv"), Block("file: new.csv") + "\n");
            foreach (var command in Block("commands: product train").Split('\n'))
            {
                var run = await ChildProcess.Run(Folder, "dotnet", [Path.Combine(AppContext.BaseDirectory, "SimpleFlow.Cli.dll"),
                    .. command.Split(' ')[1..]]);
                Assert.True(run.ExitCode == 0 && run.Output.Length > 0, $"{command}\n{run.All}");
            }
            File.Copy(Path.Combine(Folder, "irises.safetensors"), Path.Combine(Folder, "trained.safetensors"));
        }

        public ValueTask DisposeAsync()
        {
            if (Folder.Length > 0) Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
