// A web service that predicts one column of a table from the others. It loads the network if there is one, and trains it otherwise.
//
//   dotnet run                               http://localhost:5000
//   dotnet run -- --urls http://*:8080

using System.Text.Json;
using SimpleFlow;

// Your own table: change these two, and delete the saved network. What the column holds decides whether classes or amounts are predicted.
const string Data = "iris.csv", Target = "species";
const string Saved = "network.safetensors";

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddProblemDetails();
var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();

// One predictor answers any number of requests at once.
var network = File.Exists(Saved) ? Network.Load(Saved) : Trained();
using var predictor = network.Predictor();

// What a request needs, and what comes back.
app.MapGet("/", () => new
{
    columns = ((TableInput)network.Description.Input).Columns.Select(column => column.Name),
    classes = (network.Description.Output as ClassOutput)?.Classes,
});

// A row as a JSON object, with the name of each column: {"petal length": 4.9, …}. null stands for a value that is missing.
app.MapPost("/predict", (Dictionary<string, JsonElement> row) =>
{
    try
    {
        var cells = row.ToDictionary(cell => cell.Key, cell => Cell(cell.Key, cell.Value));
        if (network.Description.Output is not ClassOutput) return Results.Ok(new { amount = predictor.Estimate(cells) });
        var (name, probability) = predictor.Classify(cells);
        return Results.Ok(new { @class = name, probability });
    }
    catch (DataException exception)
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});
app.Run();

static object? Cell(string column, JsonElement value) => value.ValueKind switch
{
    JsonValueKind.Null => null,
    JsonValueKind.String => value.GetString(),
    JsonValueKind.Number => value.GetDouble(),
    JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
    _ => throw new DataException($"Column '{column}' is a list or an object; give it a text, a number, true, false or null."),
};

Network Trained()
{
    // A fifth of the rows, drawn at random, is kept for the test.
    var table = CsvTable.Read(Data);
    NetworkOutput output = ClassOutput.Suits(table, Target) ? ClassOutput.Of(table, Target) : NumberOutput.Of(table, Target);
    table = output.WithTarget(table);
    int[] order = [.. Enumerable.Range(0, table.Rows)];
    new Random(1).Shuffle(order);
    var (test, train) = (table.Select(order.AsSpan(0, table.Rows / 5)), table.Select(order.AsSpan(table.Rows / 5)));

    Layer[] layers = [new Layer.Dense(32, Activation.Silu), new Layer.Dense(32, Activation.Silu)];
    var network = new Network(new(TableInput.Of(train, Target, out _), output, layers), new AdamW(0.01f), new() { Seed = 1 });
    network.Model.Fit(network.Dataset(train), new FitOptions { Epochs = 100, BatchSize = 32, Schedule = Schedule.Cosine() });
    foreach (var (metric, value) in network.Model.Evaluate(network.Dataset(test)).Metrics)
        app.Logger.LogInformation("Trained on {Trained} rows; {Metric} on {Kept} others: {Value:G4}", train.Rows, metric, test.Rows, value);
    network.Save(Saved);
    return network;
}
