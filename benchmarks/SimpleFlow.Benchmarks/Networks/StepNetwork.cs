namespace SimpleFlow.Benchmarks;

internal enum LossKind
{
    /// <summary>mean(sum((ŷ − y)², axis 1)): the seed's parabola.</summary>
    SquaredError,

    /// <summary>Cross-entropy from probabilities, −mean(sum(y·log(softmax + 10⁻⁸))), node by node as the seed writes it.</summary>
    SeedCrossEntropy,

    /// <summary>Softmax cross-entropy from logits and class indices.</summary>
    CrossEntropy,
}

internal enum OptimizerKind
{
    Sgd,
    Adam,
}

/// <summary>A layer of a network; every one but the last is followed by relu.</summary>
internal abstract record StepLayer
{
    public sealed record Dense(int Units) : StepLayer;

    public sealed record Convolution(int Channels, int Size, int Padding) : StepLayer;

    public sealed record MaxPool(int Size) : StepLayer;
}

/// <summary>A network, its batch and its first weights, described for both sides: each builds it in the way of its users.</summary>
internal sealed class StepNetwork
{
    /// <param name="name">How the tables call it.</param>
    /// <param name="input">The shape of one example: [features], or [channels, height, width].</param>
    /// <param name="layers">The layers.</param>
    /// <param name="batch">Examples per step.</param>
    /// <param name="loss">What is lowered.</param>
    /// <param name="optimizer">How; both at the rate 0.001.</param>
    public StepNetwork(string name, int[] input, StepLayer[] layers, int batch, LossKind loss, OptimizerKind optimizer)
    {
        (Name, Input, Layers, Batch, Loss, Optimizer) = (name, input, layers, batch, loss, optimizer);
        var random = new Random(7);
        X = Normal(random, batch * input.Aggregate(1, (product, size) => product * size), 1);
        var outputs = ((StepLayer.Dense)layers[^1]).Units;
        Classes = [.. Enumerable.Range(0, batch).Select(_ => random.Next(outputs))];
        Targets = loss == LossKind.SquaredError ? [.. Normal(random, batch * outputs, 1)] : OneHot(Classes, outputs);
        Weights = FirstWeights(random, input, layers);
    }

    public string Name { get; }

    public int[] Input { get; }

    public StepLayer[] Layers { get; }

    public int Batch { get; }

    public LossKind Loss { get; }

    public OptimizerKind Optimizer { get; }

    public float[] X { get; }

    public int[] Classes { get; }

    /// <summary>[batch, outputs]: numbers to meet, or rows that are 1 at the class.</summary>
    public float[] Targets { get; }

    /// <summary>For every layer that has weights w and b; w is [inputs, units], or [channels out, channels in, size, size].</summary>
    public IReadOnlyList<(float[] W, float[] B)> Weights { get; }

    public int Outputs => ((StepLayer.Dense)Layers[^1]).Units;

    public static StepNetwork Dense(int[] widths, int batch, LossKind loss, OptimizerKind optimizer) =>
        new($"{string.Join('-', widths)}, batch {batch}, {(optimizer == OptimizerKind.Sgd ? "SGD" : "Adam")}", [widths[0]],
            [.. widths[1..].Select(units => new StepLayer.Dense(units))], batch, loss, optimizer);

    private static List<(float[] W, float[] B)> FirstWeights(Random random, int[] input, StepLayer[] layers)
    {
        var weights = new List<(float[], float[])>();
        var (channels, side) = (input[0], input.Length == 3 ? input[1] : 1);
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case StepLayer.Convolution convolution:
                    var patch = channels * convolution.Size * convolution.Size;
                    weights.Add((Normal(random, convolution.Channels * patch, MathF.Sqrt(2f / patch)), Constant(convolution.Channels)));
                    (channels, side) = (convolution.Channels, side + 2 * convolution.Padding - convolution.Size + 1);
                    break;
                case StepLayer.MaxPool pool:
                    side /= pool.Size;
                    break;
                case StepLayer.Dense dense:
                    var inputs = channels * side * side;
                    weights.Add((Normal(random, inputs * dense.Units, MathF.Sqrt(2f / inputs)), Constant(dense.Units)));
                    (channels, side) = (dense.Units, 1);
                    break;
            }
        }
        return weights;
    }

    private static float[] Constant(int count) => [.. Enumerable.Repeat(0.1f, count)];

    private static float[] Normal(Random random, int count, float scale)
    {
        var values = new float[count];
        for (var i = 0; i < count;
        i++)
            values[i] = scale * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    private static float[] OneHot(int[] classes, int width)
    {
        var rows = new float[classes.Length * width];
        for (var i = 0; i < classes.Length; i++) rows[i * width + classes[i]] = 1;
        return rows;
    }
}
