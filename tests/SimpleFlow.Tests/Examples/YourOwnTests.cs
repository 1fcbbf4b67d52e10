using SimpleFlow.Tests.Docs;
using SimpleFlow.Tests.Packaging;

namespace SimpleFlow.Tests.Examples;

/// <summary>
/// The programs in <c>examples/your-own</c>, copied to an empty folder and built with nothing but the package.
/// Each ends with an error if it does not reach what it says.
/// </summary>
public sealed class YourOwnTests(YourOwnTests.Built built) : IClassFixture<YourOwnTests.Built>
{
    [Theory]
    [InlineData("ops", "gradients: right")]
    [InlineData("lion", "its rule:")]
    [InlineData("initializer", "after fifty layers")]
    [InlineData("layer", "loaded, it knows")]
    [InlineData("l-bfgs", "in 100 iterations")]
    [InlineData("fine-tune", "middle frozen: True")]
    [InlineData("much-data", "over the sequence:")]
    [InlineData("threads", ": 0 wrong answers")]
    [InlineData("gan", "in the clusters:")]
    [InlineData("vae", "the decoder alone:")]
    [InlineData("siamese", "never seen:")]
    [InlineData("cart-pole", "at the end it stands")]
    public async Task A_program_does_what_it_says(string name, string says)
    {
        var run = await built.Run(name);
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains(says, run.Output, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine(run.Output);
    }

    [Fact]
    public async Task Every_program_is_tested_and_an_unknown_one_is_not_run()
    {
        var listed = await built.Run("nothing");
        Assert.Equal(1, listed.ExitCode);
        var names = listed.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Split(' ',
            StringSplitOptions.RemoveEmptyEntries)[0]);
        var tested = typeof(YourOwnTests).GetMethod(nameof(A_program_does_what_it_says))!.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute =>
                ((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0]
                .Value!.ToString());
        Assert.Equal(tested, names);
    }

    /// <summary>The programs, built once.</summary>
    public sealed class Built : IAsyncLifetime
    {
        private DirectoryInfo? _folder;

        internal Task<ChildProcess> Run(string name) =>
            ChildProcess.Run(_folder!.FullName, "dotnet", Path.Combine("bin", "Release", "net10.0", "YourOwn.dll"), name);

        public async ValueTask InitializeAsync()
        {
            _folder = await Packages.EmptyFolder();
            var source = Path.Combine(Pages.Repository, "examples", "your-own");
            foreach (var file in new[] { "*.cs", "*.csproj" }.SelectMany(files => Directory.EnumerateFiles(source, files)))
                File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
            var build = await ChildProcess.Run(_folder.FullName, "dotnet", "build", "-c", "Release", "-tl:off", "-nologo");
            Assert.True(build.ExitCode == 0 && !build.All.Contains(": warning", StringComparison.Ordinal), build.All);
        }

        public ValueTask DisposeAsync()
        {
            _folder?.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
