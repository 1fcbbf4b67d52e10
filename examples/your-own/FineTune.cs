using SimpleFlow;

namespace YourOwn;

/// <summary>
/// A network that has learned one task learns another from few examples. Its middle stays frozen, its first layer adapts at a hundredth of
/// the rate, the new head at the full rate, and biases do not decay. Finally the middle is thawed.
/// </summary>
internal static class FineTune
{
    public static void Run()
    {
        var x = new Placeholder("x", [null, 8]);
        var y = new Placeholder("y", [null, 1]);
        var first = Layers.Dense(x, 32, Activation.Tanh, name: "first");
        var middle = Layers.Dense(first, 32, Activation.Tanh, name: "middle");
        var old = Losses.MeanSquaredError(Layers.Dense(middle, 1, name: "old head"), y);
        var learned = new Model(old, optimizer: new Adam(0.003f), seed: 1);
        learned.Fit(Data(4_000, one => MathF.Sin(one)), epochs: 20);

        var prediction = Layers.Dense(middle, 1, name: "new head");
        var loss = Losses.MeanSquaredError(prediction, y);
        var firstLayer = first.Variables().Where(variable => variable.Shape.Rank == 2);
        var optimizer = new AdamW(0.01f, weightDecay: 0.01f)
        {
            Groups = [new VariableGroup(firstLayer, rateFactor: 0.01f), VariableGroup.WithoutDecay(loss.Variables())],
        };
        var model = new Model(loss, prediction, optimizer, seed: 2);
        Variable[] middleOnly = [.. middle.Variables().Except(first.Variables())];
        var (data, unseen) = (Data(60, MathF.Cos), Data(1_000, MathF.Cos));

        model.Freeze(middleOnly);
        var (before, beforeFirst) = (middleOnly.ToVector(), first.Variables().ToVector());
        model.Fit(data, epochs: 100);
        var frozen = model.Evaluate(unseen).Loss;
        var (stayed, moved) = (middleOnly.ToVector().SequenceEqual(before), !first.Variables().ToVector().SequenceEqual(beforeFirst));
        model.Thaw(middleOnly);
        model.Fit(data, epochs: 20);
        Console.WriteLine($"  middle frozen: {stayed}, first layer adapted: {moved}, loss on unseen rows {frozen:F4}; "
            + $"thawed: {!middleOnly.ToVector().SequenceEqual(before)}");

        // The same from the beginning, with the few examples alone.
        var other = Losses.MeanSquaredError(Layers.Dense(Layers.Dense(Layers.Dense(
            x, 32, Activation.Tanh, name: "first"), 32, Activation.Tanh, name: "middle"), 1, name: "head"), y);
        var scratch = new Model(other, optimizer: new AdamW(0.01f, weightDecay: 0.01f), seed: 2);
        scratch.Fit(data, epochs: 100);
        Console.WriteLine($"  the same from the beginning: {scratch.Evaluate(unseen).Loss:F4}");
        if (!stayed || !moved || frozen > scratch.Evaluate(unseen).Loss)
            throw new InvalidOperationException("The frozen middle moved, or it did not help.");

        Dataset Data(int rows, Func<float, float> answer)
        {
            var random = new Random(rows);
            var inputs = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, 8).Select(_ => random.NextSingle() * 2 - 1).ToArray())
                .ToArray();
            return new Dataset
            {
                [x] = DataArray.From(inputs, one => one),
                [y] = DataArray.From(inputs, one => [answer(3 * (one[0] * one[1] + one[2] * one[3]))]),
            };
        }
    }
}
