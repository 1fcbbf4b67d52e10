using System.Text.Json.Serialization;
using SimpleFlow.Onnx.Bodies;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>
/// A network for pictures from an ONNX file, without its last layer, as the first layer of a network of your own: <c>new Network(new(new
/// ImageInput(3, 224, 224), classes, [OnnxBody.Load("resnet18.onnx")]))</c>. The saved network is complete: it has the graph in its
/// description and the weights beside its own. A program that loads such a network calls <see cref="Register"/> first.
/// <para>
/// The body is always in its form for use: its batch normalisation keeps the statistics of the file, and its dropout is gone. By default it
/// is frozen: no gradient reaches it.
/// </para>
/// </summary>
public sealed record OnnxBody : Layer
{
    // The file's own numbers; null if the body was read with a saved network, which has them.
    private readonly IReadOnlyDictionary<string, TensorData>? _weights;

    /// <summary>Makes the layer from what <see cref="Graph"/> says.</summary>
    /// <param name="graph">The graph, as in a saved network.</param>
    [JsonConstructor]
    public OnnxBody(string graph)
    {
        ArgumentException.ThrowIfNullOrEmpty(graph);
        Graph = graph;
    }

    private OnnxBody(CutGraph cut) : this(cut.Packed) => (_weights, CutAt) = (cut.Weights, cut.At);

    /// <summary>The graph up to the cut, without its large weights, in Base64.</summary>
    public string Graph { get; }

    /// <summary>The value of the file that the features are.</summary>
    public string? CutAt { get; init; }

    /// <summary>What is subtracted from the pixels, from 0 to 1: one number for each channel in the order of the picture, or one for all.
    /// By default nothing.</summary>
    public IReadOnlyList<float> Mean { get; init => field = Checked(value, nameof(Mean), number => true); } = [0];

    /// <summary>What the pixels are divided by after that; by default 1. With 1/255 the body takes pixels from 0 to 255.</summary>
    public IReadOnlyList<float> Deviation
    {
        get;
        init => field = Checked(value, nameof(Deviation), number => number > 0);
    } = [1];

    /// <summary>Whether the body takes the channels in the opposite order: blue, green, red.</summary>
    public bool IsReversed { get; init; }

    /// <summary>Whether the weights of the body train with the others; its statistics never do.</summary>
    public bool IsTrained { get; init; }

    /// <inheritdoc/>
    protected override string Kind => "body";

    /// <summary>The size of the pictures that the file takes: channels, rows and columns. Null for a size that it leaves open.</summary>
    /// <exception cref="OnnxException">The graph is damaged.</exception>
    [JsonIgnore]
    public (int? Channels, int? Rows, int? Columns) PictureSize
    {
        get
        {
            var (input, channels) = PictureInput.Of(Read());
            var shape = DeclaredType.ShapeOf(input.Type)!;
            return ((int?)shape[channels], (int?)shape[channels == 1 ? 2 : 1], (int?)shape[channels == 1 ? 3 : 2]);
        }
    }

    /// <summary>The program that wrote the file, and its version.</summary>
    /// <exception cref="OnnxException">The graph is damaged.</exception>
    [JsonIgnore]
    public string Producer => Read() is var model ? $"{model.ProducerName} {model.ProducerVersion}".Trim() : "";

    /// <summary>Reads a file up to a cut.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cut">The name of the value that the features are, or of the node that makes it. By default what the last dense layer
    /// takes, that is all but the classifier; or the first output, if the file has no classifier.</param>
    /// <exception cref="OnnxException">The file is missing or damaged, does not take pictures, has no such value, or needs ops before the
    /// cut that are not supported; the message lists them all.</exception>
    public static OnnxBody Load(string path, string? cut = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Register();
        var file = Path.GetFileName(path);
        try
        {
            return new OnnxBody(CutGraph.Of(ModelFile.Read(path), cut, new ExternalFolder(Path.GetDirectoryName(Path.GetFullPath(path))!)));
        }
        catch (OnnxException exception) when (!exception.Message.StartsWith(path, StringComparison.Ordinal)
            && !exception.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new OnnxException($"{file}: {exception.Message}", exception);
        }
    }

