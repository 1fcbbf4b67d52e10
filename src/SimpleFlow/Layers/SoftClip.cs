using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>
    /// limit · tanh(x / limit): what is small stays nearly as it is, and what is large comes no further than the limit. Before the first
    /// layer of a network for standardised numbers, it keeps one outlier, or a column that is seldom other than 0, from outweighing all
    /// others (Holzmüller, Grinsztajn and Steinwart, "Better by default: strong pre-tuned MLPs and boosted trees on tabular data", 2024,
    /// clip in a similar way).
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="limit">The limit: three standard deviations by default.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not a finite number above 0.</exception>
    /// <exception cref="ShapeException">The elements are not floats.</exception>
    public static Node SoftClip(
        Node x, float limit = 3, string name = "soft clip", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(SoftClip), x);
        if (!(limit > 0 && float.IsFinite(limit)))
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "The limit is a finite number above 0.");
        return Flow.AddFlow((x / limit).Tanh(), new Multiply(limit), name, file, line);
    }
}

public abstract partial record Layer
{
    /// <summary>Numbers that come no further from 0 than a limit, for rows of a table with outliers.</summary>
    public sealed record SoftClip(float Limit = 3) : Layer
    {
        protected override string Kind => "soft clip";
        protected override Node Build(Node x, string name) => Layers.SoftClip(x, Limit, name);
    }
}
