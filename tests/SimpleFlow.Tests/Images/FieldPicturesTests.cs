using SimpleFlow.Images;
using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Images;

/// <summary>The files of tests/field/pictures beside their answers.</summary>
public sealed class FieldPicturesTests
{
    private const float Tolerance = 0.03f;             // a JPEG or WebP gives colours back with a few levels of error
    private static readonly string Folder = Path.Combine(Pages.Repository, "tests", "field", "pictures");
    private static readonly Dictionary<string, float[]> Colours = new(StringComparer.Ordinal)
    {
        ["red"] = [1, 0, 0],
        ["green"] = [0, 1, 0],
        ["blue"] = [0, 0, 1],
        ["white"] = [1, 1, 1],
        ["black"] = [0, 0, 0],
    };

    public static TheoryData<string> Answers => [.. File.ReadLines(Path.Combine(Folder, "answers.csv")).Skip(1)];

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_picture_is_read_as_people_see_it(string answer)
    {
        var cells = answer.Split(',');
        var (rows, columns) = (int.Parse(cells[1]), int.Parse(cells[2]));
        var file = Assert.Single(Pictures.In(Folder), one => Path.GetFileName(one) == cells[0]);
        var pictures = Pictures.Read([file], channels: 3);
        Assert.Equal((rows, columns), (pictures.Rows, pictures.Columns));
        var pixels = new float[3 * rows * columns];
        pictures.Images.CopyTo(pixels.AsSpan());
        // The middle of each quarter, away from the borders that a lossy file blurs.
        (int Y, int X)[] middles = [(rows / 4, columns / 4), (rows / 4, columns * 3 / 4), (rows * 3 / 4, columns / 4),
            (rows * 3 / 4, columns * 3 / 4)];
        foreach (var (quarter, (y, x)) in middles.Index())
        {
            for (var channel = 0; channel < 3;
            channel++)
                Assert.Equal(Colours[cells[3 + quarter]][channel], pixels[channel * rows * columns + y * columns + x], Tolerance);
        }
    }

    [Fact]
    public void What_would_give_wrong_pixels_or_is_not_known_is_refused_in_words()
    {
        var folder = Path.Combine(Folder, "..", "refused-pictures");
        string[][] answers = [.. File.ReadLines(Path.Combine(folder, "answers.csv")).Skip(1).Select(line => line.Split(','))];
        Assert.Equal(Pictures.In(folder).Select(Path.GetFileName), answers.Select(answer => answer[0]));
        Assert.All(answers, answer =>
        {
            var file = Path.Combine(folder, answer[0]);
            Assert.StartsWith($"{file}: {answer[1]}; save ", Assert.Throws<DataException>(() => Pictures.Read([file])).Message,
                StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_file_cut_short_is_refused_or_gives_all_pixels()
    {
        using var folder = new Plots.TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Folder).Where(file => Path.GetExtension(file) is not (".csv" or ".jpe" or ".jfif")))
        {
            var (bytes, whole, cut) = (File.ReadAllBytes(file), Pixels(file), folder.File(Path.GetFileName(file)));
            for (var length = 1; length < bytes.Length; length += 7)
            {
                File.WriteAllBytes(cut, bytes[..length]);
                try
                {
                    Assert.Equal(whole, Pixels(cut));
                }
                catch (DataException refused)
                {
                    Assert.StartsWith($"{cut}: ", refused.Message, StringComparison.Ordinal);
                }
            }
        }

        static float[] Pixels(string file)
        {
            var pixels = new float[3 * 8 * 16];
            Pictures.Read([file], 8, 16, channels: 3).Images.CopyTo(pixels);
            return pixels;
        }
    }

    [Fact]
    public void A_turned_picture_is_stretched_upright()
    {
        var read = Pictures.Read([Path.Combine(Folder, "exif6.jpg"), Path.Combine(Folder, "exif1.jpg")], 4, 2, channels: 3);
        var pixels = new float[2 * 3 * 8];
        read.Images.CopyTo(pixels.AsSpan());
        Assert.Equal(Colours["blue"], [pixels[0], pixels[8], pixels[16]], (one, other) => Math.Abs(one - other) < 0.35f);
        Assert.Equal(Colours["red"], [pixels[24], pixels[32], pixels[40]], (one, other) => Math.Abs(one - other) < 0.35f);
    }

    [Fact]
    public void What_is_hidden_is_neither_class_nor_picture_and_the_rest_is_named()
    {
        var pets = PictureFolder.Read(Path.Combine(Folder, "pets"));
        Assert.Equal(["cat", "dog"], pets.Classes);
        Assert.Equal(["1.png", "2.png", "3.png", "1.PNG", "2.png", "3.png", "4.png"], pets.Pictures.Files.Select(Path.GetFileName));
        Assert.Equal(
            ["5 files skipped: .tif 2, .txt 2, without an ending 1",
                "1 image lies beside the folders of the classes and belongs to none, such as stray.png", "folder without images: papers"],
            pets.LeftOut);
    }

    [Fact]
    public void Training_names_what_it_leaves_out()
    {
        var run = ToolRun.Of("train", Path.Combine(Folder, "pets"), "--epochs", "1").Succeeded();
        Assert.Contains("5 files skipped: .tif 2, .txt 2, without an ending 1", run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith("classes: cat, dog; ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_picture_that_is_also_in_the_test_is_said()
    {
        using var folder = new Plots.TemporaryFolder();
        PictureFiles.WriteClasses(folder.File("Train"), 4, seed: 1);
        PictureFiles.WriteClasses(folder.File("TEST"), 2, seed: 2);
        File.Copy(folder.File("Train", "left", "002.png"), folder.File("TEST", "left", "again.png"));
        var run = ToolRun.Of("train", folder.File(), "--epochs", "1").Succeeded();
        Assert.Contains(run.Lines, line =>
            line.StartsWith("1 of the 7 images to test on is also among those to train on, pixel by pixel", StringComparison.Ordinal)
            && line.EndsWith($"{folder.File("TEST", "left", "again.png")} is {folder.File("Train", "left", "002.png")}",
                StringComparison.Ordinal));
    }

    [Fact]
    public void Reading_reports_its_progress_and_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var seen = new List<ReadingProgress>();
        var progress = new Listener(value =>
        {
            lock (seen) seen.Add(value);
        });
        Pictures.Read(Pictures.In(Path.Combine(Folder, "pets")), progress: progress, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 8), seen.Select(one => one.Done).Order());
        Assert.All(seen, one => Assert.Equal(8, one.Total));
        Assert.ThrowsAny<OperationCanceledException>(() => Pictures.Read([.. Enumerable.Repeat(Path.Combine(Folder, "old.jpe"), 10_000)], 4,
            4, progress: new Listener(_ => cancel.Cancel()), cancellation: cancel.Token));
    }

    private sealed class Listener(Action<ReadingProgress> listen) : IProgress<ReadingProgress>
    {
        public void Report(ReadingProgress value) => listen(value);
    }
}
