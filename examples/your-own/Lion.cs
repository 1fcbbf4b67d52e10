using SimpleFlow;

namespace YourOwn;

/// <summary>An optimizer: w ← w − rate · (sign(β₁·m + (1 − β₁)·g) + decay·w), m ← β₂·m + (1 −
/// β₂)·g (Chen and others, "Symbolic discovery of optimization algorithms", 2023).</summary>
public sealed class Lion(float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f, float decay = 0) : Optimizer(learningRate)
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("beta 1", beta1), ("beta 2", beta2), ("decay", decay)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var momentum = state.Beside(variable, "momentum");
        yield return variable.Assign(variable - rate * ((beta1 * momentum + (1 - beta1) * gradient).Sign() + decay * variable));
        yield return momentum.Assign(beta2 * momentum + (1 - beta2) * gradient);
    }
}

/// <summary>Trains with it, with a schedule and clipped gradients; stops, saves, and continues to the same bits.</summary>
internal static class LionTraining
{
    public static void Run()
    {
        var (whole, first, second) = (Made(), Made(), Made());
        var data = Data(whole);
        whole.Model.Fit(data, epochs: 20);
        first.Model.Fit(Data(first), epochs: 12);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            first.Model.Save(path);
            second.Model.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
        second.Model.Fit(Data(second), epochs: 8);
        var (once, twice) = (whole.Model.History.Last.Loss, second.Model.History.Last.Loss);
        Console.WriteLine($"  loss: {whole.Model.History.Epochs[0].Loss:F3} → {once:F4}; saved in between and continued: {twice:F4}");
        var rule = whole.Model.Derivation().ToText().Split('\n').First(line => line.Contains("sign(", StringComparison.Ordinal));
        Console.WriteLine($"  its rule: {rule.Trim()}");
        if (once != twice || once > whole.Model.History.Epochs[0].Loss / 5)
            throw new InvalidOperationException("Lion has not learned, or has forgotten something.");
    }

    private static (Model Model, Placeholder X, Placeholder Y) Made()
    {
        var x = new Placeholder("x", [null, 2]);
        var y = new Placeholder("y", [null, 1]);
        var hidden = Layers.Dense(x, 16, Activation.Tanh, name: "hidden");
        var loss = Losses.MeanSquaredError(Layers.Dense(hidden, 1, name: "output"), y);
        return (new Model(loss, optimizer: new Lion(0.003f, decay: 0.01f) { ClipNorm = 1 }, seed: 1), x, y);
    }

    private static Dataset Data((Model Model, Placeholder X, Placeholder Y) made)
    {
        var random = new Random(2);
        var points = Enumerable.Range(0, 512).Select(_ => (X: random.NextSingle() * 2 - 1, Y: random.NextSingle() * 2 - 1)).ToArray();
        return new Dataset
        {
            [made.X] = DataArray.From(points, point => [point.X, point.Y]),
            [made.Y] = DataArray.From(points, point => [point.X * point.Y]),
        };
    }
}
