using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>Layer normalisation: normalises every example's last axis to mean 0 and variance 1, then applies a learned scale and shift
    /// (Ba, Kiros and Hinton, 2016).</summary>
    /// <param name="x">[.., features]; the number of features must be known.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    /// <param name="lastAxes">How many of the last axes are normalised together, all of whose sizes must be known: PyTorch's
    /// <c>normalized_shape</c> has as many.</param>
    /// <param name="scale">Whether there is a learned scale.</param>
    /// <param name="shift">Whether there is a learned shift.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/scale</c> and <c>name/shift</c>, [features].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input has too few axes, or one of the last sizes is unknown.</exception>
    public static Node LayerNorm(
        Node x, float epsilon = 1e-5f, int lastAxes = 1, bool scale = true, bool shift = true, string name = "layer norm",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(LayerNorm), x);
        Known.Epsilon(epsilon);
        ArgumentOutOfRangeException.ThrowIfLessThan(lastAxes, 1);
        int[] axes = [.. Enumerable.Range(-lastAxes, lastAxes)];
        var features = Shape.Create([.. axes.Select(axis =>
            (long?)Known.Size(nameof(LayerNorm), x, axis, axis == -1 ? "the last size" : $"the size along axis {axis}"))]);
        return Normalised.Scaled(Normalised.Along(x, axes, epsilon), features, name, new SourceLocation(file, line), scale, shift);
    }

    /// <summary>RMS normalisation: divides every example's last axis by its root mean square, then applies a learned scale (Zhang and
    /// Sennrich, "Root mean square layer normalization", 2019).</summary>
    /// <param name="x">[.., features]; the number of features must be known.</param>
    /// <param name="epsilon">ε, added to the mean square.</param>
    /// <param name="scale">Whether there is a learned scale.</param>
    /// <param name="name">The layer's name; its variable is called <c>name/scale</c>, [features].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is a scalar, or its last size is unknown.</exception>
    public static Node RmsNorm(Node x, float epsilon = 1e-5f, bool scale = true, string name = "rms norm",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(RmsNorm), x);
        Known.Epsilon(epsilon);
        var features = Known.Size(nameof(RmsNorm), x, -1, "the last size");
        var root = (x.Power(2).Mean(-1, keep: true) + epsilon).Sqrt();
        return Normalised.Scaled(x / root, [features], name, new SourceLocation(file, line), scale, shift: false);
    }
}

public abstract partial record Layer
{
    /// <summary>Layer normalisation: the last axis, or several together, with mean 0 and variance 1. What is false is left out: the learned
    /// scale, the learned shift.</summary>
    public sealed record LayerNorm(float Epsilon = 1e-5f, int? LastAxes = null, bool? Scale = null, bool? Shift = null) : Layer
    {
        protected override string Kind => "layer norm";
        protected override Node Build(Node x, string name) =>
            Layers.LayerNorm(x, Epsilon, LastAxes ?? 1, Scale ?? true, Shift ?? true, name);
    }

    /// <summary>RMS normalisation: the last axis with a mean square of 1, without a learned scale if <paramref name="Scale"/> is
    /// false.</summary>
    public sealed record RmsNorm(float Epsilon = 1e-5f, bool? Scale = null) : Layer
    {
        protected override string Kind => "rms norm";
        protected override Node Build(Node x, string name) => Layers.RmsNorm(x, Epsilon, Scale ?? true, name);
    }
}
