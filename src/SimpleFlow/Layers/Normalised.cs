namespace SimpleFlow;

/// <summary>What the normalising layers share: (x − mean) / √(variance + ε), and a learned scale and shift.</summary>
internal static class Normalised
{
    public static Node By(Node x, Node mean, Node variance, float epsilon) => (x - mean) / (variance + epsilon).Sqrt();

    /// <summary>Normalises x by its own mean and variance along the axes.</summary>
    public static Node Along(Node x, int[] axes, float epsilon)
    {
        var mean = x.Mean(axes, keep: true);
        return By(x, mean, (x - mean).Power(2).Mean(axes, keep: true), epsilon);
    }

    /// <summary>scale · x + shift, with one learned number of each for every element of <paramref name="shape"/>; without the one or the
    /// other if that is asked for.</summary>
    public static Node Scaled(Node x, Shape shape, string name, SourceLocation at, bool scale = true, bool shift = true)
    {
        if (scale)
            x = Flow.AddFlow(x, new Multiply(new Variable($"{name}/scale", shape, Initializer.Ones(), file: at.File, line: at.Line)),
                shift ? null : name, at.File, at.Line);
        if (shift)
            return Flow.AddFlow(x, new Add(new Variable($"{name}/shift", shape, Initializer.Zeros(), file: at.File, line: at.Line)), name,
                at.File, at.Line);
        return scale ? x : x.Named(name, at.File, at.Line);
    }
}
