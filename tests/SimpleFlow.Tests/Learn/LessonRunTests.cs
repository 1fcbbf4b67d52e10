using SimpleFlow.Tests.Docs;
using SimpleFlow.Tests.Examples;

namespace SimpleFlow.Tests.Learn;

/// <summary>Lessons as a reader takes them: the blocks of the page in one file in the repository's root folder, run
/// with the command that the page gives.</summary>
[Collection(ExampleTests.Collection)]
public sealed class LessonRunTests
{
    [Theory]
    [InlineData("learn/01-one-slope.md")]
    [InlineData("learn/03-an-engine.md")]
    [InlineData("learn/zh-CN/07-softmax.md")]
    public Task A_reader_runs_it(string path) => Run(path);

    public static TheoryData<string> Every => [.. LessonPage.All];

    /// <summary>All lessons in both languages: a few minutes, most of them compilers and the training of lesson 10.</summary>
    [Theory(Explicit = true), MemberData(nameof(Every))]
    public Task Readers_run_all(string path) => Run(path);

    [Fact]
    public async Task A_finished_program_runs_where_it_lies() =>
        await Run(LessonPage.Read("learn/04-matrices.md"), Path.Combine(Pages.Repository, "learn", "programs", "04.cs"));

    private static async Task Run(string path)
    {
        var page = LessonPage.Read(path);
        var file = Path.Combine(Pages.Repository, $"lesson-{Guid.NewGuid():N}.cs");
        await File.WriteAllTextAsync(file, page.Program, TestContext.Current.CancellationToken);
        try
        {
            await Run(page, file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Started in an empty folder: the pictures are written where a program is started.
    private static async Task Run(LessonPage page, string file)
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-lesson-");
        try
        {
            var run = await ChildProcess.Run(folder.FullName, "dotnet", "run", "-c", "Release", file);
            Assert.True(run.ExitCode == 0, $"{page.Path} ended with {run.ExitCode}.\n{run.All}");
            var prints = page.Blocks.Where(block => block.Answer == 0).Select(block => block.Prints);
            Assert.True(LessonTests.Agree(string.Join('\n', prints), run.Output),
                $"{page.Path} prints\n{run.Output}");
            foreach (var picture in page.Pictures) Assert.True(File.Exists(Path.Combine(folder.FullName, "pictures", picture)), picture);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
