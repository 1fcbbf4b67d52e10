namespace SimpleFlow.Adversary;

/// <summary>Layers and losses.</summary>
internal static class LayerMoves
{
    public static IEnumerable<Move> All { get; } =
        [
        new("dense",
            p => Layers.Dense(p.Any(), p.Size(), p.One<Activation?>(null, Activation.Relu, Activation.Tanh, Activation.Gelu))),
        new("convolution layer",
            p => Layers.Conv2D(p.Any(x => x.Shape.Rank == 4), p.One(1, 3, 8, 16, 17), 3, Activation.Relu, padding: p.One(0, 1))),
        new("layer norm", p => Layers.LayerNorm(p.Any())),
        new("rms norm", p => Layers.RmsNorm(p.Any())),
        new("group norm", p => Layers.GroupNorm(p.Any(x => x.Shape.Rank >= 3), p.One(1, 2, 3))),
        new("batch norm", BatchNorm),
        new("attention", p => Layers.MultiHeadAttention(p.Any(x => x.Shape.Rank == 3), p.One(1, 2, 3), p.Chance(0.5))),
        new("transformer block", p => Layers.TransformerBlock(p.Any(x => x.Shape.Rank == 3), p.One(1, 2), causal: p.Chance(0.5))),
        new("rnn", p => Layers.Rnn(p.Any(x => x.Shape.Rank == 3), p.One(1, 3, 8), sequence: p.Chance(0.5))),
        new("lstm", p => Layers.Lstm(p.Any(x => x.Shape.Rank == 3), p.One(1, 3, 8), p.Chance(0.5), p.Chance(0.3))),
        new("gru", p => Layers.Gru(p.Any(x => x.Shape.Rank == 3), p.One(1, 3, 8), p.Chance(0.5), p.Chance(0.3))),
        new("embedding",
            p => { var count = p.Size(); return Layers.Embedding(p.Indices(count, p.Chance(0.5) ? null : p.Size(), p.One(1, 2, 5)), count,
                p.Size()); }),
        new("positions", p => Layers.SinusoidalPositions(p.Any(x => x.Shape.Rank == 3))),
        new("squared error", p => { var x = p.Any(); return Losses.MeanSquaredError(x, Like(p, x)); }),
        new("absolute error", p => { var x = p.Any(); return Losses.MeanAbsoluteError(x, Like(p, x)); }),
        new("huber", p => { var x = p.Any(); return Losses.Huber(x, Like(p, x), p.One(0.5f, 1f)); }),
        new("binary cross-entropy", p => { var x = p.Any(); return Losses.BinaryCrossEntropy(x, Like(p, x).Sigmoid()); }),
        new("cross-entropy by classes", ByClasses),
        new("cross-entropy by shares",
            p => { var x = p.Any(x => x.Shape.Rank > 0); return Losses.SoftmaxCrossEntropy(x, Like(p, x).Softmax()); }),
        new("accuracy", p => { var x = p.Any(x => x.Shape.Rank > 0); return Metrics.Accuracy(x, Like(p, x)); }),
    ];

    private static Node BatchNorm(RandomProgram p)
    {
        var normalised = Layers.BatchNorm(p.Any(x => x.Shape.Rank >= 2), epsilon: 0.01f);
        p.IsForTraining = true;
        return normalised;
    }

    private static Node ByClasses(RandomProgram p)
    {
        var logits = p.Any(x => x.Shape.Rank > 0);
        if (logits.Shape[logits.Shape.Rank - 1] is not > 0) throw new NoMoveException();
        var classes = logits.Shape[logits.Shape.Rank - 1]!.Value;
        var labels = p.Indices(classes, [.. logits.Shape.SkipLast(1)]);
        float[]? weights = p.Chance(0.3) ? [.. Enumerable.Range(0, (int)classes).Select(i => 0.5f + i % 3)] : null;
        return Losses.SoftmaxCrossEntropy(logits, labels, smoothing: p.One(0f, 0f, 0.1f), classWeights: weights);
    }

    /// <summary>Something of the same shape.</summary>
    private static Node Like(RandomProgram p, Node x) =>
        p.Chance(0.4) ? p.Rounded(x.Tanh() * 0.5f + 0.1f).Relu() : (Node)p.Floats([.. x.Shape]);
}
