// From a CSV file to a network that is saved, loaded and queried: Anderson's irises, which Fisher made famous in 1936.
// Four measurements of a flower tell its species.
//
//   dotnet run -c Release examples/07-table.cs                    100 epochs
//   dotnet run -c Release examples/07-table.cs -- 20 --seed 2     fewer epochs, other flowers in the test set

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;

var epochs = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 100;
var seed = Array.IndexOf(args, "--seed") is >= 0 and var at ? ulong.Parse(args[at + 1]) : 1;
var here = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;

// The table, and what its columns hold: numbers become (number − mean) / deviation; each different text would get an input of its own.
var table = CsvTable.Read(Path.Combine(here, "..", "data", "iris", "iris.csv"));
var input = TableInput.Of(table, target: "species", out _);
var output = ClassOutput.Of(table, "species");
var network = new Network(new(input, output, [new Layer.Dense(16, Activation.Tanh)]), new AdamW(0.01f), new() { Seed = seed });

// A third of each species is kept for testing.
var all = network.Dataset(table);
var species = all.Select(array => array.Key).Last();
var (train, test) = all.Split(2 / 3.0, seed, stratify: species);
var history = network.Model.Fit(train, new FitOptions { Epochs = epochs, BatchSize = 10, Validation = test, Schedule = Schedule.Cosine() });

var report = ClassificationReport.Of(network.Model.Predict(test), test[species], output.Classes);
Console.WriteLine($"{train.Rows} flowers to learn from, {test.Rows} to test with");
Console.WriteLine(report);

// One file holds everything that prediction needs, and fingerprints of the flowers it was trained on: simpleflow evaluate
// tells these from other flowers.
network.TrainedOn = TrainedRows.Of(train, test);
var file = Path.GetFullPath("out/07-table.safetensors");
network.Save(file);
var loaded = Network.Load(file);
var flower = new Dictionary<string, double> { ["sepal length"] = 6.1, ["sepal width"] = 2.9, ["petal length"] = 4.9,
    ["petal width"] = 1.7 };
var (name, probability) = loaded.Classify(flower);
Console.WriteLine($"a flower of 6.1, 2.9, 4.9 and 1.7 cm: {name}, sure to {probability:P0}");

var picture = Path.GetFullPath("out/07-table.png");
new LearningCurves(history.Losses)
{
    Title = "150 irises",
    Accuracy = [.. history.Epochs.Select(epoch => epoch.Training.Metrics["accuracy"])],
    ValidationLoss = [.. history.Epochs.Select(epoch => epoch.Validation!.Loss)],
    ValidationAccuracy = [.. history.Epochs.Select(epoch => epoch.Validation!.Metrics["accuracy"])],
    ValidationName = "test",
}.SavePng(picture);
Console.WriteLine($"picture: {picture}");
