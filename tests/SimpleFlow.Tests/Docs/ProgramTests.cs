using System.Text.RegularExpressions;
using SimpleFlow.Tests.Learn;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// Every block of C# on every page compiles and runs. The blocks of one NAME on a page, each with <c>&lt;!-- program: NAME --&gt;</c> above
/// it, are one program, which prints what the blocks of <c>&lt;!-- prints: NAME --&gt;</c> say, and nothing if there are none.
/// </summary>
public sealed partial class ProgramTests
{
    /// <summary>What a fence may name. C# has one spelling, so that no block of it goes unseen.</summary>
    private static readonly string[] Languages = ["csharp", "text", "math", "python", "sh", "bash", "razor", "html"];

    private static readonly ILookup<string, (string Page, IReadOnlyList<LessonBlock> Blocks)> Programs = CodeBlock.All
        .Where(block => block.Kind is "program" or "prints").GroupBy(block => (block.Page, block.Name))
        .ToLookup(blocks => blocks.Key.Name, blocks => (blocks.Key.Page, (IReadOnlyList<LessonBlock>)Joined(blocks)));

    public static TheoryData<string> Names => [.. Programs.Select(program => program.Key)];

    [Theory, MemberData(nameof(Names))]
    public void It_compiles_without_a_warning_and_prints_what_its_page_says(string name)
    {
        var (page, blocks) = Programs[name].MaxBy(program => program.Blocks.Count(block => block.Prints is not null));
        blocks = [.. blocks.SkipLast(1), blocks[^1] with { Prints = blocks[^1].Prints ?? "" }];
        Assert.Empty(FileProgram.Compile(string.Join('\n', blocks.Select(block => block.Code))).Objections());
        var folder = Directory.CreateTempSubdirectory("simpleflow-page-");
        try
        {
            var printed = LessonProgram.Run(blocks, folder.FullName);
            foreach (var (block, actual) in blocks.Zip(printed))
                Assert.True(block.Prints is null || LessonTests.Agree(Lasting(block.Prints), Lasting(actual)),
                    $"`{name}` prints\n{actual}\nand {page} says\n{block.Prints}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A translation and a second page have the same program; comments and directives may differ, and what it prints may be left
    /// out.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Every_page_that_has_it_has_it_alike(string name)
    {
        var first = Programs[name].First();
        Assert.All(Programs[name], other =>
        {
            Assert.Equal(first.Blocks.Select(block => LessonProgram.Bare(block.Code)),
                other.Blocks.Select(block => LessonProgram.Bare(block.Code)));
            Assert.All(first.Blocks.Zip(other.Blocks), pair => Assert.True(pair.First.Prints is null || pair.Second.Prints is null
                || pair.First.Prints == pair.Second.Prints, $"{first.Page} and {other.Page} differ in what `{name}` prints"));
        });
    }

    [Fact]
    public void Every_block_of_every_page_says_its_language_and_every_one_of_CSharp_is_tested()
    {
        Assert.NotEmpty(CodeBlock.All);
        Assert.Empty(CodeBlock.All.Where(IsUnknown).Select(block => $"{block.Place}: '{block.Language}' is not one of the languages"));
        Assert.Empty(CodeBlock.All.Where(IsLoose).Select(block => $"{block.Place}: there is no <!-- program: … --> above it"));
    }

    [Theory]
    [InlineData("```csharp", "```")]
    [InlineData("  ```csharp", "  ```")]
    [InlineData("````csharp", "````")]
    [InlineData("```cs", "```")]
    [InlineData("~~~ C#", "~~~")]
    [InlineData("```", "```")]
    public void A_block_that_no_test_runs_is_found(string start, string end)
    {
        string[] lines = ["<!-- program: first -->", "```csharp", "var x = 1;", "```", "and", start, "var y = 2;", end];
        Assert.Equal(6, Assert.Single(CodeBlock.Of("docs/new.md", lines), block => IsUnknown(block) || IsLoose(block)).Line);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void The_first_page_lists_every_op_and_every_optimizer(string page)
    {
        var text = string.Join('\n', Pages.Lines(page));
        var listed = typeof(Op).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && (type.IsSubclassOf(typeof(Op)) || type.IsSubclassOf(typeof(Optimizer)))).ToList();
        Assert.NotEmpty(listed);
        Assert.All(listed, type => Assert.Contains($"`{type.Name}`", text));
    }

    private static bool IsUnknown(CodeBlock block) => !Languages.Contains(block.Language);

    // The blocks of a lesson are one program without marks, which LessonTests run; files that a reader makes are tested with their pages,
    // and TranslationTests compare those of a translation.
    private static bool IsLoose(CodeBlock block) => block.Language == "csharp" && block.Kind != "program"
        && !LessonPage.All.Contains(block.Page) && !(block.Kind == "file"
            && block.Page.Replace("zh-CN/", "", StringComparison.Ordinal) is AddingAnOpTests.Page or ProductPageTests.Page);

    private static List<LessonBlock> Joined(IEnumerable<CodeBlock> blocks)
    {
        var program = new List<LessonBlock>();
        foreach (var block in blocks)
        {
            if (block.Kind == "program")
            {
                program.Add(new(block.Text, null));
                continue;
            }
            Assert.True(program.Count > 0 && program[^1].Prints is null, $"{block.Place}: nothing above it prints this");
            program[^1] = program[^1] with { Prints = block.Text };
        }
        return program;
    }

    // What a step is estimated to cost is left out: tuning an estimate breaks no page.
    private static string Lasting(string text) => Estimate().Replace(text, "ns");

    [GeneratedRegex("[0-9,]+ ns")]
    private static partial Regex Estimate();
}
