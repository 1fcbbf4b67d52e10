using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SimpleFlow;

/// <summary>
/// Describes a layer, without a graph: its kind and its sizes. A <see cref="Sequential"/> builds a network from several. Descriptions can
/// be written as JSON and read back, <c>{"layer": "dense", "units": 128, "activation": "relu"}</c>. Each has the name of the function that
/// builds it, which is in <see cref="Layers"/>, or in <see cref="Flow"/> if the layer has no variables. A layer of your own is a record
/// that derives from this one and overrides <see cref="Build(Node, string)"/>; to be written as JSON and read back it is registered.
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
[JsonDerivedType(typeof(InstanceNorm), "instance-norm")]
[JsonDerivedType(typeof(PRelu), "prelu")]
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
    // Deeper than any real network, and shallow enough to read, build and write nested layers without overflowing the stack.
    internal const int MostNested = 100;

    // Each nested layer adds an object and a list; the network and its header add a few more levels.
    internal const int DeepestJson = 2 * MostNested + 32;

    /// <summary>Creates the description.</summary>
    protected Layer() { }

    /// <summary>The prefix of its variables' names; by default its kind and its number in the network.</summary>
    public string? Name { get; init => field = value is null ? null : Required.Text(value); }

    /// <summary>Its name if none is given, before its number in the network: <c>dense</c>. By default it is the record's name in lower
    /// case.</summary>
    protected virtual string Kind => GetType().Name.ToLowerInvariant();

    /// <summary>Adds the layer's nodes to a graph, with variables of its own if it has any.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">The prefix of its variables' names: <c>new Variable($"{name}/scale", …)</c>.</param>
    protected abstract Node Build(Node x, string name);

    /// <summary>Builds the layers within a layer, one after the other.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="x">The input of the first.</param>
    /// <param name="name">The name of the layer that they are in.</param>
    protected static Node BuildWithin(IReadOnlyList<Layer> layers, Node x, string name)
    {
        ArgumentNullException.ThrowIfNull(x);
        Required.Text(name);
        return Required.List(layers).Index().Aggregate(x, (inner, one) => one.Item.Build(inner, one.Index + 1, $"{name}/"));
    }

    /// <summary>
    /// Gives a layer of your own a name in JSON, so that a list of layers and a saved network can have it:
    /// <c>Layer.Register("scale", ScaleJson.Default.Scale)</c>, with a <c>JsonSerializerContext</c> of the program that has the attribute
    /// <c>[JsonSerializable(typeof(Scale))]</c>. A program does this once, before it saves or reads layers; it holds for all of it.
    /// </summary>
    /// <param name="kind">The name, as in <c>{"layer": "scale"}</c>.</param>
    /// <param name="type">How the record is written, as the source generator of System.Text.Json says; no reflection is needed.</param>
    /// <exception cref="ArgumentException">The name is taken by another layer, or the layer has another name.</exception>
    public static void Register<T>(string kind, JsonTypeInfo<T> type) where T : Layer => LayerKinds.Register(kind, type);

    /// <summary>Builds the layer: adds its nodes to a graph.</summary>
    /// <param name="x">The input.</param>
    /// <param name="index">Its number in the network, from 1.</param>
    /// <param name="prefix">The prefix of names inside another layer.</param>
    /// <exception cref="GraphException">One of the layer's numbers is invalid.</exception>
    internal Node Build(Node x, int index, string prefix = "")
    {
        var name = $"{prefix}{Name ?? $"{Kind} {index}"}";
        try
        {
            return Build(x, name)
                ?? throw new GraphException($"Layer {index}, `{name}`, cannot be built: Build of {GetType().Name} returned null.");
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            // The wrong number came from a description, perhaps a file, and not from an argument of a call.
            throw new GraphException($"Layer {index}, `{name}`, cannot be built: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw new GraphException($"Layer {index}, `{name}`, cannot be built: Build of {GetType().Name} threw "
                + $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }
}
