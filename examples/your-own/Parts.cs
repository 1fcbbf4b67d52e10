using System.Text.Json.Serialization;
using SimpleFlow;

namespace YourOwn;

/// <summary>
/// Ops, an optimizer, initial values, a schedule and a layer, all written here: a network learns how far a walker gets in six steps. Its
/// training is stopped and resumed, and the network is saved and loaded.
/// </summary>
internal static class Parts
{
    private const int Steps = 6, Epochs = 60;

    public static void Run()
    {
        Layer.Register("walk", PartsJson.Default.Walk);
        Activation.Register("softsign", Softsigned);
        var folder = Directory.CreateTempSubdirectory("parts-");
        try
        {
            var (whole, table) = Make();
            var loss = whole.Model.Losses[0];
            var check = GradientCheck.Of(loss, whole.Dataset(table).Take(8).Batches(8, 0, 0).First());
            Console.WriteLine($"  gradient rules: {(check.IsRight ? "right" : check.ToText())}");
            var history = whole.Model.Fit(whole.Dataset(table), Options(Epochs, null));
            Console.WriteLine($"  loss: {history.Epochs[0].Loss:F4} after one epoch, {history.Last.Loss:F4} after {Epochs}");

            var stopped = Make().Network;
            stopped.Model.Fit(stopped.Dataset(table), Options(Epochs / 2, folder.FullName));
            var resumed = Make().Network;
            resumed.Model.Fit(resumed.Dataset(table), Options(Epochs, folder.FullName));
            var file = Path.Combine(folder.FullName, "walker.safetensors");
            resumed.Save(file);
            var loaded = Network.Load(file).Estimate(table);
            var same = loaded.SequenceEqual(whole.Estimate(table));
            Console.WriteLine($"  stopped, resumed, saved and loaded: {(same ? "the same to the last bit" : "something else")}");
            if (!check.IsRight || history.Last.Loss > history.Epochs[0].Loss / 10 || !same)
                throw new InvalidOperationException("A part of this program's own does not do what it should.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (Network Network, CsvTable Table) Make()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 600).Select(_ =>
        {
            var steps = Enumerable.Range(0, Steps).Select(_ => random.Next(-3, 4)).ToArray();
            var farthest = Enumerable.Range(1, Steps).Max(count => steps.Take(count).Sum());
            return string.Join(',', steps.Append(farthest));
        });
        var names = Enumerable.Range(1, Steps).Select(step => $"step{step}").Append("farthest");
        var table = CsvTable.Parse($"{string.Join(',', names)}\n{string.Join('\n', rows)}\n");
        var input = TableInput.Of(table, "farthest", out _);
        Layer[] layers = [new Walk(), new Layer.Dense(32, Softsigned), new Layer.Dense(32, Softsigned)];
        return (new Network(new(input, NumberOutput.Of(table, "farthest"), layers), new Lion(0.003f) { ClipNorm = 1 }), table);
    }

    private static FitOptions Options(int epochs, string? folder) => new()
    {
        Epochs = epochs,
        BatchSize = 20,
        Schedule = Schedule.Of(at => Math.Pow(0.95, at.Epoch), "times 0.95 in every epoch"),
        Callbacks = folder is null ? [] : [new Checkpoint(folder)],
        Resume = folder,
    };

    private static Node Softsigned(Node x) => Flow.AddFlow(x, new Softsign());
}

/// <summary>x / (1 + |x|): an op of one number at a time.</summary>
internal sealed record Softsign : Unary
{
    protected override double Plain(double x) => x / (1 + Math.Abs(x));

    protected override Node? Gradient(Operation node, Node upstream, int input) =>
        upstream / (1f + node.Inputs[0].Abs()).Power(2);
}

/// <summary>The sums of the first one, two, three … elements of every row, or of the last ones: an op of any other kind.</summary>
internal sealed record RunningSum(bool FromBack = false) : CustomOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0].Rank == 2 ? inputs[0]
        : throw new ShapeException("rows are summed, and this is no matrix.", "Give it a matrix.");

    protected override Node? Gradient(Operation node, Node upstream, int input) => Flow.AddFlow(upstream, new RunningSum(!FromBack));

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        for (var row = 0; row < result.Size(0); row++)
        {
            var sum = 0.0;
            for (var i = 0; i < result.Size(1); i++)
            {
                var column = FromBack ? result.Size(1) - 1 - i : i;
                result[row, column] = sum += inputs[0][row, column];
            }
        }
    }

    protected override int BlockOf(Shape result) => (int)result[1]!;

    protected override void Run(OpRun run)
    {
        var x = run.Input(0)[run.Start..];
        var y = run.Result;
        var length = run.Size(0, 1);
        for (var row = 0; row < y.Length; row += length)
        {
            var sum = 0f;
            for (var i = 0; i < length; i++)
            {
                var at = row + (FromBack ? length - 1 - i : i);
                y[at] = sum += x[at];
            }
        }
    }
}

/// <summary>Where the walker is after each step, in a scale that is learned: a layer.</summary>
internal sealed record Walk : Layer
{
    protected override Node Build(Node x, string name)
    {
        var near = Initializer.Of((values, _, random) =>
        {
            foreach (ref var value in values) value = 0.5f + 0.1f * random.Uniform();
        }, "near a half");
        return Flow.AddFlow(x, new RunningSum()) * new Variable($"{name}/scale", [x.Shape[^1]], near);
    }
}

/// <summary>An optimizer (Chen and others, "Symbolic discovery of optimization algorithms", 2023).</summary>
internal sealed class Lion(float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f) : Optimizer(learningRate)
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("beta 1", beta1), ("beta 2", beta2)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var momentum = state.Beside(variable, "momentum");
        yield return variable.Assign(variable - rate * (beta1 * momentum + (1 - beta1) * gradient).Sign());
        yield return momentum.Assign(beta2 * momentum + (1 - beta2) * gradient);
    }
}

[JsonSerializable(typeof(Walk))]
internal sealed partial class PartsJson : JsonSerializerContext;
