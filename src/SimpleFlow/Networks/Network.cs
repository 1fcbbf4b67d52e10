using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SimpleFlow.Kernels;

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

    /// <summary>The description as JSON, as it stands in a saved file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, NetworkJson.Default.NetworkDescription);

    /// <inheritdoc/>
    public bool Equals(NetworkDescription? other) => other is not null && Input == other.Input && Output == other.Output && Layers.SequenceEqual(other.Layers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Input, Output, Layers.Count);
}

/// <summary>How a network is trained, apart from the data.</summary>
public sealed record TrainingChoices
{
    /// <summary>The share of the target that goes to all classes alike.</summary>
    public float Smoothing { get; init; }

    /// <summary>How much each class counts; all alike where nothing is said.</summary>
    public float[]? ClassWeights { get; init; }

    /// <summary>What initial values, shuffles and random ops follow from.</summary>
    public ulong Seed { get; init; }

    /// <summary>On how many threads a step may run; all processors where nothing is said.</summary>
    public int? Threads { get; init; }
}

/// <summary>
/// A network with all that its use needs: graph, weights, and the way from what people have to numbers and back. It can be saved as one file and loaded where the data and the program that trained it are not.
/// </summary>
public sealed class Network
{
    private const string Entry = "simpleflow.network";
    private readonly NetworkGraph _graph;

    /// <summary>Makes a network with initial weights.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="optimizer">How to train it; without one it can only predict and evaluate.</param>
    /// <param name="choices">How to train it, apart from that.</param>
    /// <exception cref="ShapeException">A layer does not fit what comes in.</exception>
    /// <exception cref="GraphException">Two variables would have the same name.</exception>
    public Network(NetworkDescription description, Optimizer? optimizer = null, TrainingChoices? choices = null)
        : this(description, NetworkGraph.Of(description, choices ??= new TrainingChoices()), optimizer, choices) { }

    private Network(NetworkDescription description, NetworkGraph graph, Optimizer? optimizer, TrainingChoices choices)
    {
        (Description, _graph) = (description, graph);
        Model = new Model(graph.Loss, graph.Scores, optimizer, graph.Metrics, choices.Seed, choices.Threads);
    }

    /// <summary>What it is.</summary>
    public NetworkDescription Description { get; }

    /// <summary>The model that trains, evaluates and predicts. Its predictions are scores: logits of classes, or standardised numbers.</summary>
    public Model Model { get; }

    /// <summary>Where the examples go in, for augmentations.</summary>
    public Placeholder Input => _graph.Input;

    /// <summary>Examples to predict for.</summary>
    public Dataset Dataset(DataArray inputs) => new() { [_graph.Input] = inputs };

    /// <summary>Examples with what they should give.</summary>
    /// <exception cref="DataException">A target is a class that does not exist, or the numbers of rows differ; the message names the row.</exception>
    public Dataset Dataset(DataArray inputs, DataArray targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        Description.Output.Check(targets);
        return new() { [_graph.Input] = inputs, [_graph.Target] = targets };
    }

    /// <summary>The rows of a table as examples, with their target.</summary>
    /// <exception cref="DataException">The network takes no tables, a column is not there, or a cell cannot be understood; the message names its row.</exception>
    public Dataset Dataset(CsvTable table) => Dataset(Table.Encode(table), Description.Output.Encode(Table.Like(table)));

    private TableInput Table => Description.Input as TableInput ?? throw new DataException("This network takes no tables.");

    /// <summary>The class of each example and how sure the network is of it, from 0 to 1.</summary>
    /// <exception cref="GraphException">The network tells no classes.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<(string Class, float Probability)> Classify(DataArray inputs, CancellationToken cancellation = default)
    {
        var output = Description.Output as ClassOutput ?? throw new GraphException("This network tells no classes.");
        var scores = TensorMemory.ToArray(Model.Predict(Dataset(inputs), cancellation: cancellation));
        return [.. scores.Chunk(output.Classes.Count).Select(row =>
        {
            TensorPrimitives.SoftMax(row, row);
            var best = TensorPrimitives.IndexOfMax(row);
            return (output.Classes[best], row[best]);
        })];
    }

    /// <summary>The number for each example.</summary>
    /// <exception cref="GraphException">The network tells no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<double> Estimate(DataArray inputs, CancellationToken cancellation = default)
    {
        var output = Description.Output as NumberOutput ?? throw new GraphException("This network tells no numbers.");
        return [.. TensorMemory.ToArray(Model.Predict(Dataset(inputs), cancellation: cancellation)).Select(output.Decode)];
    }

