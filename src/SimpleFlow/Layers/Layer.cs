using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>
/// A layer as a description: what it is and how large, without a graph. A <see cref="Sequential"/> makes a network of some; they can be
/// written as JSON and read back, <c>{"layer": "dense", "units": 128, "activation": "relu"}</c>.
/// Each stands for the method of <see cref="Layers"/> of the same name.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "layer")]
[JsonDerivedType(typeof(Dense), "dense")]
[JsonDerivedType(typeof(Conv1D), "conv1d")]
[JsonDerivedType(typeof(Conv2D), "conv2d")]
[JsonDerivedType(typeof(ConvTranspose2D), "conv-transpose2d")]
[JsonDerivedType(typeof(MaxPool2D), "max-pool2d")]
[JsonDerivedType(typeof(AveragePool2D), "average-pool2d")]
[JsonDerivedType(typeof(GlobalAveragePool), "global-average-pool")]
[JsonDerivedType(typeof(Flatten), "flatten")]
[JsonDerivedType(typeof(Reshape), "reshape")]
[JsonDerivedType(typeof(Activate), "activation")]
[JsonDerivedType(typeof(Dropout), "dropout")]
[JsonDerivedType(typeof(BatchNorm), "batch-norm")]
[JsonDerivedType(typeof(LayerNorm), "layer-norm")]
[JsonDerivedType(typeof(RmsNorm), "rms-norm")]
[JsonDerivedType(typeof(GroupNorm), "group-norm")]
[JsonDerivedType(typeof(Embedding), "embedding")]
[JsonDerivedType(typeof(PositionalEmbedding), "positional-embedding")]
[JsonDerivedType(typeof(SinusoidalPositions), "sinusoidal-positions")]
[JsonDerivedType(typeof(Rnn), "rnn")]
[JsonDerivedType(typeof(Lstm), "lstm")]
[JsonDerivedType(typeof(Gru), "gru")]
[JsonDerivedType(typeof(Transformer), "transformer")]
[JsonDerivedType(typeof(Residual), "residual")]
public abstract record Layer
{
    // Deeper than any network, and shallow enough that layers which contain layers are read, built and written on any stack.
    internal const int MostNested = 100;

    // A layer in a layer is an object in a list; a network and its header stand around them.
    internal const int DeepestJson = 2 * MostNested + 32;

    private Layer() { }

    /// <summary>What its variables' names begin with; its kind and its number in the network where nothing is said.</summary>
    public string? Name { get; init => field = value is null ? null : Required.Text(value); }

    /// <summary>What it is called where it has no name of its own.</summary>
    private protected abstract string Kind { get; }

    private protected abstract Node Build(Node x, string name, TimeSteps steps);

