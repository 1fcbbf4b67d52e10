using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>A network as a description: what goes in, which layers follow each other, what comes out.</summary>
/// <param name="Input">What it takes.</param>
/// <param name="Output">What it predicts. A dense layer of the right width is added after the others.</param>
/// <param name="Layers">The layers between the two.</param>
public sealed record NetworkDescription(NetworkInput Input, NetworkOutput Output, IReadOnlyList<Layer> Layers)
{
    /// <summary>What it takes.</summary>
    public NetworkInput Input { get; init => field = Required.Value(value); } = Required.Value(Input);

    /// <summary>What it predicts. A dense layer of the right width is added after the others.</summary>
    public NetworkOutput Output { get; init => field = Required.Value(value); } = Required.Value(Output);

    /// <summary>The layers between the two.</summary>
    public IReadOnlyList<Layer> Layers { get; init => field = Required.List(value); } = Required.List(Layers);

    /// <summary>The description as JSON, as in a saved file.</summary>
    /// <exception cref="GraphException">A layer or an activation function of your own has no name in JSON.</exception>
    public string ToJson() =>
        OwnStack.Run(() => LayerKinds.ToJson(this, NetworkJson.Default.NetworkDescription, NetworkJson.Default));

    /// <summary>Reads a description that <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="DataException">The text is not JSON, or it describes what cannot be a network; the message says where.</exception>
    public static NetworkDescription FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var description = OwnStack.Run(() =>
                    JsonSerializer.Deserialize(json, LayerKinds.TypeInfo(NetworkJson.Default.NetworkDescription, NetworkJson.Default)))
                ?? throw new JsonException("it is null");
            DescriptionCheck.Of(description);
            return description;
        }
        catch (Exception exception) when (IsOfText(exception))
        {
            throw new DataException($"The text describes a network that cannot be built: {LayerKinds.Fault(exception)}", exception);
        }
    }

    /// <summary>Whether an error comes from a text that describes no network.</summary>
    internal static bool IsOfText(Exception exception) => exception is JsonException or NotSupportedException or SimpleFlowException
        or ArgumentException or InvalidCastException or OverflowException or FormatException;

    /// <inheritdoc/>
    public bool Equals(NetworkDescription? other) =>
        other is not null && Input == other.Input && Output == other.Output && Layers.SequenceEqual(other.Layers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Input, Output, Layers.Count);
}

/// <summary>How a network is trained, apart from the data.</summary>
public sealed record TrainingChoices
{
    /// <summary>Label smoothing: the share of the target that is spread evenly over all classes.</summary>
    public float Smoothing { get; init; }

    /// <summary>How much each class counts; all alike by default.</summary>
    public float[]? ClassWeights { get; init; }

    /// <summary>The seed of initial values, shuffles and random ops.</summary>
    public ulong Seed { get; init; }

    /// <summary>On how many threads a step may run; all processors by default.</summary>
    public int? Threads { get; init; }
}

/// <summary>
/// A network with all that its use needs: graph, weights, and the conversion of inputs to numbers and of outputs to answers.
/// It can be saved as one file and loaded without the data and the program that trained it.
/// </summary>
public sealed partial class Network : NetworkAnswers
{
    /// <summary>The file of a network in a folder, as <see cref="Save(string)"/> and <see cref="Load"/> call it.</summary>
    public const string FileName = "network.safetensors";

    private const string Entry = "simpleflow.network", TrainedEntry = "simpleflow.trained";

    private const int MostRows = 1000, MostPixels = 2_000_000;

    private readonly bool _isOfOwnGraph;

    /// <summary>Makes a network with initial weights.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="optimizer">How to train it; without one it can only predict and evaluate.</param>
    /// <param name="choices">How to train it, apart from that.</param>
    /// <exception cref="ShapeException">A layer does not fit what comes in.</exception>
    /// <exception cref="GraphException">Two variables would have the same name.</exception>
    public Network(NetworkDescription description, Optimizer? optimizer = null, TrainingChoices? choices = null)
        : this(description, NetworkGraph.Of(description, choices ??= new TrainingChoices()), optimizer, choices) { }

