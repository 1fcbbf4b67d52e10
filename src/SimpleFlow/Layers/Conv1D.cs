using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>A convolutional layer over sequences: activation(conv(x, w) + b), with w [channels, channels
    /// in / groups, width] and b [channels].</summary>
    /// <param name="x">Its input, sequences [batch, channels in, length]; the number of channels must be known.</param>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="width">The width of the window.</param>
    /// <param name="activation">The activation function; none by default.</param>
    /// <param name="stride">How far the window moves from one place to the next.</param>
    /// <param name="padding">How many zeros are added at each end of the sequences.</param>
    /// <param name="dilation">How far apart the window's elements are.</param>
    /// <param name="groups">The number of groups that the channels are divided into.</param>
    /// <param name="weights">The initial values of w. The default depends on the activation, as for <see cref="Dense"/>.</param>
    /// <param name="bias">The initial values of b; zeros by default.</param>
    /// <param name="useBias">Whether there is a b: a normalisation that follows takes it away anyway.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> and <c>name/b</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>A node [batch, channels, places].</returns>
    /// <exception cref="ShapeException">The input is not a sequence of this shape, its channels are unknown or do not divide into the
    /// groups, or the window does not fit.</exception>
    public static Node Conv1D(
        Node x, int channels, int width, Activation? activation = null, int stride = 1, int padding = 0, int dilation = 1,
        int groups = 1, Initializer? weights = null, Initializer? bias = null, bool useBias = true, string name = "conv",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        Known.Rank(nameof(Conv1D), x, 3, "sequences [batch, channels, length]");
        var from = Known.Size(nameof(Conv1D), x, 1, "the number of channels (axis 1)");
        var w = new Variable($"{name}/w", [channels, Math.Max(1, from / groups), width], weights ?? Activations.InitialWeights(activation),
            file: file, line: line);
        var sums = x.Conv1D(w, stride, padding, dilation, groups, $"{name}/x∗w", file, line);
        if (useBias)
        {
            var b = new Variable($"{name}/b", [channels], bias ?? Initializer.Zeros(), file: file, line: line);
            sums = Flow.AddFlow(sums, new Add(Flow.AddFlow(b, new Unsqueeze([1]), null, file, line)), $"{name}/x∗w + b", file, line);
        }
        return (activation ?? Activations.None)(sums);
    }
}

public abstract partial record Layer
{
    /// <summary>A convolutional layer over sequences [batch, channels, length]. There is no b if <paramref name="UseBias"/> is
    /// false.</summary>
    public sealed record Conv1D(int Channels, int Width, Activation? Activation = null, int Stride = 1, int Padding = 0,
        int Dilation = 1, int Groups = 1, bool? UseBias = null) : Layer
    {
        /// <summary>The activation function.</summary>
        [JsonConverter(typeof(ActivationConverter))]
        public Activation Activation { get; init => field = value ?? Activations.None; } = Activation ?? Activations.None;

        protected override string Kind => "conv";
        protected override Node Build(Node x, string name) =>
            Layers.Conv1D(x, Channels, Width, Activation, Stride, Padding, Dilation, Groups, useBias: UseBias ?? true,
                name: name);
    }
}
