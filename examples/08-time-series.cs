// An LSTM continues two series: a sine with noise, and one like an airline's passenger numbers, which grow from year to year and
// swing with the seasons. It learns to predict the next value from the previous ones, and then continues from its own predictions.
//
//   dotnet run -c Release examples/08-time-series.cs                    200 epochs
//   dotnet run -c Release examples/08-time-series.cs -- 40 --seed 2     fewer epochs, other random numbers

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;

var epochs = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 200;
var seed = Array.IndexOf(args, "--seed") is >= 0 and var at ? ulong.Parse(args[at + 1]) : 1;
var random = new Random(1);

// Twelve years of months; the last three are kept for testing.
const int Known = 108, All = 144;
float[] sine = [.. Enumerable.Range(0, All).Select(month => (float)(Math.Sin(month * Math.Tau / 12) + 0.05 * Normal()))];
float[] passengers = [.. Enumerable.Range(0, All).Select(month =>
    (float)(120 * Math.Exp(0.0105 * month + 0.15 * Math.Sin((month - 3) * Math.Tau / 12) + 0.05 * Math.Sin(month * Math.Tau / 6)
        + 0.02 * Normal())))];

var upper = Continue("sine", sine, forward: value => value, back: value => value);
// Growth by a constant percentage is a straight line in logarithms, so the steps from one month to the next have no trend left.
var lower = Continue("passengers", passengers, forward: MathF.Log, back: MathF.Exp, steps: true);
var picture = Path.GetFullPath("out/08-time-series.png");
Panels.SavePng(picture, [upper, lower], 800, 700);
Console.WriteLine($"picture: {picture}");

Chart Continue(string name, float[] series, Func<float, float> forward, Func<float, float> back, bool steps = false)
{
    const int Window = 24;
    float[] levels = [.. series.Select(forward)];
    float[] values = steps ? [.. levels.Zip(levels.Skip(1), (one, next) => next - one)] : levels;
    var (mean, last) = (values.Take(Known).Average(), Known - (steps ? 1 : 0));
    var deviation = MathF.Sqrt(values.Take(last).Average(value => (value - mean) * (value - mean)));
    float[] standard = [.. values.Select(value => (value - mean) / deviation)];

    // Windows of two years; the target of each month is the next one.
    var starts = Enumerable.Range(0, last - Window).ToArray();
    var x = new Placeholder("months", [null, Window, 1]);
    var y = new Placeholder("next", [null, 1]);
    var next = Layers.Dense(Layers.Lstm(x, 24, name: "lstm"), 1, name: "next");
    var model = new Model(Losses.MeanSquaredError(next, y), next, new Adam(0.01f), seed: seed);
    var windows = new Dataset { [x] = DataArray.From(starts, start => standard[start..(start + Window)]),
        [y] = DataArray.From(starts, start => [standard[start + Window]]) };
    var history = model.Fit(windows, new FitOptions { Epochs = epochs, BatchSize = 16, Schedule = Schedule.Cosine() });

    // Three years, each month predicted from earlier predictions only.
    var series2 = standard[..last].ToList();
    while (series2.Count < standard.Length) series2.Add(model.Predict(new Feed { [x] = series2[^Window..].ToArray() })[0, 0]);
    var level = levels[Known - 1];
    float[] forecast = [.. series2.Skip(last).Select(value => back(steps ? level += value * deviation + mean : value * deviation + mean))];

    var truth = series[Known..];
    var seasonal = truth.Select((_, i) => series[Known - 12 + i % 12]).ToArray();
    Console.WriteLine(
        $"{name}: loss: {history.Epochs[0].Loss:F4} at first, {history.Last.Loss:F4} at last; error of 36 months ahead: "
            + $"{Error(forecast):F1} %, of saying last year again: {Error(seasonal):F1} %");
    float[] Months(int from) => [.. Enumerable.Range(from, All - from).Select(month => month / 12f)];
    return new Chart($"{name}: the LSTM goes on after nine years")
        .Curve<float>(Months(0), series, "truth", Palette.Sky)
        .Curve<float>(Months(Known), forecast, "forecast", Palette.Vermilion)
        .Axes("year", name);

    // The root mean square error, relative to the size of the true values.
    double Error(float[] said) =>
        100 * Math.Sqrt(truth.Zip(said, (one, other) => (double)(one - other) * (one - other)).Average()
            / truth.Average(one => (double)one * one));
}

double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