    /// <summary>Makes a network whose layers are a graph of your own, such as one that was read from a file of another program. It takes
    /// the same data and gives the same kinds of answers as any other; as it has no description in JSON, it cannot be saved as a
    /// network.</summary>
    /// <param name="input">What it takes.</param>
    /// <param name="output">What it predicts.</param>
    /// <param name="scores">Builds the graph from the examples, [rows, ..]: a score for each class, [rows, classes], or a number,
    /// [rows, 1].</param>
    /// <param name="optimizer">How to train it; without one it can only predict and evaluate.</param>
    /// <param name="choices">How to train it, apart from that.</param>
    /// <exception cref="ShapeException">The scores have another shape.</exception>
    /// <exception cref="GraphException">Two variables have the same name.</exception>
    public Network(NetworkInput input, NetworkOutput output, Func<Node, Node> scores, Optimizer? optimizer = null,
        TrainingChoices? choices = null)
        : this(new NetworkDescription(input, output, []), Required.Value(scores), optimizer, choices ?? new TrainingChoices()) =>
        _isOfOwnGraph = true;

    private Network(NetworkDescription description, Func<Node, Node> scores, Optimizer? optimizer, TrainingChoices choices)
        : this(description, NetworkGraph.Of(description, choices, scores), optimizer, choices) { }

    private Network(NetworkDescription description, NetworkGraph graph, Optimizer? optimizer, TrainingChoices choices)
        : base(description, graph) =>
        Model = new Model(graph.Loss, graph.Scores, optimizer, graph.Metrics, choices.Seed, choices.Threads);

    /// <summary>The model that trains, evaluates and predicts. Its predictions are scores:
    /// logits of classes, or standardised numbers.</summary>
    public Model Model { get; }

    /// <summary>The placeholder of the examples, for augmentations.</summary>
    public Placeholder Input => Graph.Input;

    /// <summary>The examples it was trained on, if that was recorded: the tool does so, and <c>network.TrainedOn =
    /// TrainedRows.Of(training, test)</c>. It is saved with the network.</summary>
    public TrainedRows? TrainedOn { get; set; }

    /// <summary>How many rows it computes at a time when it predicts: fewer take less memory. By default 1000, and fewer of large
    /// pictures.</summary>
    public int BatchSize
    {
        get => field > 0 ? field : UsualBatch;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }

    // A convolution keeps about a hundred numbers for each pixel: so they take about a gigabyte.
    private int UsualBatch => Description.Input is ImageInput image
        ? (int)Math.Clamp(MostPixels / ((long)image.Rows * image.Columns), 1, MostRows) : MostRows;

    /// <summary>Writes the network into a safetensors file: the description as JSON in its header, the variables by their names.
    /// The weights of a dense layer are [inputs, units].</summary>
    /// <param name="path">The file; for an existing folder, <c>network.safetensors</c> in it.</param>
    /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
    /// <exception cref="GraphException">Its layers are a graph of your own.</exception>
    public void Save(string path) => Save(path, FileLayer.Disk);

    internal void Save(string path, FileLayer files)
    {
        if (_isOfOwnGraph)
            throw new GraphException("The layers of this network are a graph of your own, which has no description: save its weights with "
                + "Model.SaveWeights, and build the graph again to load them.");
        var texts = new Dictionary<string, string>(StringComparer.Ordinal) { [Entry] = Description.ToJson() };
        if (TrainedOn is not null) texts[TrainedEntry] = TrainedOn.ToJson();
        SavedVariables.Write(SavedVariables.Named(Model.Variables), tensors => SafetensorsFile.Write(FileOf(path), tensors, texts, files));
    }

    /// <summary>Makes what answers on any number of threads at once; see <see cref="Model.Predictor"/>.</summary>
    /// <param name="follow">Whether it answers with the weights that the network has at the time, not those of this moment.</param>
    public NetworkPredictor Predictor(bool follow = false) => new(Description, Graph, Model.Predictor(follow), BatchSize);

    private protected override float[] Scores(Dataset rows, CancellationToken cancellation) =>
        TensorMemory.ToArray(Model.Predict(rows, BatchSize, cancellation));

