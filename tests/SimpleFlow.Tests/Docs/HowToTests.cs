using System.Text.RegularExpressions;
using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Learn;
using SkiaSharp;

namespace SimpleFlow.Tests.Docs;

/// <summary>The commands of the how-to pages, typed one after the other in a folder of their own, as a reader would.</summary>
public sealed partial class HowToTests
{
    public static TheoryData<string> Names => [.. Pages.All.Where(page => page.StartsWith("docs/do-", StringComparison.Ordinal))
        .Where(page => CodeBlock.All.Any(block => block.Page == page && block.Language == "sh"))];

    [Theory, MemberData(nameof(Names))]
    public async Task Its_commands_work_and_say_what_the_page_says(string page)
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-how-to-");
        try
        {
            Prepare(folder.FullName);
            var said = "";
            foreach (var block in CodeBlock.All.Where(block => block.Page == page))
            {
                if (block.Kind == "file") await File.WriteAllTextAsync(Path.Combine(folder.FullName, block.Name), block.Text + "\n");
                else if (block.Language == "sh") said += await Typed(folder.FullName, block);
                else if (block.Language == "text" && block.Kind.Length == 0 && said.Length > 0) AssertSaid(said, block);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What a reader has: the data of the repository, and pictures of pets: here, of bright tops and bright bottoms.</summary>
    private static void Prepare(string folder)
    {
        foreach (var file in new[] { "data/iris/iris.csv", "data/sonnets/sonnets.txt" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.Copy(Path.Combine(Pages.Repository, file), Path.Combine(folder, file));
        }
        // In place of a ResNet, which would take minutes: a small network that has learned nothing yet.
        BaseTests.WriteBase(Path.Combine(folder, "resnet18.onnx"), side: 12);
        var random = new Random(1);
        foreach (var (pet, isTop) in new[] { ("cat", true), ("dog", false) })
        {
            for (var i = 0; i < 20; i++)
            {
                PictureFiles.Write(Path.Combine(folder, "pets", pet, $"{i}.png"), 12, 12, (row, _) =>
                {
                    var level = (byte)random.Next(row < 6 == isTop ? 256 : 100);
                    return new SKColor(level, level, level);
                });
            }
        }
    }

    private static async Task<string> Typed(string folder, CodeBlock block)
    {
        var said = "";
        foreach (var line in block.Text.Split('\n'))
        {
            Assert.StartsWith("simpleflow ", line, StringComparison.Ordinal);
            var words = Word().Matches(line).Skip(1).Select(word => word.Value.Trim('"'));
            var run = await ChildProcess.Run(folder, "dotnet", [Path.Combine(AppContext.BaseDirectory, "SimpleFlow.Cli.dll"), .. words]);
            Assert.True(run.ExitCode == 0, $"{block.Place}: {line}\n{run.All}");
            said += run.All;
        }
        return said;
    }

    private static void AssertSaid(string said, CodeBlock block)
    {
        var lines = said.Split('\n');
        foreach (var line in block.Text.Split('\n'))
            Assert.True(lines.Any(one => LessonTests.Agree(line, one)), $"{block.Place}: the tool does not say '{line}', but\n{said}");
    }

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
