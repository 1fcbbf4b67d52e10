using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Packaging;

/// <summary>The templates as a user has them: installed from the folder of packages as the first page says, and each made under a name of
/// its own, run, and used with the commands of its README.</summary>
public sealed partial class TemplateTests(TemplateTests.Installed installed, ITestOutputHelper output)
    : IClassFixture<TemplateTests.Installed>
{
    private const string Page = "README.md";
    private static readonly string[] Names = ["images", "table", "text", "web"];

    // Only against a program that never ends: the first build on a slow machine takes minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly Reader _reader = installed.Reader!;

    [Fact]
    public void The_commands_of_the_page_make_a_program_that_trains() =>
        Assert.InRange(Number(installed.Printed, @"accuracy ([\d.]+)"), 0.85, 1);

    [Fact]
    public async Task Each_says_what_it_is_and_asks_for_the_packages_of_its_own_version()
    {
        using var package = ZipFile.OpenRead(Path.Combine(await Packages.Folder, "SimpleFlow.Templates.0.1.0.nupkg"));
        var nuspec = Packages.Nuspec(package);
        Assert.Equal("Template", (string?)nuspec.Element("packageTypes")?.Element("packageType")?.Attribute("name"));
        Assert.Empty(nuspec.Descendants("dependency"));
        Assert.Equal(Names, package.Entries.Select(entry => entry.FullName.Split('/')).Where(path => path[0] == "content")
            .Select(path => path[1]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Names, name =>
        {
            using var said = JsonDocument.Parse(Text(package, $"content/{name}/.template.config/template.json"));
            var template = said.RootElement;
            string Of(string key) => template.GetProperty(key).GetString()!;
            Assert.Equal($"simpleflow-{name}", Of("shortName"));
            Assert.All(new[] { "identity", "name", "description", "author", "defaultName" }, key => Assert.NotEmpty(Of(key)));
            Assert.Equal(("C#", "project"), (template.GetProperty("tags").GetProperty("language").GetString(),
                template.GetProperty("tags").GetProperty("type").GetString()));
            var versions = Version().Matches(Text(package, $"content/{name}/{Of("sourceName")}.csproj"));
            Assert.NotEmpty(versions);
            Assert.All(versions, version => Assert.Equal((string)nuspec.Element("version")!, version.Groups[1].Value));
            output.WriteLine($"{Of("shortName")}: {Of("description")}");
        });
    }

    [Fact]
    public async Task A_table_is_learned_from_and_another_is_predicted()
    {
        using var project = await Made("table", "my-flowers");
        var (trained, predicted) = (await project.Type("dotnet run"), await project.Type("dotnet run -- iris.csv"));
        Assert.InRange(Number(trained, @"accuracy ([\d.]+)"), 0.85, 1);
        var right = CsvTable.Read(Path.Combine(project.Folder, "iris.csv"));
        var answers = Lines(predicted);
        Assert.Equal(right.Rows, answers.Length);
        Assert.InRange(answers.Index().Count(one => one.Item.StartsWith(right[one.Index, 4] + " (", StringComparison.Ordinal)), 140, 150);

        // A column of amounts is estimated, with the data and the network where the project is, wherever it is started.
        var program = Path.Combine(project.Folder, "Program.cs");
        await File.WriteAllTextAsync(program, (await File.ReadAllTextAsync(program, TestContext.Current.CancellationToken))
            .Replace("Target = \"species\"", "Target = \"petal width\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var run = await _reader.Run("dotnet", "run", "--project", project.Folder);
        Assert.True(run.ExitCode == 0, run.All);
        Assert.InRange(Number(run.Output, @"R² ([\d.]+)"), 0.8, 1);
        Assert.InRange(Number(Lines(await project.Type("dotnet run -- iris.csv"))[0], @"^([\d.-]+)$"), 0, 0.5);
        await Refused(project, "nothing.csv", "nothing.csv");
        await Refused(project, "usage: dotnet run, or dotnet run -- TABLE.csv", "one.csv", "two.csv");
    }

    [Fact]
    public async Task Pictures_are_learned_from_and_named()
    {
        using var project = await Made("images", "Shapes.Seen");
        var trained = await project.Type("dotnet run");
        Assert.InRange(Number(trained, @"accuracy ([\d.]+)"), 0.8, 1);
        var answers = Lines(await project.Type("dotnet run -- pictures/circle"));
        Assert.Equal(40, answers.Length);
        Assert.InRange(answers.Count(line => line.Contains(": circle (", StringComparison.Ordinal)), 34, 40);
        await Refused(project, "nothing.png: there is no such file", "nothing.png");
        File.Delete(Path.Combine(project.Folder, "network.safetensors"));
        await Refused(project, "network.safetensors", "pictures/circle");
    }

    [Fact]
    public async Task A_text_is_continued_better_than_by_counting_characters()
    {
        using var project = await Made("text", "poet");
        var trained = await project.Type("dotnet run");
        Assert.InRange(Number(trained, @"not seen: ([\d.]+)"), 2, Number(trained, @"occurs: ([\d.]+)") / 2);
        var written = await project.Type("dotnet run -- \"Shall I \"");
        Assert.StartsWith("Shall I ", written, StringComparison.Ordinal);
        Assert.True(written.Length > 300, written);
        await Refused(project, "'§'", "§ 1");
    }

    [Fact]
    public async Task A_web_service_answers_and_refuses()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        using var project = await Made("web", "flower_service");
        var row = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Curl().Match(await File.ReadAllTextAsync(
            Path.Combine(project.Folder, "README.md"), patience.Token)).Groups[1].Value)!;
        for (var start = 0; start < 2; start++)
        {
            await using var server = await ServerProcess.Start(project.Folder, _reader.Environment, ["run"], patience.Token);
            async Task<(HttpStatusCode, JsonElement)> Ask(object? body)
            {
                var answer = await server.Client.PostAsJsonAsync("predict", body, patience.Token);
                return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(patience.Token));
            }

            var (good, prediction) = await Ask(row);
            Assert.Equal((HttpStatusCode.OK, "virginica"), (good, prediction.GetProperty("class").GetString()));
            Assert.InRange(prediction.GetProperty("probability").GetDouble(), 0.5, 1);
            var (bad, problem) = await Ask(row.Where(cell => cell.Key != "petal width").ToDictionary());
            Assert.Equal(HttpStatusCode.BadRequest, bad);
            Assert.Contains("missing 'petal width'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.BadRequest, (await Ask(new Dictionary<string, object>(row.Select(cell =>
                KeyValuePair.Create(cell.Key, (object)new[] { 1 }))))).Item1);
            Assert.Equal(HttpStatusCode.BadRequest, (await Ask(null)).Item1);
            var takes = await server.Client.GetFromJsonAsync<JsonElement>("", patience.Token);
            Assert.Equal(row.Keys, takes.GetProperty("columns").EnumerateArray().Select(column => column.GetString()));
            // The second start loads what the first has saved.
            Assert.True(File.Exists(Path.Combine(project.Folder, "network.safetensors")));
        }
    }

    // What goes wrong ends in words, and the shell learns of it.
    private async Task Refused(Project project, string words, params string[] arguments)
    {
        var run = await _reader.Run("dotnet", ["run", "--no-build", "--project", project.Folder, "--", .. arguments]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(words, Assert.Single(Lines(run.Errors)), StringComparison.Ordinal);
    }

    // Makes a project of a template. Its README's commands are the only ones that may be typed in it.
    private async Task<Project> Made(string template, string name)
    {
        await _reader.Type($"dotnet new simpleflow-{template} -n {name}");
        var folder = _reader.File(name);
        Assert.True(File.Exists(Path.Combine(folder, $"{name}.csproj")));
        var texts = Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".md");
        Assert.All(texts.Select(File.ReadAllText),
            text => Assert.DoesNotContain($"SimpleFlow-{template}", text, StringComparison.OrdinalIgnoreCase));
        Assert.False(Directory.Exists(Path.Combine(folder, ".template.config")));
        string[] readme = File.ReadAllLines(Path.Combine(folder, "README.md"));
        Assert.Equal($"# {name}", readme[0]);
        Assert.InRange(readme.Length, 8, 12);
        return new Project(_reader, folder, [.. CodeBlock.Of("README.md", readme).Single().Text.Split('\n').Select(Reader.WithoutComment)]);
    }

    private static string Text(ZipArchive package, string path)
    {
        using var reader = new StreamReader(package.GetEntry(path)!.Open());
        return reader.ReadToEnd();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static double Number(string text, string pattern)
    {
        var match = Regex.Match(text, pattern);
        Assert.True(match.Success, text);
        return double.Parse(match.Groups[1].Value.TrimEnd('.'), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("""Include="SimpleFlow[^"]*" Version="([^"]*)" />""")]
    private static partial Regex Version();

    [GeneratedRegex("curl .*'(.*)'")]
    private static partial Regex Curl();

    private sealed record Project(Reader Reader, string Folder, IReadOnlyList<string> Commands) : IDisposable
    {
        public Task<string> Type(string command)
        {
            Assert.Contains(command, Commands);
            return Reader.Type($"cd {Folder}", command, "cd ..");
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The templates, installed once.</summary>
    public sealed class Installed : IAsyncLifetime
    {
        internal Reader? Reader { get; private set; }

        /// <summary>What the program of the page printed.</summary>
        public string Printed { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Reader = await Reader.WithPackages();
            await Reader.Type(Packaging.Reader.Commands(Page, "source"));
            Printed = await Reader.Type(Packaging.Reader.Commands(Page, "templates"));
        }

        public ValueTask DisposeAsync()
        {
            Reader?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