    /// <summary>Reads a network that was saved.</summary>
    /// <param name="path">The file, or the folder that the tool saved it in.</param>
    /// <param name="threads">On how many threads it may run; all processors by default.</param>
    /// <param name="optimizer">How to train it further; without one it can only predict and evaluate.</param>
    /// <exception cref="DataException">It is not such a file, is damaged, or its weights do not fit its description;
    /// the message lists what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Network Load(string path, int? threads = null, Optimizer? optimizer = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path) && !File.Exists(FileOf(path)))
            throw new DataException(
                $"{path}: there is no network in this folder; network.Save and simpleflow train --save name the file {FileName}.");
        path = FileOf(path);
        using var file = SafetensorsReader.Open(path, requireChecksum: true);
        if (!file.Metadata.TryGetValue(Entry, out var json)) throw NoNetwork(file);
        var choices = new TrainingChoices { Threads = threads };
        NetworkDescription description;
        NetworkGraph graph;
        TrainedRows? trainedOn;
        try
        {
            trainedOn = file.Metadata.TryGetValue(TrainedEntry, out var rows) ? TrainedRows.FromJson(rows) : null;
            description = NetworkDescription.FromJson(json);
            graph = NetworkGraph.Of(description, choices);
        }
        catch (Exception exception) when (NetworkDescription.IsOfText(exception))
        {
            var fault = exception is DataException { InnerException: { } inner } ? inner : exception;
            throw new DataException($"{path} describes a network that cannot be built: {LayerKinds.Fault(fault)}", exception);
        }
        // A few words can describe layers of any size: only layers whose weights the file has get memory.
        var variables = SavedVariables.Named(graph.Variables);
        SavedVariables.Compare(path, file.Shapes(), variables);
        var network = new Network(description, graph, optimizer, choices) { TrainedOn = trainedOn };
        SavedVariables.Read(file, variables);
        return network;
    }

    /// <summary>Makes a network with weights that another file held, by the names that <see cref="Save(string)"/> gives them.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="weights">All of its variables; others are ignored.</param>
    /// <param name="threads">On how many threads it may run; all processors by default.</param>
    /// <param name="optimizer">How to train it further; without one it can only predict and evaluate.</param>
    /// <exception cref="DataException">The weights do not fit the description; the message lists what differs.</exception>
    /// <exception cref="ShapeException">A layer does not fit what comes in.</exception>
    public static Network Of(NetworkDescription description, IReadOnlyDictionary<string, NamedTensor> weights, int? threads = null,
        Optimizer? optimizer = null)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(weights);
        Required.List<NamedTensor>([.. weights.Values], nameof(weights));
        var choices = new TrainingChoices { Threads = threads };
        var graph = NetworkGraph.Of(description, choices);
        var variables = SavedVariables.Named(graph.Variables);
        SavedVariables.Compare("This set of weights", weights.Select(one => (one.Key, one.Value.Shape)), variables,
            mayHave: _ => true);
        var network = new Network(description, graph, optimizer, choices);
        foreach (var (name, variable) in variables) variable.Set(weights[name].Values);
        return network;
    }

    // Other files of SimpleFlow have the numbers without what they mean.
    private static DataException NoNetwork(SafetensorsReader file) => new(ModelFile.IsOf(file)
        ? $"{file.Path} holds the variables and the training state of a model, but no network: model.Save and Checkpoint write such files. "
            + "Build the graph as for training, then read the file with model.Load."
        : $"{file.Path} holds {NumberText.Count(file.Places.Count, "tensor")}, but no network: model.SaveWeights writes such files. Build "
            + "the graph, then read the file with model.LoadWeights.");

    /// <summary>The file of a network, from the path of the file or its folder.</summary>
    internal static string FileOf(string path) => Directory.Exists(path) ? Path.Combine(path, FileName) : path;
}

/// <summary>How descriptions are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    MaxDepth = SimpleFlow.Layer.DeepestJson)]
[JsonSerializable(typeof(NetworkDescription))]
internal sealed partial class NetworkJson : JsonSerializerContext;
