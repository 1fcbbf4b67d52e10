// Learns to predict one column of a table from the others, tests itself on rows that it has not seen, and saves the network.
//
//   dotnet run                  trains, tests, and saves the network
//   dotnet run -- new.csv       predicts the column for each row of another table

using SimpleFlow;

// Your own table: change these two. What the column holds decides whether classes or amounts are predicted.
const string Data = "iris.csv", Target = "species";
const string Saved = "network.safetensors";

try
{
    switch (args)
    {
        case []:
            Train();
            return 0;
        case [var file]:
            Predict(file);
            return 0;
        default:
            Console.Error.WriteLine("usage: dotnet run, or dotnet run -- TABLE.csv");
            return 1;
    }
}
catch (Exception error) when (error is SimpleFlowException or IOException or UnauthorizedAccessException)
{
    // The message says which file, row or picture, and what to do.
    Console.Error.WriteLine(error.Message);
    return 1;
}

static void Predict(string file)
{
    var network = Network.Load(Saved);
    var rows = ((TableInput)network.Description.Input).Read(file);
    var answers = network.Description.Output is ClassOutput ? network.Classify(rows).Select(one => $"{one.Class} ({one.Probability:P0})")
        : network.Estimate(rows).Select(amount => $"{amount:G6}");
    foreach (var answer in answers) Console.WriteLine(answer);
}

static void Train()
{
    var table = CsvTable.Read(Data);
    NetworkOutput output = ClassOutput.Suits(table, Target) ? ClassOutput.Of(table, Target) : NumberOutput.Of(table, Target);
    table = output.WithTarget(table, Console.WriteLine);

    // A fifth of the rows, drawn at random, is kept for the test. Nothing is learned from it, not even the mean of a column.
    int[] order = [.. Enumerable.Range(0, table.Rows)];
    new Random(1).Shuffle(order);
    var (test, train) = (table.Select(order.AsSpan(0, table.Rows / 5)), table.Select(order.AsSpan(table.Rows / 5)));

    // Numbers and dates are standardised, and each different text gets an input of its own. Missing values are marked as such.
    var input = TableInput.Of(train, Target, out var leftOut);
    foreach (var (column, why) in leftOut) Console.WriteLine($"column '{column}' is left out: {why}");
    Layer[] layers = [new Layer.Dense(32, Activation.Silu), new Layer.Dense(32, Activation.Silu)];
    var network = new Network(new(input, output, layers), new AdamW(0.01f), new() { Seed = 1 });
    var (learned, kept) = (network.Dataset(train), network.Dataset(test));
    Console.WriteLine($"training on {train.Rows} rows …");
    network.Model.Fit(learned, new FitOptions { Epochs = 100, BatchSize = 32, Schedule = Schedule.Cosine() });

    Console.WriteLine($"on {test.Rows} rows that it has not seen:");
    var scores = network.Model.Predict(kept);
    Console.WriteLine(output is ClassOutput classes ? ClassificationReport.Of(scores, output.Encode(test), classes.Classes)
        : $"mean absolute error {network.Model.Evaluate(kept).Metrics["mean absolute error"]:G4}, "
            + $"R² {RegressionReport.Of(scores, output.Encode(test)).RSquared:F3}");

    // One file holds everything that prediction needs, and fingerprints of the rows that it has seen.
    network.TrainedOn = TrainedRows.Of(learned, kept);
    network.Save(Saved);
    Console.WriteLine($"saved: {Saved}");
}
