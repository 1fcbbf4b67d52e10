using System.Globalization;
using System.Text;
using System.Text.Json;
using SimpleFlow.Cli;
using SimpleFlow.Cli.Recipes;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>What <c>train FILE.csv</c> learns without another option, on small tables of the kinds of docs/defaults.md.</summary>
public sealed class TableRecipeTests : IDisposable
{
    private const int Rows = 1500;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_smooth_curve_is_learned_and_where_it_nearly_jumps_too() =>
        // Friedman's third function without noise: the angle turns fast where the first number is small.
        Assert.InRange(RSquared(random =>
        {
            var (resistance, frequency) = (100 * random.NextDouble(), Math.PI * (40 + 520 * random.NextDouble()));
            var (inductance, capacity) = (random.NextDouble(), 1 + 10 * random.NextDouble());
            return ([resistance, frequency, inductance, capacity],
                Math.Atan((frequency * inductance - 1 / (frequency * capacity)) / resistance));
        }), 0.99, 1);

    [Fact]
    public void Columns_that_are_seldom_other_than_zero_do_not_outweigh_the_others() =>
        // Standardised, such a number is eighteen deviations from the mean.
        Assert.InRange(RSquared(random =>
        {
            var (a, b) = (random.NextDouble(), random.NextDouble());
            return ([a, b, .. Enumerable.Range(0, 100).Select(_ => random.NextDouble() < 0.003 ? random.NextDouble() : 0)], a * b);
        }), 0.98, 1);

    [Fact]
    public void Weights_decay_as_much_in_a_short_training_as_in_a_long_one_but_in_no_step_by_much()
    {
        // 80 epochs of 125 steps, and 5 of 3125.
        Assert.Equal(Decay(rows: 4000) * 80 * 125, Decay(rows: 100_000) * 5 * 3125, 0.1);
        Assert.InRange(Decay(rows: 100), 10 * Decay(rows: 4000), 1);
        Assert.Equal(1, Decay(rows: 20));

        static double Decay(int rows)
        {
            var optimizer = TableRecipe.Create(new TrainSettings(), rows, columns: 4).Optimizer;
            var (text, name) = ($"{optimizer}", "weight decay ");
            var decay = text[(text.IndexOf(name, StringComparison.Ordinal) + name.Length)..].Split(',', ')')[0];
            return double.Parse(decay, CultureInfo.InvariantCulture);
        }
    }

    private double RSquared(Func<Random, (double[] Inputs, double Target)> draw)
    {
        var (random, text) = (new Random(1), new StringBuilder());
        for (var row = 0; row < Rows; row++)
        {
            var (inputs, target) = draw(random);
            if (row == 0) text.AppendLine(string.Join(',', inputs.Select((_, index) => $"x{index + 1}").Append("y")));
            text.AppendLine(string.Join(',', inputs.Append(target).Select(number => number.ToString(CultureInfo.InvariantCulture))));
        }
        var file = _folder.File("table.csv");
        File.WriteAllText(file, text.ToString());
        var run = ToolRun.Of("train", file, "--target", "y", "--json").Succeeded();
        using var end = JsonDocument.Parse(run.Lines[^1]);
        return end.RootElement.GetProperty("rSquared").GetDouble();
    }
}
