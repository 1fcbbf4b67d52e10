using System.Globalization;
using System.Runtime.CompilerServices;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>
/// Files that versions of SimpleFlow have written, each version in a folder of its own beside this file, with what was predicted then:
/// they load for ever. A release, and a change of the format, adds its own: <c>dotnet run -c Release --project
/// tests/SimpleFlow.Tests -- -explicit only -method SimpleFlow.Tests.Training.SavedFilesTests.Write_the_files_of_this_version</c>
/// </summary>
[Trait("Promise", "6")]
public sealed class SavedFilesTests : IDisposable
{
    // The files hold weights bit for bit. What is computed from them may differ in the last digits from one processor to another, where
    // sums are split over vectors of another width: a few times 2⁻²⁴ for each of the few sums that a number has passed through. Eleven more
    // steps of Adam make more of it, as they move a weight by the sign of a gradient that is nearly nothing as far as by any other; such
    // weights matter little to the loss, so that is compared. That resuming is exact on one machine, other tests show.
    private const double Tolerance = 2e-5, ToleranceOfLosses = 1e-2;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Versions =>
        [.. Directory.GetDirectories(Root()).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void There_are_files_to_load() => Assert.Contains("v0.1.0", Versions.Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Versions))]
    public void Old_files_load_and_predict_what_they_did(string version)
    {
        var (folder, expected) = (Path.Combine(Root(), version), Read(version));
        foreach (var example in SavedExamples.Networks())
            Assert.True(Near(expected[example.Name], example.Scores(Network.Load(Path.Combine(folder, $"{example.Name}.safetensors"))),
                Tolerance), example.Name);

        var model = new SavedExamples.Training();
        model.Model.Load(Path.Combine(folder, "model.safetensors"));
        Assert.True(Near(expected["model"], model.Predictions, Tolerance));
        Assert.Equal((2, 14), (model.Model.History.Epochs.Count, model.Model.Iterations));

        // A training that was stopped in the middle of an epoch goes on.
        var run = _folder.File(version);
        Directory.CreateDirectory(run);
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "run"))) File.Copy(file, Path.Combine(run, Path.GetFileName(file)));
        var resumed = new SavedExamples.Training();
        resumed.Fit(run, resume: run);
        Assert.Equal((3, 21), (resumed.Model.History.Epochs.Count, resumed.Model.Iterations));
        Assert.True(Near(expected["losses"], resumed.LossesOfEpochs, ToleranceOfLosses));
    }

    [Fact(Explicit = true)]
    public void Write_the_files_of_this_version()
    {
        var folder = Path.Combine(Root(),
            $"v{typeof(Model).Assembly.GetName().Version!.ToString(3)}-format{TrainingState.CurrentVersion}");
        Assert.False(Directory.Exists(folder), $"{folder} is there already; what a version has written is never changed.");
        var predictions = new Dictionary<string, float[]>();
        foreach (var example in SavedExamples.Networks())
        {
            var network = example.Trained();
            network.Save(Path.Combine(folder, $"{example.Name}.safetensors"));
            predictions[example.Name] = example.Scores(network);
        }
        var model = new SavedExamples.Training();
        model.Fit(_folder.File("unused"), epochs: 2);
        model.Model.Save(Path.Combine(folder, "model.safetensors"));
        predictions["model"] = model.Predictions;

        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new SavedExamples.Training().Fit(Path.Combine(folder, "run"), stopAfter: 10, source: source));
        var whole = new SavedExamples.Training();
        whole.Fit(_folder.File("whole"));
        predictions["losses"] = whole.LossesOfEpochs;
        File.WriteAllLines(Path.Combine(folder, "predictions.txt"),
            predictions.Select(one =>
                $"{one.Key}: {string.Join(' ', one.Value.Select(number => number.ToString("R", CultureInfo.InvariantCulture)))}"));
    }

    private static Dictionary<string, float[]> Read(string version) =>
        File.ReadAllLines(Path.Combine(Root(), version, "predictions.txt")).Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0],
            parts => Array.ConvertAll(parts[1].Split(' '), number => float.Parse(number, CultureInfo.InvariantCulture)));

    private static bool Near(float[] expected, float[] actual, double tolerance) =>
        expected.Length == actual.Length
            && expected.Zip(actual)
                .All(pair => Math.Abs(pair.First - (double)pair.Second) <= tolerance * Math.Max(1, Math.Abs(pair.First)));

    private static string Root([CallerFilePath] string test = "") => Path.Combine(Path.GetDirectoryName(test)!, "Saved");
}
