using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>A network as a list of layers; each takes the output of the one before. <c>new Sequential(new Layer.Dense(64, Activation.Relu),
/// new Layer.Dense(10)).Build(x)</c></summary>
/// <param name="layers">The layers, starting at the input.</param>
public sealed class Sequential(params IReadOnlyList<Layer> layers)
{
    /// <summary>The maximum number of characters of JSON that are read: enough for some thousand layers.
    /// A few characters describe a layer that takes many times as much memory.</summary>
    internal const int LongestJson = 100_000;

    /// <summary>The layers, starting at the input.</summary>
    public IReadOnlyList<Layer> Layers { get; } = Required.List(layers);

    /// <summary>Adds the network to a graph. Each call creates new variables.</summary>
    /// <exception cref="ShapeException">A layer does not fit its input.</exception>
    /// <exception cref="GraphException">One of a layer's numbers is invalid.</exception>
    public Node Build(Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Layers.Index().Aggregate(x, (node, one) => one.Item.Build(node, one.Index + 1));
    }

    /// <summary>The layers as JSON: an array of objects.</summary>
    /// <exception cref="GraphException">A layer or an activation function of your own has no name in JSON.</exception>
    public string ToJson() =>
        OwnStack.Run(() => LayerKinds.ToJson(Layers, LayerJson.Default.IReadOnlyListLayer, LayerJson.Default));

    /// <summary>Reads layers from JSON: an array of objects, each with its kind as <c>layer</c>. Comments and trailing commas are
    /// allowed.</summary>
    /// <exception cref="GraphException">The text is not JSON or is too long, or a layer or one of its properties is unknown; the message
    /// says where.</exception>
    public static Sequential FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > LongestJson)
            throw new GraphException(
                $"This is not a list of layers: the text has {json.Length:N0} characters; at most {LongestJson:N0} are read.");
        if (IsTooDeep(json))
            throw new GraphException(
                $"The layers are nested more than {Layer.MostNested} deep; the maximum is {Layer.MostNested}. Put them one "
                    + "after the other.");
        IReadOnlyList<Layer>? layers;
        try
        {
            layers = OwnStack.Run(() =>
                JsonSerializer.Deserialize(json, LayerKinds.TypeInfo(LayerJson.Default.IReadOnlyListLayer, LayerJson.Default)));
            if (layers is not null) Required.List(layers);        // JSON can say null, and types cannot forbid it
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException
            or InvalidOperationException)
        {
            var place = exception is JsonException { LineNumber: { } line } at ? $"line {line + 1}, {at.Path}: " : "";
            throw new GraphException(
                $"This is not a list of layers: {place}{FirstSentence(LayerKinds.Fault(exception))} A layer looks like "
                    + "{ \"layer\": \"dense\", \"units\": 64, \"activation\": \"relu\" }.", exception);
        }
        if (layers is null || layers.Count == 0) throw new GraphException("There are no layers: a network needs at least one.");
        return new Sequential(layers);
    }

    // The JSON reader would say it in levels of brackets, of which a layer has two.
    private static bool IsTooDeep(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions
        {
            MaxDepth = LongestJson,
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        try
        {
            while (reader.Read()) if (reader.CurrentDepth > Layer.DeepestJson) return true;
        }
        catch (JsonException)
        {
            // Whoever reads it says where.
        }
        return false;
    }

    private static string FirstSentence(string message) =>
        message.Split(" Path: ")[0].Split(" The unsupported member type")[0].TrimEnd('.') + ".";
}

/// <summary>How layers are serialized: camel-case names, unknown properties refused, and serialization code generated at build
/// time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowOutOfOrderMetadataProperties = true,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, WriteIndented = false,
    MaxDepth = SimpleFlow.Layer.DeepestJson)]
[JsonSerializable(typeof(IReadOnlyList<Layer>))]
internal sealed partial class LayerJson : JsonSerializerContext;
