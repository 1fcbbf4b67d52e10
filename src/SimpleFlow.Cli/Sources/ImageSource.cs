using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Images;

namespace SimpleFlow.Cli.Sources;

/// <summary>Images: MNIST, a folder with four IDX files under MNIST's names, or a folder with a sub-folder
/// of PNG or JPEG files for each class.</summary>
internal static class ImageSource
{
    private static readonly string[] TrainingNames = ["train", "training"], ValidationNames = ["validation", "valid", "val"],
        TestNames = ["test", "testing", .. ValidationNames];

    /// <summary>Whether a folder holds IDX files.</summary>
    public static bool IsIdx(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*-ubyte*").Any();

    /// <summary>Reads the training and the test images.</summary>
    /// <param name="folder">The folder, or null for MNIST wherever it is found.</param>
    /// <param name="side">The height and width to stretch pictures to; chosen to suit them by default.</param>
    /// <param name="wanted">The size and channels that the network needs; null if it takes any.</param>
    /// <param name="testShare">The share of the pictures for the test set, if the folder has none.</param>
    /// <param name="seed">The seed of their choice.</param>
    /// <param name="progress">Receives every picture that is read.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DataException">They are missing or damaged, or there are none.</exception>
    public static LabelledData Load(string? folder, int? side, ImageInput? wanted, double testShare, ulong seed, ReadingReport progress,
        CancellationToken cancellation)
    {
        if (folder is null || IsIdx(folder)) return OfIdx(DataFolder.Load(folder, cancellation));
        if (!Directory.Exists(folder))
            throw new DataException(
                $"{folder}: there is no such folder. Say `digits` or `mnist`, or name a folder of images, a .csv or a .txt file.");
        return OfPictures(folder, wanted?.Rows ?? side, wanted?.Columns ?? side, wanted?.Channels, testShare, seed, progress, cancellation);
    }

    private static LabelledData OfIdx(ImageData data) => new(
        new ImageInput(1, data.Train.Rows, data.Train.Columns),
        new ClassOutput("class", [.. Enumerable.Range(0, data.Classes).Select(number => $"{number}")]),
        new ExampleSet(data.Train.Images, data.Train.Labels), new ExampleSet(data.Test.Images, data.Test.Labels),
        [Told(data.Train.Count, data.Test.Count, data.Train.Rows, data.Train.Columns, data.Classes)]);

    // A separate method, so that the library that decodes images is loaded only if there are some.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LabelledData OfPictures(string folder, int? rows, int? columns, int? channels, double testShare, ulong seed,
        ReadingReport reading, CancellationToken cancellation)
    {
        var progress = new Progress(reading);
        if (SubFolder(folder, TrainingNames) is { } training && TestFolder(folder) is { } test)
        {
            var train = PictureFolder.Read(training, rows, columns, channels, progress: progress, cancellation: cancellation);
            var tested = PictureFolder.Read(test, train.Pictures.Rows, train.Pictures.Columns, train.Pictures.Channels, train.Classes,
                progress, cancellation);
            var validation = SubFolder(folder, ValidationNames) is { } watching && watching != test
                ? PictureFolder.Read(watching, train.Pictures.Rows, train.Pictures.Columns, train.Pictures.Channels, train.Classes,
                    progress, cancellation)
                : null;
            return Of(
                train, Set(train), Set(tested), $"{training} and {test}",
                [.. train.LeftOut.Select(line => $"{training}: {line}"), .. tested.LeftOut.Select(line => $"{test}: {line}"),
                    .. Twice(Set(train), Set(tested), train.Pictures.Files, tested.Pictures.Files)])
            with
            { Validation = validation is null ? null : Set(validation) };
        }
        var all = PictureFolder.Read(folder, rows, columns, channels, progress: progress, cancellation: cancellation);
        var labels = new int[all.Labels.Rows];
        all.Labels.CopyTo(labels.AsSpan());
        var (chosen, others) = RowNumbers.Split(labels.Length, 1 - testShare, seed, labels);
        if (others.Length == 0 || chosen.Length == 0)
            throw new DataException(
                $"{folder}: {NumberText.Count(labels.Length, "image")} cannot be divided into some to train on and others to test on.");
        var (learned, kept) = (Set(all).Select(chosen), Set(all).Select(others));
        return Of(
            all, learned, kept, $"{testShare:P0} of each class, drawn at random, are kept to test on",
            [.. all.LeftOut, .. Twice(learned, kept, [.. chosen.Select(row => all.Pictures.Files[row])],
                [.. others.Select(row => all.Pictures.Files[row])])]);
    }

    private static LabelledData Of(PictureFolder pictures, ExampleSet train, ExampleSet test, string told, IReadOnlyList<string> remarks)
    {
        var one = pictures.Pictures;
        return new LabelledData(
            new ImageInput(one.Channels, one.Rows, one.Columns), new ClassOutput("class", pictures.Classes), train, test,
            [Told(train.Rows, test.Rows, one.Rows, one.Columns, pictures.Classes.Count) + (one.Channels == 1 ? ", grey" : ", in colours"),
                $"classes: {Names(pictures.Classes)}; {told}", .. remarks])
        { ArePictures = true };
    }

    // A network recognises test images that it has seen in training without having learned anything.
    private static IEnumerable<string> Twice(ExampleSet train, ExampleSet test, IReadOnlyList<string> trainFiles,
        IReadOnlyList<string> testFiles)
    {
        var same = SameRows.Of(train.Inputs, test.Inputs);
        if (same.Count == 0) yield break;
        var (first, second) = same[0];
        yield return $"{same.Count:N0} of the {test.Rows:N0} images to test on {(same.Count == 1 ? "is" : "are")} also among those to "
            + $"train on, pixel by pixel, which makes the test easier than it should be: {testFiles[second]} is "
            + $"{trainFiles[first]}{(same.Count == 1 ? "" : ", …")}";
    }

    private static ExampleSet Set(PictureFolder pictures) => new(pictures.Pictures.Images, pictures.Labels);

    private static string Told(int train, int test, int rows, int columns, int classes) =>
        $"{NumberText.Count(train, "image")} to train on, {test:N0} to test on, {rows} × {columns} pixels, "
            + $"{NumberText.Count(classes, "class", "classes")}";

    /// <summary>The first few of many names.</summary>
    public static string Names(IReadOnlyList<string> names) =>
        names.Count <= 12 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(10))}, … ({names.Count} in all)";

    /// <summary>The folder of the test images, if there is one.</summary>
    public static string? TestFolder(string folder) => SubFolder(folder, TestNames);

    // Case does not matter: Train and TEST are as common.
    private static string? SubFolder(string folder, string[] names) =>
        !Directory.Exists(folder) ? null : Directory.EnumerateDirectories(folder)
        .Where(one => names.Contains(Path.GetFileName(one), StringComparer.OrdinalIgnoreCase))
        .MinBy(one => Array.FindIndex(names, name => name.Equals(Path.GetFileName(one), StringComparison.OrdinalIgnoreCase)));

    private sealed class Progress(ReadingReport report) : IProgress<ReadingProgress>
    {
        public void Report(ReadingProgress value) => report.Report(value.Done, value.Total);
    }
}