    /// <summary>Adds its nodes to a graph.</summary>
    /// <param name="x">What goes in.</param>
    /// <param name="index">Its number in the network, from 1.</param>
    /// <param name="steps">How many time steps recurrent layers have been written out to.</param>
    /// <param name="prefix">What names begin with inside of another layer.</param>
    /// <exception cref="GraphException">One of its numbers is none that a layer can have.</exception>
    internal Node Build(Node x, int index, TimeSteps steps, string prefix = "")
    {
        var name = $"{prefix}{Name ?? $"{Kind} {index}"}";
        try
        {
            return Build(x, name, steps);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            // In a description it is not an argument of a call that is wrong, but a number in a file.
            throw new GraphException($"Layer {index}, `{name}`, cannot be built: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    private static Func<Node, Node>? FunctionOf(ActivationKind kind) => kind switch
    {
        ActivationKind.None => null,
        ActivationKind.Relu => Activation.Relu,
        ActivationKind.LeakyRelu => Activation.LeakyRelu,
        ActivationKind.Elu => Activation.Elu,
        ActivationKind.Gelu => Activation.Gelu,
        ActivationKind.Silu => Activation.Silu,
        ActivationKind.Softplus => Activation.Softplus,
        ActivationKind.Sigmoid => Activation.Sigmoid,
        ActivationKind.Tanh => Activation.Tanh,
        ActivationKind.Softmax => Activation.Softmax,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such activation."),
    };

    /// <summary>Every input to every unit: [.., inputs] to [.., units]. Images are made flat first.</summary>
    public sealed record Dense(int Units, ActivationKind Activation = ActivationKind.None) : Layer
    {
        private protected override string Kind => "dense";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Dense(x.Shape.Rank == 4 ? x.Flatten() : x, Units, FunctionOf(Activation), name: name);
    }

    /// <summary>Windows that slide along sequences [batch, channels, length].</summary>
    public sealed record Conv1D(int Channels, int Width, ActivationKind Activation = ActivationKind.None, int Stride = 1, int Padding = 0,
        int Dilation = 1, int Groups = 1) : Layer
    {
        private protected override string Kind => "conv";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Conv1D(x, Channels, Width, FunctionOf(Activation), Stride, Padding, Dilation, Groups, name: name);
    }

    /// <summary>Square windows that slide over images [batch, channels, height, width]. <paramref name="Padding"/> is the number of zeros
    /// around the image; half of the window, which keeps its size, where nothing is said.</summary>
    public sealed record Conv2D(int Channels, int Window, ActivationKind Activation = ActivationKind.None, int Stride = 1,
        int? Padding = null, int Dilation = 1, int Groups = 1) : Layer
    {
        private protected override string Kind => "conv";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Conv2D(x, Channels, Window, FunctionOf(Activation), Stride, Padding ?? Dilation * (Window - 1) / 2, Dilation, Groups,
                name: name);
    }

    /// <summary>A convolution turned around, which makes images larger.</summary>
    public sealed record ConvTranspose2D(int Channels, int Window, ActivationKind Activation = ActivationKind.None, int Stride = 1,
        int Padding = 0, int OutputPadding = 0, int Groups = 1) : Layer
    {
        private protected override string Kind => "conv transposed";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.ConvTranspose2D(x, Channels, Window, FunctionOf(Activation), Stride, Padding, OutputPadding, Groups, name: name);
    }

    /// <summary>The largest of each window of an image; the window is as far from the next as it is wide, where nothing is said.</summary>
    public sealed record MaxPool2D(int Window = 2, int? Stride = null, int Padding = 0) : Layer
    {
        private protected override string Kind => "pool";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            x.MaxPool2D(Window, Stride ?? Window, Padding, name: name);
    }

    /// <summary>The mean of each window of an image; the window is as far from the next as it is wide, where nothing is said.</summary>
    public sealed record AveragePool2D(int Window = 2, int? Stride = null, int Padding = 0) : Layer
    {
        private protected override string Kind => "pool";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            x.AveragePool2D(Window, Stride ?? Window, Padding, name: name);
    }

    /// <summary>The mean of each channel: [batch, channels, height, width] to [batch, channels].</summary>
    public sealed record GlobalAveragePool : Layer
    {
        private protected override string Kind => "pool";
        private protected override Node Build(Node x, string name, TimeSteps steps) => x.GlobalAveragePool().Flatten(name);
    }

    /// <summary>All but the batch in a row: [batch, ..] to [batch, numbers].</summary>
    public sealed record Flatten : Layer
    {
        private protected override string Kind => "flat";
        private protected override Node Build(Node x, string name, TimeSteps steps) => x.Flatten(name);
    }

    /// <summary>The same numbers in another shape; the sizes are those of one example.</summary>
    public sealed record Reshape(params int[] Sizes) : Layer
    {
        /// <summary>The sizes beside the batch.</summary>
        public int[] Sizes { get; init => field = Required.Value(value); } = Required.Value(Sizes);

        private protected override string Kind => "shape";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            x.Reshape(Shape.Create([null, .. Sizes.Select(size => (long?)size)]), name);

        /// <inheritdoc/>
        public bool Equals(Reshape? other) => other is not null && Name == other.Name && Sizes.AsSpan().SequenceEqual(other.Sizes);

        /// <inheritdoc/>
        public override int GetHashCode() => Sizes.Aggregate(Sizes.Length, HashCode.Combine);
    }

    /// <summary>An activation by itself, for after a normalisation.</summary>
    public sealed record Activate(ActivationKind Function) : Layer
    {
        private protected override string Kind => "activation";
        private protected override Node Build(Node x, string name, TimeSteps steps) => FunctionOf(Function)?.Invoke(x) ?? x;
    }

    /// <summary>In training, a random share of the numbers is set to 0 and the others make up for it.</summary>
    public sealed record Dropout(float Share = 0.5f) : Layer
    {
        private protected override string Kind => "dropout";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.Dropout(x, Share, name);
    }

    /// <summary>Each channel with mean 0 and variance 1 over the batch.</summary>
    public sealed record BatchNorm(float Momentum = 0.9f, float Epsilon = 1e-5f) : Layer
    {
        private protected override string Kind => "batch norm";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.BatchNorm(x, Momentum, Epsilon, name);
    }

    /// <summary>The last axis with mean 0 and variance 1.</summary>
    public sealed record LayerNorm(float Epsilon = 1e-5f) : Layer
    {
        private protected override string Kind => "layer norm";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.LayerNorm(x, Epsilon, name);
    }

    /// <summary>The last axis with a mean square of 1.</summary>
    public sealed record RmsNorm(float Epsilon = 1e-5f) : Layer
    {
        private protected override string Kind => "rms norm";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.RmsNorm(x, Epsilon, name);
    }

    /// <summary>Groups of channels with mean 0 and variance 1 in each example.</summary>
    public sealed record GroupNorm(int Groups, float Epsilon = 1e-5f) : Layer
    {
        private protected override string Kind => "group norm";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.GroupNorm(x, Groups, Epsilon, name);
    }

    /// <summary>A learned vector for each of some whole numbers: [..] to [.., size].</summary>
    public sealed record Embedding(int Count, int Size) : Layer
    {
        private protected override string Kind => "embedding";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.Embedding(x, Count, Size, name: name);
    }

    /// <summary>A learned vector for each place of a sequence, added to what stands there.</summary>
    public sealed record PositionalEmbedding : Layer
    {
        private protected override string Kind => "positions";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.PositionalEmbedding(x, name: name);
    }

    /// <summary>Waves that tell each place of a sequence, added to what stands there.</summary>
    public sealed record SinusoidalPositions : Layer
    {
        private protected override string Kind => "positions";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Layers.SinusoidalPositions(x, name);
    }

    /// <summary>A simple recurrent layer over sequences [batch, time, features].</summary>
    public sealed record Rnn(int Units, bool Sequence = false, bool Reverse = false) : Layer
    {
        private protected override string Kind => "rnn";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Rnn(steps.Of(x, name), Units, Sequence, Reverse, name: name);
    }

    /// <summary>A recurrent layer with a long memory over sequences [batch, time, features].</summary>
    public sealed record Lstm(int Units, bool Sequence = false, bool Reverse = false) : Layer
    {
        private protected override string Kind => "lstm";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Lstm(steps.Of(x, name), Units, Sequence, Reverse, name);
    }

    /// <summary>A recurrent layer with gates over sequences [batch, time, features].</summary>
    public sealed record Gru(int Units, bool Sequence = false, bool Reverse = false) : Layer
    {
        private protected override string Kind => "gru";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Gru(steps.Of(x, name), Units, Sequence, Reverse, name);
    }

    /// <summary>Attention among the places of a sequence [batch, time, features], then a dense layer for each.</summary>
    public sealed record Transformer(int Heads, int? Hidden = null, bool Causal = false, float DropoutShare = 0) : Layer
    {
        private protected override string Kind => "block";
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.TransformerBlock(x, Heads, Hidden, Causal, DropoutShare, name);
    }

    /// <summary>What some layers make of their input, added to it (He and others, "Deep residual
    /// learning for image recognition", 2016).</summary>
    public sealed record Residual(params IReadOnlyList<Layer> Layers) : Layer
    {
        /// <summary>The layers whose result is added to what went in.</summary>
        public IReadOnlyList<Layer> Layers { get; init => field = NotTooDeep(value); } = NotTooDeep(Layers);

        private protected override string Kind => "residual";
        private int Depth => 1 + DepthOf(Layers);

        // A copy: a list that grows later could hold this very layer.
        private static Layer[] NotTooDeep(IReadOnlyList<Layer> layers) => DepthOf(Required.List(layers)) < MostNested ? [.. layers]
            : throw new ArgumentException(
                $"Residual layers are nested {MostNested + 1} deep, and {MostNested} is the most. Put them one after the other.",
                nameof(layers));

        private static int DepthOf(IReadOnlyList<Layer> layers) =>
            layers.OfType<Residual>().Select(one => one.Depth).DefaultIfEmpty().Max();

        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            x + Layers.Index().Aggregate(x, (inner, one) => one.Item.Build(inner, one.Index + 1, steps, $"{name}/"));

        /// <inheritdoc/>
        public bool Equals(Residual? other) => other is not null && Name == other.Name && Layers.SequenceEqual(other.Layers);

        /// <inheritdoc/>
        public override int GetHashCode() => Layers.Count;
    }
}
