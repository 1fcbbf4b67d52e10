using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>A convolutional layer: activation(conv(x, w) + b), with w [channels, channels in /
    /// groups, height, width] and b [channels].</summary>
    /// <param name="x">Its input, images [batch, channels in, height, width]; the number of channels must be known.</param>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="window">The height and width of the window: <c>3</c>, <c>(3, 5)</c>.</param>
    /// <param name="activation">The activation function; none by default.</param>
    /// <param name="stride">How far the window moves from one place to the next; 1 by default.</param>
    /// <param name="padding">How many zeros are added around the images.</param>
    /// <param name="dilation">How far apart the window's elements are; 1 by default.</param>
    /// <param name="groups">The number of groups that the channels are divided into.</param>
    /// <param name="weights">The initial values of w. The default depends on the activation, as for <see cref="Dense"/>.</param>
    /// <param name="bias">The initial values of b; zeros by default.</param>
    /// <param name="useBias">Whether there is a b: a normalisation that follows takes it away anyway.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> and <c>name/b</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>A node [batch, channels, places down, places across].</returns>
    /// <exception cref="ShapeException">The input is not images, its channels are unknown or do not divide into the groups, or the window
    /// does not fit.</exception>
    public static Node Conv2D(
        Node x, int channels, Size2D window, Activation? activation = null, Size2D? stride = null, Padding padding = default,
        Size2D? dilation = null, int groups = 1, Initializer? weights = null, Initializer? bias = null, bool useBias = true,
        string name = "conv", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (x.Shape.Rank != 4 || x.Shape[1] is not { } from)
            throw new ShapeException(
                $"Conv2D: `{x.Label}` is {x.Shape}; images [batch, channels, height, width] with a known number of channels are needed, "
                    + "because the weights' shape depends on it.", "Declare them: [null, 1, 28, 28].");
        var w = new Variable($"{name}/w", [channels, Math.Max(1, from / groups), window.Height, window.Width],
            weights ?? Activations.InitialWeights(activation), file: file, line: line);
        var sums = Flow.AddFlow(x, new Conv2D(w, stride, padding, dilation, groups), $"{name}/x∗w", file, line);
        if (useBias)
        {
            var b = new Variable($"{name}/b", [channels], bias ?? Initializer.Zeros(), file: file, line: line);
            // [channels] → [channels, 1, 1]
            var perChannel = Flow.AddFlow(b, new Unsqueeze([1, 2]), null, file, line);
            sums = Flow.AddFlow(sums, new Add(perChannel), $"{name}/x∗w + b", file, line);
        }
        return (activation ?? Activations.None)(sums);
    }
}

public abstract partial record Layer
{
    /// <summary>A convolutional layer with square windows over images [batch, channels, height, width]. <paramref name="Padding"/> is the
    /// number of zeros around the image; by default half the window, which keeps the image's size. There is no b if
    /// <paramref name="UseBias"/> is false.</summary>
    public sealed record Conv2D(int Channels, int Window, Activation? Activation = null, int Stride = 1,
        int? Padding = null, int Dilation = 1, int Groups = 1, bool? UseBias = null) : Layer
    {
        /// <summary>The activation function.</summary>
        [JsonConverter(typeof(ActivationConverter))]
        public Activation Activation { get; init => field = value ?? Activations.None; } = Activation ?? Activations.None;

        protected override string Kind => "conv";
        protected override Node Build(Node x, string name) =>
            Layers.Conv2D(x, Channels, Window, Activation, Stride, Padding ?? Dilation * (Window - 1) / 2, Dilation, Groups,
                useBias: UseBias ?? true, name: name);
    }
}