    /// <summary>Continues a text, a whole character at a time, each drawn from the network's probabilities: <c>string.Concat(network.Generate("To be", 100))</c>.</summary>
    /// <param name="prompt">What to go on from.</param>
    /// <param name="count">How many characters to write.</param>
    /// <param name="temperature">How daring: 1 draws as the network says, less prefers what is likely, 0 always takes what is likeliest.</param>
    /// <param name="seed">The same seed writes the same text.</param>
    /// <param name="cancellation">Stops after a character.</param>
    /// <exception cref="GraphException">The network writes no text.</exception>
    /// <exception cref="DataException">The prompt is empty or has a character that is not known.</exception>
    public IEnumerable<Rune> Generate(string prompt, int count, float temperature = 1, ulong seed = 0, CancellationToken cancellation = default)
    {
        var input = Description.Input as TextInput ?? throw new GraphException("This network writes no text.");
        ArgumentException.ThrowIfNullOrEmpty(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!(temperature >= 0 && float.IsFinite(temperature))) throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature is finite and not negative.");
        return Written(input, [.. input.Vocabulary.Encode(prompt)]);

        IEnumerable<Rune> Written(TextInput input, List<int> text)
        {
            var (window, classes) = (new int[1, input.Length], input.Vocabulary.Count);
            for (var i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                // The text stands at the beginning of what the network looks at. It looks back only, so that what follows the text does not matter.
                var known = Math.Min(text.Count, input.Length);
                for (var at = 0; at < known; at++) window[0, at] = text[text.Count - known + at];
                var scores = TensorMemory.ToArray(Model.Predict(new Feed { [_graph.Input] = window })).AsSpan((known - 1) * classes, classes);
                var next = Drawn(scores, temperature, Philox.Uniform(seed, RandomStreams.GeneratedTexts[0], step: 0, i));
                text.Add(next);
                yield return input.Vocabulary[next];
            }
        }
    }

    private static int Drawn(Span<float> scores, float temperature, double left)
    {
        if (temperature == 0) return TensorPrimitives.IndexOfMax(scores);
        TensorPrimitives.Divide(scores, temperature, scores);
        TensorPrimitives.SoftMax(scores, scores);
        for (var i = 0; i < scores.Length - 1; i++)
        {
            if ((left -= scores[i]) < 0) return i;
        }
        return scores.Length - 1;
    }

    /// <summary>Writes the network into a safetensors file: the description as JSON in its header, the variables by their names. The weights of a dense layer are [inputs, units].</summary>
    /// <exception cref="SaveException">The file cannot be written; the old one is as it was.</exception>
    public void Save(string path) => Save(path, FileLayer.Disk);

    internal void Save(string path, FileLayer files) =>
        SavedVariables.Write(SavedVariables.Named(Model.Variables), tensors =>
            SafetensorsFile.Write(path, tensors, new Dictionary<string, string>(StringComparer.Ordinal) { [Entry] = Description.ToJson() }, files));

    /// <summary>Reads a network that was saved.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">On how many threads it may run; all processors where nothing is said.</param>
    /// <exception cref="DataException">It is no such file, is damaged, or its weights do not fit its description; the message lists what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Network Load(string path, int? threads = null)
    {
        var (tensors, metadata) = SafetensorsFile.Read(path, requireChecksum: true);
        if (!metadata.TryGetValue(Entry, out var json)) throw new DataException($"{path} holds tensors, but no network of SimpleFlow.");
        var choices = new TrainingChoices { Threads = threads };
        NetworkDescription description;
        NetworkGraph graph;
        try
        {
            description = JsonSerializer.Deserialize(json, NetworkJson.Default.NetworkDescription) ?? throw new JsonException("it is null");
            DescriptionCheck.Of(description);
            graph = NetworkGraph.Of(description, choices);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or SimpleFlowException or ArgumentException or InvalidCastException or OverflowException)
        {
            throw new DataException($"{path} describes a network that cannot be built: {exception.Message}", exception);
        }
        // A few words describe layers of any size: only those that the file has the weights of get memory.
        var variables = SavedVariables.Named(graph.Variables);
        SavedVariables.Compare(path, tensors.Select(one => (one.Key, one.Value.Shape)), variables);
        var network = new Network(description, graph, optimizer: null, choices);
        SavedVariables.Set(path, tensors, variables);
        return network;
    }
}

/// <summary>How descriptions are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, MaxDepth = SimpleFlow.Layer.DeepestJson)]
[JsonSerializable(typeof(NetworkDescription))]
internal sealed partial class NetworkJson : JsonSerializerContext;
