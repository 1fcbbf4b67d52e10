using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PuppeteerSharp;
using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Packaging;

namespace SimpleFlow.Tests.Docs;

/// <summary>The page that follows one network to a web service, a console program, a browser and Python: its commands and files as they
/// stand, in an empty folder with nothing but the packages, and what it says that they answer.</summary>
public sealed partial class ProductPageTests(ProductPageTests.Trained trained, ITestOutputHelper output)
    : IClassFixture<ProductPageTests.Trained>, IAsyncLifetime
{
    public const string Page = "docs/from-training-to-product.md";
    private readonly string _folder = trained.Folder;
    private readonly Reader _reader = trained.Reader!;

    public async ValueTask InitializeAsync() => await _reader.Type($"cd {_folder}");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_web_service_answers_refuses_and_changes_its_network_while_it_serves()
    {
        // Only against a service that never changes: it looks at the file every second.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(15));
        var token = patience.Token;
        await Typed("product web", "irises-web/Program.cs");
        var command = Inline("dotnet run -c Release --urls http://localhost:8080").Split(' ');
        await using var server = await ServerProcess.Start(Path.Combine(_folder, "irises-web"), _reader.Environment, command[1..^2], token);
        string[] said = [.. JsonBody().Matches(Block("commands", "product requests")).Select(match => match.Groups["body"].Value)];
        var answers = Block("answer", "product requests").Split('\n');
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

    // Explicit, because two other programs are compiled ahead of time in every run: that of the first page, and ShippingTests'.
    [Fact(Explicit = true)]
    public async Task The_console_program_compiled_ahead_of_time_prints_what_the_page_says()
    {
        Assert.SkipUnless(NativeLinker.IsHere, NativeLinker.Missing);
        await Typed("product console", "irises-console/Program.cs");
        await _reader.Type(Inline("dotnet publish -c Release -p:PublishAot=true -o published"));
        var program = _reader.File("published", OperatingSystem.IsWindows() ? "irises-console.exe" : "irises-console");
        var words = Inline("published/irises-console ../irises.safetensors ../new.csv").Split(' ');
        var run = await _reader.Run(program, words[1..]);
        Assert.Equal(Block("answer", "product console"), run.All.TrimEnd().ReplaceLineEndings("\n"));
        var refused = await _reader.Run(program, "../irises.safetensors", "../nothing.csv");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("nothing.csv", refused.Errors, StringComparison.Ordinal);
        var size = new FileInfo(program).Length / 1e6;
        output.WriteLine($"{size:F1} MB");
        if (OperatingSystem.IsLinux())
            Assert.Equal(double.Parse(Megabytes().Match(Text).Groups[1].Value, CultureInfo.InvariantCulture), size, 0.5);
    }

    [Fact]
    public async Task An_exported_network_says_the_same_in_ONNX_Runtime()
    {
        await _reader.Type(Reader.Commands(Page, "product onnx"));
        await Typed("product onnx runtime", "irises-onnx/Program.cs");
        var answer = await _reader.Type(Inline("dotnet run -c Release"));
        Assert.Equal(Block("answer", "product onnx runtime"), answer.TrimEnd().ReplaceLineEndings("\n"));
        Assert.Equal(Block("answer", "product console"), Block("answer", "product onnx runtime"));
    }

    [Theory]
    [InlineData("numpy", "python3 irises.py irises.safetensors new.csv")]
    [InlineData("onnxruntime", "python3 irises-onnx.py irises.onnx new.csv")]
    public async Task A_Python_program_computes_the_same_probabilities_from_the_file_alone(string module, string command)
    {
        var python = await Python(module);
        Assert.SkipWhen(python is null, $"There is no Python with {module}.");
        await _reader.Type(Reader.Commands(Page, "product onnx"));
        var words = Inline(command).Split(' ');
        WriteFile(words[1]);
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
        await Typed("product browser", "irises-browser/Pages/Home.razor");
        File.Copy(Path.Combine(_folder, "irises.safetensors"), _reader.File("wwwroot", "irises.safetensors"), overwrite: true);
        await _reader.Type(Inline("dotnet publish -c Release -o published"));
        await using var files = new StaticFiles(_reader.File("published", "wwwroot"));
        Assert.Matches("^versicolor, [0-9.]+ %$", await Answer(files.Address, "versicolor"));
        var download = $"downloads {files.Bytes / 1e6:F1} MB in {files.Count} files, or {files.Compressed / 1e6:F1} MB";
        output.WriteLine(download);
        Assert.Contains(download, Text, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task The_page_in_a_browser_decodes_pictures_itself()
    {
        Images.ShapePictures.Write(_reader.File("pets"), classes: 2, ofEach: 20, inColours: false, smallest: 20, largest: 30, seed: 1);
        await _reader.Type(Inline("simpleflow train pets/ --save pets.safetensors"));
        await Typed("product browser pictures", "pets-browser/Pages/Home.razor");
        File.Copy(Path.Combine(_folder, "pets.safetensors"), _reader.File("wwwroot", "pets.safetensors"), overwrite: true);
        await _reader.Type(Inline("dotnet publish -c Release -o published"));
        await using var files = new StaticFiles(_reader.File("published", "wwwroot"));
        var network = Network.Load(Path.Combine(_folder, "pets.safetensors"));
        var pictures = Path.Combine(Pages.Repository, "tests", "field", "pictures");
        string[] chosen = [.. Directory.EnumerateFiles(Path.Combine(_folder, "pets", "square")).Take(2),
            .. ((string[])["exif6.jpg", "progressive.jpg", "deep.png", "plain.gif", "plain.bmp", "web.webp"])
                .Select(name => Path.Combine(pictures, name))];
        foreach (var file in chosen)
        {
            var expected = SimpleFlow.Images.NetworkPictures.ClassifyPictures(network, file).Single().Prediction;
            Assert.StartsWith(expected.Class, await Answer(files.Address, "%", file), StringComparison.Ordinal);
        }
        Assert.Contains("this is not a readable image", await Answer(files.Address, "picture:", Path.Combine(_folder, "new.csv")),
            StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task An_exported_network_says_the_same_in_a_browser()
    {
        Assert.SkipWhen(ChildProcess.Find("npm") is null, "There is no npm.");
        await _reader.Type(Reader.Commands(Page, "product onnx"));
        await Typed("product onnx browser", "irises-onnx-browser/index.html");
        File.Copy(Path.Combine(_folder, "irises.onnx"), _reader.File("irises.onnx"), overwrite: true);
        await using var files = new StaticFiles(_reader.Folder);
        Assert.Matches("^versicolor, [0-9.]+ %$", await Answer(files.Address, "versicolor"));
        var size = new FileInfo(_reader.File("node_modules", "onnxruntime-web", "dist", "ort-wasm-simd-threaded.wasm")).Length / 1e6;
        Assert.Contains($"`ort-wasm-simd-threaded.wasm` alone has {size:F0} MB", Text, StringComparison.Ordinal);
    }

    // What the page of an address says in the end: something with these words in it. A picture may be chosen on it before.
    private static async Task<string> Answer(string address, string words, string? picture = null)
    {
        var chromium = ChildProcess.Find("chromium", "chromium-browser", "google-chrome");
        Assert.SkipWhen(chromium is null, "There is no Chromium.");
        await using var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
        await using var page = await browser.NewPageAsync();
        await page.GoToAsync(address);
        if (picture is not null)
        {
            await Says("Choose a picture.");
            var input = await page.WaitForSelectorAsync("input[type=file]");
            await input.UploadFileAsync(picture);
        }
        return await Says(words);

        async Task<string> Says(string expected)
        {
            await page.WaitForFunctionAsync("words => document.getElementById('answer')?.textContent.includes(words)",
                new WaitForFunctionOptions { Timeout = 120_000 }, expected);
            return await page.EvaluateExpressionAsync<string>("document.getElementById('answer').textContent");
        }
    }

    private static string Text => string.Join('\n', Pages.Lines(Page));

    private static string Block(string kind, string name) =>
        Assert.Single(CodeBlock.All, block => block.Page == Page && block.Kind == kind && block.Name == name).Text;

    private static string Inline(string command) => Reader.Inline(Page, command);

    // A Python that has a module.
    private static async Task<string?> Python(string module)
    {
        foreach (var candidate in (string[])["python3", "/usr/bin/python3", "python"])
        {
            if ((File.Exists(candidate) || ChildProcess.Find(candidate) is not null)
                && (await ChildProcess.Run(Path.GetTempPath(), candidate, "-c", $"import {module}")).ExitCode == 0) return candidate;
        }
        return null;
    }

    private void WriteFile(string name) => File.WriteAllText(Path.Combine(_folder, name), Block("file", name) + "\n");

    private async Task Typed(string commands, string file)
    {
        await _reader.Type(Reader.Commands(Page, commands));
        WriteFile(file);
    }

    [GeneratedRegex("--json '(?<body>[^']*)'")]
    private static partial Regex JsonBody();

    [GeneratedRegex(@"makes one file of ([\d.]+) MB")]
    private static partial Regex Megabytes();

    /// <summary>The folder of the page, with the network trained as it says.</summary>
    public sealed class Trained : IAsyncLifetime
    {
        internal Reader? Reader { get; private set; }

        /// <summary>Where it is.</summary>
        public string Folder { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Reader = await Reader.WithPackages();
            Folder = Reader.Folder;
            File.Copy(Path.Combine(Pages.Repository, "data", "iris", "iris.csv"), Reader.File("iris.csv"));
            await File.WriteAllTextAsync(Reader.File("new.csv"), Block("file", "new.csv") + "\n");
            await Reader.Type([.. Packaging.Reader.Commands(Page, "product source"), .. Packaging.Reader.Commands(Page, "product train")]);
            File.Copy(Reader.File("irises.safetensors"), Reader.File("trained.safetensors"));
        }

        public ValueTask DisposeAsync()
        {
            Reader?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
