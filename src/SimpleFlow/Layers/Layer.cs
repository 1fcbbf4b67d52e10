using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>
/// A layer as a description: what it is and how large, without a graph. A <see cref="Sequential"/> makes a network of some; they can be
/// written as JSON and read back, <c>{"layer": "dense", "units": 128, "activation": "relu"}</c>.
/// Each stands beside the function that it stands for: that of the same name in <see cref="Layers"/>, or in <see cref="Flow"/> if it has
/// no variables.
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
[JsonDerivedType(typeof(SoftClip), "soft-clip")]
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
[JsonDerivedType(typeof(MultiHeadAttention), "multi-head-attention")]
[JsonDerivedType(typeof(TransformerBlock), "transformer")]
[JsonDerivedType(typeof(Residual), "residual")]
public abstract partial record Layer
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
}
