using System.Globalization;
using SimpleFlow.Tests.Docs;
using SkiaSharp;

namespace SimpleFlow.Tests.Learn;

/// <summary>The lessons compile, run, print what their pages say and draw the pictures that stand there;
/// both languages have the same programs.</summary>
public class LessonTests
{
    public static TheoryData<string> English => [.. LessonPage.All.Where(page => !page.Contains("zh-CN", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(English))]
    public void It_prints_and_draws_what_its_page_shows(string path)
    {
        var page = LessonPage.Read(path);
        var folder = Directory.CreateTempSubdirectory("simpleflow-lesson-");
        try
        {
            var printed = LessonProgram.Run(page.Blocks, folder.FullName);
            for (var i = 0; i < printed.Length; i++)
            {
                Assert.True(Agree(page.Blocks[i].Prints ?? "", printed[i]),
                    $"block {i + 1} of {path} prints\n{printed[i]}\nand the page says\n{page.Blocks[i].Prints}");
            }
            foreach (var picture in page.Pictures) AssertCurrent(picture, Path.Combine(folder.FullName, "pictures", picture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static TheoryData<string> Every => [.. LessonPage.All];

    [Theory, MemberData(nameof(Every))]
    public void The_blocks_of_its_page_are_a_program_as_they_stand(string path)
    {
        var page = LessonPage.Read(path);
        Assert.Empty(FileProgram.Compile(page.Program).Objections());
        var head = Pages.Lines(path).TakeWhile(line => line != "```csharp").ToList();
        Assert.All(new[] { "`lesson.cs`", "`dotnet run -c Release lesson.cs`", $"`dotnet run -c Release {page.ProgramFile}`" },
            said => Assert.Contains(head, line => line.Contains(said, StringComparison.Ordinal)));
    }

    /// <summary>Whoever pastes an answer behind the lesson has a program, too.</summary>
    [Theory, MemberData(nameof(Every))]
    public void Each_exercise_has_an_answer_that_continues_the_program(string path)
    {
        var page = LessonPage.Read(path);
        var (exercises, answers) = page.Numbers;
        Assert.NotEmpty(exercises);
        Assert.Equal(Enumerable.Range(1, exercises.Count), exercises);
        Assert.Equal(exercises, answers);
        var withCode = page.Blocks.Select(block => block.Answer).Where(answer => answer > 0).Distinct().ToList();
        Assert.NotEmpty(withCode);
        // The blocks of a translation are those of the English page.
        if (!English.Any(row => row.Data == path)) return;
        Assert.All(withCode, answer => Assert.Empty(FileProgram.Compile(page.ProgramWith(answer)).Objections()));
    }

    [Theory, MemberData(nameof(English))]
    public void Its_finished_program_is_that_of_the_page(string path)
    {
        var page = LessonPage.Read(path);
        Assert.Equal(page.FinishedProgram, File.ReadAllText(Path.Combine(Pages.Repository, page.ProgramFile)).ReplaceLineEndings("\n"));
    }

    public static TheoryData<string> Chinese => [.. LessonPage.All.Where(page => page.Contains("zh-CN", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Chinese))]
    public void A_translation_has_the_same_programs_outputs_and_pictures(string path)
    {
        var (page, other) = (LessonPage.Read(path), LessonPage.Read(LessonPage.Read(path).Other));
        Assert.Equal(page.Pictures, other.Pictures);
        Assert.Equal(page.Blocks.Select(block => LessonProgram.Bare(block.Code)),
            other.Blocks.Select(block => LessonProgram.Bare(block.Code)));
        Assert.Equal(page.Blocks.Select(block => (block.Prints, block.Answer)), other.Blocks.Select(block => (block.Prints, block.Answer)));
    }

    /// <summary>Not a test but the way to bring the pages up to date: writes what the programs print and draw now into the pages of both
    /// languages, and the finished programs, to be reviewed before it is committed.</summary>
    [Fact(Explicit = true)]
    public void Refresh()
    {
        foreach (var path in LessonPage.All.Where(page => !page.Contains("zh-CN", StringComparison.Ordinal)))
        {
            var page = LessonPage.Read(path);
            var folder = Directory.CreateTempSubdirectory("simpleflow-lesson-");
            var printed = LessonProgram.Run(page.Blocks, folder.FullName);
            foreach (var language in new[] { path, page.Other }.Where(file => File.Exists(Path.Combine(Pages.Repository, file))))
                LessonPage.WriteOutputs(language, printed);
            foreach (var picture in page.Pictures)
                File.Copy(Path.Combine(folder.FullName, "pictures", picture), Path.Combine(Pages.Repository, "learn", "pictures", picture),
                    overwrite: true);
            folder.Delete(recursive: true);
            File.WriteAllText(Path.Combine(Pages.Repository, page.ProgramFile), page.FinishedProgram);
        }
    }

    [Fact]
    public void Every_lesson_is_listed_in_both_languages()
    {
        foreach (var (folder, list) in new[] { ("learn", "learn/README.md"), ("learn/zh-CN", "learn/zh-CN/README.md") })
        {
            var text = string.Join('\n', Pages.Lines(list));
            Assert.All(LessonPage.All.Where(page => Path.GetDirectoryName(page) == folder),
                page => Assert.Contains($"({Path.GetFileName(page)})", text, StringComparison.Ordinal));
        }
    }

    /// <summary>Pictures are compared by how they look: another system's rasteriser may differ by a shade.
    /// One that is not current is written beside it as <c>.new</c>; move it over if the change is wanted.</summary>
    private static void AssertCurrent(string name, string drawn)
    {
        Assert.True(File.Exists(drawn), $"the program does not draw {name}");
        var kept = Path.Combine(Pages.Repository, "learn", "pictures", name);
        if (Path.GetExtension(name) == ".png" && File.Exists(kept) && Difference(kept, drawn) < 0.03) return;
        if (Path.GetExtension(name) == ".svg" && File.Exists(kept) && File.ReadAllText(kept) == File.ReadAllText(drawn)) return;
        var received = Path.ChangeExtension(kept, $".new{Path.GetExtension(kept)}");
        File.Copy(drawn, received, overwrite: true);
        Assert.Fail($"{name} is not what the program draws now. If that is wanted, move {Path.GetFileName(received)} over it.");
    }

    /// <summary>The mean difference of all colour values, from 0 to 1; 1 for pictures of different sizes.</summary>
    private static double Difference(string one, string other)
    {
        using var a = SKBitmap.Decode(one);
        using var b = SKBitmap.Decode(other);
        if (a.Width != b.Width || a.Height != b.Height) return 1;
        var sum = 0.0;
        var (left, right) = (a.Bytes, b.Bytes);
        for (var i = 0; i < left.Length; i++) sum += Math.Abs(left[i] - right[i]);
        return sum / left.Length / 255;
    }

    /// <summary>Whether a program prints what its page says, word by word.</summary>
    internal static bool Agree(string written, string printed)
    {
        var (expected, actual) = (Words(written), Words(printed));
        return expected.Length == actual.Length && expected.Zip(actual).All(pair => IsSameWord(pair.First, pair.Second));
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    // Another processor may round otherwise, and training makes more of it.
    private static bool IsSameWord(string written, string printed)
    {
        if (written == printed) return true;
        static string Number(string word) => word.Trim(';', ',', ':', '%', '(', ')');
        return double.TryParse(Number(written), CultureInfo.InvariantCulture, out var a)
            && double.TryParse(Number(printed), CultureInfo.InvariantCulture, out var b)
            && Math.Abs(a - b) <= 0.005 * Math.Max(Math.Abs(a), Math.Abs(b)) + 0.001;
    }
}
