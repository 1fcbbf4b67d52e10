using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>Leaky ReLU with a learned slope: x where it is positive, else slope · x (He, Zhang, Ren and Sun, "Delving deep into
    /// rectifiers", 2015).</summary>
    /// <param name="x">Any shape; with a slope for each channel [batch, channels, ..].</param>
    /// <param name="perChannel">Whether each channel (axis 1) has a slope of its own. Keras has one for each element of an example.</param>
    /// <param name="slope">Where the slope begins.</param>
    /// <param name="name">The layer's name; its variable is called <c>name/slope</c>, [] or [channels, 1, ..].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">With a slope for each channel: the number of channels is unknown.</exception>
    public static Node PRelu(Node x, bool perChannel = false, float slope = 0.25f, string name = "prelu",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(PRelu), x);
        var shape = Shape.Scalar;
        if (perChannel)
        {
            var channels = Known.Size(nameof(PRelu), x, 1, "the number of channels (axis 1)");
            shape = Shape.Create([channels, .. Enumerable.Repeat((long?)1, x.Shape.Rank - 2)]);
        }
        var own = new Variable($"{name}/slope", shape, Initializer.Constant(slope), file: file, line: line);
        return Flow.AddFlow(x.Greater(0f), new Select(x, own * x), name, file, line);
    }
}

public abstract partial record Layer
{
    /// <summary>Leaky ReLU with a learned slope, one for all or one for each channel.</summary>
    public sealed record PRelu(bool PerChannel = false, float Slope = 0.25f) : Layer
    {
        protected override string Kind => "prelu";
        protected override Node Build(Node x, string name) => Layers.PRelu(x, PerChannel, Slope, name);
    }
}
