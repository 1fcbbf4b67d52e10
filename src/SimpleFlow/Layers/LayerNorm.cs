using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>Layer normalisation: normalises every example's last axis to mean 0 and variance 1, then applies a learned scale and shift
    /// (Ba, Kiros and Hinton, 2016).</summary>
    /// <param name="x">[.., features]; the number of features must be known.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/scale</c> and <c>name/shift</c>, [features].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is a scalar, or its last size is unknown.</exception>
    public static Node LayerNorm(Node x, float epsilon = 1e-5f, string name = "layer norm", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(LayerNorm), x);
        Known.Epsilon(epsilon);
        var features = Known.Size(nameof(LayerNorm), x, -1, "the last size");
        return Normalised.Scaled(Normalised.Along(x, [-1], epsilon), [features], name, new SourceLocation(file, line));
    }

    /// <summary>RMS normalisation: divides every example's last axis by its root mean square, then applies a learned scale (Zhang and
    /// Sennrich, "Root mean square layer normalization", 2019).</summary>
    /// <param name="x">[.., features]; the number of features must be known.</param>
    /// <param name="epsilon">ε, added to the mean square.</param>
    /// <param name="name">The layer's name; its variable is called <c>name/scale</c>, [features].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is a scalar, or its last size is unknown.</exception>
    public static Node RmsNorm(Node x, float epsilon = 1e-5f, string name = "rms norm", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(RmsNorm), x);
        Known.Epsilon(epsilon);
        var features = Known.Size(nameof(RmsNorm), x, -1, "the last size");
        var root = (x.Power(2).Mean(-1, keep: true) + epsilon).Sqrt();
        return Normalised.Scaled(x / root, [features], name, new SourceLocation(file, line), shift: false);
    }
}

public abstract partial record Layer
{
    /// <summary>Layer normalisation: the last axis with mean 0 and variance 1.</summary>
    public sealed record LayerNorm(float Epsilon = 1e-5f) : Layer
    {
        protected override string Kind => "layer norm";
        protected override Node Build(Node x, string name) => Layers.LayerNorm(x, Epsilon, name);
    }

    /// <summary>RMS normalisation: the last axis with a mean square of 1.</summary>
    public sealed record RmsNorm(float Epsilon = 1e-5f) : Layer
    {
        protected override string Kind => "rms norm";
        protected override Node Build(Node x, string name) => Layers.RmsNorm(x, Epsilon, name);
    }
}