    /// <summary>Gives the layer its name in saved networks, <c>{"layer": "onnx"}</c>. A program that loads a network with such a body calls
    /// it once, before; <see cref="Load"/> does so itself.</summary>
    public static void Register() => Register("onnx", OnnxBodyJson.Default.OnnxBody);

    /// <inheritdoc/>
    public bool Equals(OnnxBody? other) => other is not null && Graph == other.Graph && Name == other.Name && CutAt == other.CutAt
        && (IsReversed, IsTrained) == (other.IsReversed, other.IsTrained) && Mean.SequenceEqual(other.Mean)
        && Deviation.SequenceEqual(other.Deviation);

    /// <inheritdoc/>
    public override int GetHashCode() => Graph.GetHashCode(StringComparison.Ordinal);

    /// <summary>Adds the body to a graph. Of features with rows and columns, the mean of each channel is given on: [batch,
    /// channels].</summary>
    /// <param name="x">Pictures, [batch, channels, rows, columns], numbers from 0 to 1.</param>
    /// <param name="name">The prefix of its variables' names, and the name of the features.</param>
    /// <exception cref="OnnxException">The pictures do not fit the file.</exception>
    protected override Node Build(Node x, string name)
    {
        ArgumentNullException.ThrowIfNull(x);
        var model = Read();
        var context = new ModelContext(model, name, folder: null)
        {
            Prefix = $"{name}/",
            Elsewhere = weight => _weights?.GetValueOrDefault(weight) is { } data
                ? Initializer.Of((values, _, _) => data.CopyTo(values), "from the file") : Initializer.Saved(),
        };
        var graph = new GraphImport(context, null, context.Opsets);
        var (input, channels) = PictureInput.Of(model);
        graph.Bind(input.Name, OnnxValue.Of(PictureInput.Fitting(input, channels, Prepared(x)), DeclaredType.ElementOf(input.Type)));
        var features = graph.Run(model.Graph)[0].Float.InferenceMode();
        if (features.Shape.Rank < 2 || features.Shape[0] is not null)
            throw new OnnxException($"the features at '{CutAt}' are {features.Shape}, and not a row for each picture: the file fixes "
                + "the number of rows. Cut it earlier, or export it with a free batch size.");
        if (features.Shape is { Rank: 4 }) features = features.Mean([2, 3]);
        return IsTrained ? features.Named(name) : features.StopGradient(name);
    }

    private Node Prepared(Node x)
    {
        if (x.Shape.Rank != 4 || x.Shape[1] is not { } channels)
            throw new OnnxException($"the body takes pictures, [batch, channels, rows, columns], and not {x.Shape}.");
        if (Mean is not [0]) x -= PerChannel(Mean, channels, nameof(Mean));
        if (Deviation is not [1]) x /= PerChannel(Deviation, channels, nameof(Deviation));
        return IsReversed ? Flow.Concat([.. Enumerable.Range(0, (int)channels).Select(i => x.Slice(1, channels - 1 - i, channels - i))], 1)
            : x;
    }

    private static Node PerChannel(IReadOnlyList<float> numbers, long channels, string what) =>
        numbers.Count == 1 ? numbers[0] : numbers.Count == channels ? Constant.Of([.. numbers], [channels, 1, 1], ElementType.Float32)
            : throw new OnnxException($"{what} has {numbers.Count} numbers, and the pictures have {channels} channels: give one for each, "
                + "or one for all.");

    private ModelProto Read()
    {
        var bytes = new byte[Graph.Length];
        return Convert.TryFromBase64String(Graph, bytes, out var length)
            ? ModelFile.Read(new MemoryStream(bytes, 0, length), "the graph of the body")
            : throw new OnnxException("the graph of the body is not Base64: the description of the network is damaged.");
    }

    private static IReadOnlyList<float> Checked(IReadOnlyList<float> numbers, string what, Predicate<float> isValid)
    {
        ArgumentNullException.ThrowIfNull(numbers, what);
        if (numbers.Count == 0 || numbers.Any(number => !float.IsFinite(number) || !isValid(number)))
            throw new ArgumentException($"{what} needs a finite number for each channel, or one for all; deviations are above 0.", what);
        return numbers;
    }
}

/// <summary>How the layer is written.</summary>
[JsonSerializable(typeof(OnnxBody))]
internal sealed partial class OnnxBodyJson : JsonSerializerContext;
