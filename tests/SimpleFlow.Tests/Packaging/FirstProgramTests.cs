using System.Text.RegularExpressions;
using SimpleFlow.Tests.Docs;
using SimpleFlow.Tests.Learn;

namespace SimpleFlow.Tests.Packaging;

/// <summary>The beginning of the first page, followed command by command in an empty folder, with nothing but the SDK, the registry and
/// the folder of packages.</summary>
public sealed partial class FirstProgramTests(FirstProgramTests.Typed typed, ITestOutputHelper output)
    : IClassFixture<FirstProgramTests.Typed>
{
    private const string Page = "README.md";
    private readonly Reader _reader = typed.Reader!;

    [Fact]
    public void Both_languages_have_the_same_commands_and_answers()
    {
        static IEnumerable<string> All(string page) => CodeBlock.All
            .Where(block => block.Page == page && block.Kind is "commands" or "answer").Select(block => $"{block.Name}: {block.Text}");
        Assert.NotEmpty(All(Page));
        Assert.Equal(All(Page), All("README.zh-CN.md"));
    }

    [Fact]
    public void It_prints_what_the_page_says() => Prints(typed.Printed);

    [Fact]
    public async Task It_prints_the_same_without_vector_instructions()
    {
        var run = await _reader.RunWith(("DOTNET_EnableHWIntrinsic", "0"), "dotnet", "bin/Release/net10.0/first.dll");
        Assert.True(run.ExitCode == 0, run.All);
        Prints(run.Output);
    }

    [Fact]
    public async Task Published_for_another_system_it_is_complete()
    {
        await _reader.Type(Reader.Inline(Page, "dotnet publish -r linux-arm64 --self-contained false"));
        var folder = _reader.File("bin/Release/net10.0/linux-arm64/publish");
        Assert.Equal(["SimpleFlow.dll", "System.Numerics.Tensors.dll", "first", "first.deps.json", "first.dll", "first.pdb",
            "first.runtimeconfig.json"],
            Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        var launcher = await File.ReadAllBytesAsync(Path.Combine(folder, "first"), TestContext.Current.CancellationToken);
        const byte Arm64 = 183;                                            // of the ELF header: for which processor
        Assert.Equal((0x7f, (byte)'E', (byte)'L', (byte)'F', Arm64), (launcher[0], launcher[1], launcher[2], launcher[3], launcher[18]));
    }

    [Fact]
    public async Task Compiled_ahead_of_time_it_prints_the_same()
    {
        Assert.SkipUnless(NativeLinker.IsHere, NativeLinker.Missing);
        await _reader.Type(Reader.Inline(Page, "dotnet publish -p:PublishAot=true"));
        var file = Assert.Single(Directory.EnumerateFiles(_reader.File("bin/Release/net10.0"),
            OperatingSystem.IsWindows() ? "first.exe" : "first", SearchOption.AllDirectories), path =>
            Path.GetFileName(Path.GetDirectoryName(path)) == "publish" && !path.Contains("linux-arm64", StringComparison.Ordinal));
        var run = await _reader.Run(file);
        Assert.True(run.ExitCode == 0, run.All);
        Prints(run.Output);
        var size = new FileInfo(file).Length / 1e6;
        output.WriteLine($"compiled ahead of time: {size:F1} MB");
        Assert.Equal(double.Parse(Megabytes().Match(string.Join('\n', Pages.Lines(Page))).Groups[1].Value), size, 1.0);
    }

    [Fact]
    public async Task The_tool_is_installed_and_answers_as_the_page_says()
    {
        using var reader = await Reader.WithPackages();
        var answer = await reader.Type(Reader.Commands(Page, "tool"));
        Assert.True(Transcript.Follows(Block("answer", "tool"), answer), answer);
        var version = await reader.Run("simpleflow", "--version");
        Assert.Matches(@"^0\.1\.0\+[0-9a-f]{40}$", version.Output.Trim());
        var missing = await reader.Run("simpleflow", "train", "mnist");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("train-images-idx3-ubyte.gz", missing.Errors, StringComparison.Ordinal);
        Assert.Contains("https://", missing.Errors, StringComparison.Ordinal);
        var drawn = await reader.Run("simpleflow", "train", "digits", "--epochs", "1", "--plot", "curves.png");
        Assert.True(drawn.ExitCode == 0, drawn.All);
        Assert.True(File.Exists(reader.File("curves.png")));
    }

    [Theory]
    [InlineData("a\nb 0.50\nc", "a\nb 0.51\nc\n", true)]
    [InlineData("a\n…\nc 3 s", "a\nx\ny\nc 4.1 s", true)]
    [InlineData("a\n…", "a\nx\ny", true)]
    [InlineData("a\nb 0.50", "a\nb 0.60", false)]
    [InlineData("800 images", "801 images", false)]
    [InlineData("a\n…\nc", "a\nx\ny", false)]
    [InlineData("a\nb", "a\nb\nc", false)]
    [InlineData("a\nb", "a", false)]
    public void A_page_tells_what_was_answered_with_lines_left_out(string page, string answer, bool follows) =>
        Assert.Equal(follows, Transcript.Follows(page, answer));

    private static void Prints(string printed) =>
        Assert.True(LessonTests.Agree(Block("prints", "parabola"), printed), $"It prints\n{printed}");

    private static string Block(string kind, string name) =>
        Assert.Single(CodeBlock.All, block => block.Page == Page && block.Kind == kind && block.Name == name).Text;

    [GeneratedRegex(@"`dotnet publish -p:PublishAot=true` makes one file of (\d+) MB")]
    private static partial Regex Megabytes();

    /// <summary>The program, made and run once as the page says.</summary>
    public sealed class Typed : IAsyncLifetime
    {
        internal Reader? Reader { get; private set; }

        /// <summary>What it printed.</summary>
        public string Printed { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Reader = await Reader.WithPackages();
            await Reader.Type([.. Packaging.Reader.Commands(Page, "source"), .. Packaging.Reader.Commands(Page, "first program")]);
            await File.WriteAllTextAsync(Reader.File("Program.cs"), Block("program", "parabola"));
            Printed = await Reader.Type(Packaging.Reader.Inline(Page, "dotnet run -c Release"));
        }

        public ValueTask DisposeAsync()
        {
            Reader?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
