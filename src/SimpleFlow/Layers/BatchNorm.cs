using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>
    /// Batch normalisation: normalises each channel to mean 0 and variance 1 over the batch, then applies a learned scale and shift. In
    /// inference it uses running averages from training instead of the batch's mean and variance (Ioffe and Szegedy, "Batch normalization:
    /// accelerating deep network training by reducing internal covariate shift", 2015). The batch variance is divided by n, as in ONNX. A
    /// smaller last batch of an epoch moves the averages in proportion to its rows. <see cref="FineTuning.InferenceMode(Node)"/> keeps the
    /// layer in inference mode while other layers train.
    /// </summary>
    /// <param name="x">[batch, channels] or [batch, channels, ..]; the number of channels must be known.</param>
    /// <param name="momentum">The fraction of a running average that each step keeps.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    /// <param name="scale">Whether there is a learned scale.</param>
    /// <param name="shift">Whether there is a learned shift.</param>
    /// <param name="trackStatistics">Whether there are running averages; without them, inference uses the batch's mean and variance,
    /// too.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/scale</c>, <c>name/shift</c>,
    /// <c>name/mean</c> and <c>name/variance</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input has fewer than two axes, or the number of channels is unknown.</exception>
    public static Node BatchNorm(
        Node x, float momentum = 0.9f, float epsilon = 1e-5f, bool scale = true, bool shift = true, bool trackStatistics = true,
        string name = "batch norm", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(BatchNorm), x);
        Known.Epsilon(epsilon);
        if (!(momentum is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "A momentum must be in [0, 1].");
        var channels = Known.Size(nameof(BatchNorm), x, 1, "the number of channels (axis 1)");
        var at = new SourceLocation(file, line);
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => axis != 1)];
        // One number per channel, shaped to broadcast over the rest: [1, channels, 1, 1].
        var shape = Shape.Create([.. Enumerable.Range(0, x.Shape.Rank).Select(axis => (long?)(axis == 1 ? channels : 1))]);

        var mean = x.Mean(axes, keep: true);
        var variance = (x - mean).Power(2).Mean(axes, keep: true);
        if (!trackStatistics) return Normalised.Scaled(Normalised.By(x, mean, variance, epsilon), shape, name, at, scale, shift);
        var usualMean = mean.RunningAverage(new Variable($"{name}/mean", shape, Initializer.Zeros(), trainable: false, file, line),
            momentum);
        var usualVariance = variance.RunningAverage(new Variable($"{name}/variance", shape, Initializer.Ones(), trainable: false, file,
            line), momentum);
        return Normalised.Scaled(Normalised.By(x, usualMean, usualVariance, epsilon), shape, name, at, scale, shift);
    }
}

public abstract partial record Layer
{
    /// <summary>Batch normalisation: each channel with mean 0 and variance 1 over the batch. What is false is left out: the learned scale,
    /// the learned shift, the running averages.</summary>
    public sealed record BatchNorm(float Momentum = 0.9f, float Epsilon = 1e-5f, bool? Scale = null, bool? Shift = null,
        bool? TrackStatistics = null) : Layer
    {
        protected override string Kind => "batch norm";
        protected override Node Build(Node x, string name) =>
            Layers.BatchNorm(x, Momentum, Epsilon, Scale ?? true, Shift ?? true, TrackStatistics ?? true, name);
    }
}
