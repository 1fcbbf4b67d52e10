using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>A transposed convolutional layer, which enlarges images: activation(convᵀ(x, w) + b), with w [channels in, channels /
    /// groups, height, width] and b [channels].</summary>
    /// <param name="x">Its input, images [batch, channels in, height, width]; the number of channels must be known.</param>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="window">The height and width of the window.</param>
    /// <param name="activation">The activation function; none by default.</param>
    /// <param name="stride">The approximate factor by which the images grow; 1 by default.</param>
    /// <param name="padding">How many rows and columns are cut off at the edges.</param>
    /// <param name="outputPadding">How many rows and columns are added at the end.</param>
    /// <param name="groups">The number of groups that the channels are divided into.</param>
    /// <param name="dilation">How far apart the window's elements are; 1 by default.</param>
    /// <param name="weights">The initial values of w; <c>Glorot()</c> by default.</param>
    /// <param name="bias">The initial values of b; zeros by default.</param>
    /// <param name="useBias">Whether there is a b: a normalisation that follows takes it away anyway.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> and <c>name/b</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not images, its channels are unknown or do not divide into the groups, or the padding
    /// cuts off everything.</exception>
    public static Node ConvTranspose2D(
        Node x, int channels, Size2D window, Activation? activation = null, Size2D? stride = null, Padding padding = default,
        Size2D outputPadding = default, int groups = 1, Size2D? dilation = null, Initializer? weights = null, Initializer? bias = null,
        bool useBias = true, string name = "conv transposed", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        Known.Rank(nameof(ConvTranspose2D), x, 4, "images [batch, channels, height, width]");
        var from = Known.Size(nameof(ConvTranspose2D), x, 1, "the number of channels (axis 1)");
        if (channels % groups != 0)
            throw ShapeException.Of(nameof(ConvTranspose2D), [x],
                new ShapeException($"{NumberText.Count(channels, "channel")} cannot be divided into {groups} equal groups.",
                    "Choose a number of groups that divides the channels."));
        var w = new Variable($"{name}/w", [from, channels / groups, window.Height, window.Width], weights ?? Initializer.Glorot(),
            file: file, line: line);
        var sums = Flow.AddFlow(x, new ConvTranspose2D(w, stride, padding, dilation, groups, outputPadding), $"{name}/x∗wᵀ",
            file, line);
        if (useBias)
        {
            var b = new Variable($"{name}/b", [channels], bias ?? Initializer.Zeros(), file: file, line: line);
            sums = Flow.AddFlow(sums, new Add(Flow.AddFlow(b, new Unsqueeze([1, 2]), null, file, line)), $"{name}/x∗wᵀ + b", file, line);
        }
        return (activation ?? Activations.None)(sums);
    }
}

public abstract partial record Layer
{
    /// <summary>A transposed convolution, which enlarges images. There is no b if <paramref name="UseBias"/> is false.</summary>
    public sealed record ConvTranspose2D(int Channels, int Window, Activation? Activation = null, int Stride = 1,
        int Padding = 0, int OutputPadding = 0, int Groups = 1, bool? UseBias = null,
        int? Dilation = null) : Layer
    {
        /// <summary>The activation function.</summary>
        [JsonConverter(typeof(ActivationConverter))]
        public Activation Activation { get; init => field = value ?? Activations.None; } = Activation ?? Activations.None;

        protected override string Kind => "conv transposed";
        protected override Node Build(Node x, string name) =>
            Layers.ConvTranspose2D(x, Channels, Window, Activation, Stride, Padding, OutputPadding, Groups, Dilation ?? 1,
                useBias: UseBias ?? true, name: name);
    }
}
