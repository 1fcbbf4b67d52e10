using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace SimpleFlow;

/// <summary>The layers of users that have a name in JSON, and how layers are written and read with them. Like the attributes of the
/// library's layers, a registration belongs to a type and holds for the whole program.</summary>
internal static partial class LayerKinds
{
    private static readonly Lock Registering = new();
    private static (string Kind, JsonTypeInfo Type)[] _registered = [];

    private static IEnumerable<JsonDerivedType> OfTheLibrary => LayerJson.Default.Layer.PolymorphismOptions!.DerivedTypes;

    /// <exception cref="ArgumentException">The name is taken by another layer, or the layer has another name.</exception>
    public static void Register(string kind, JsonTypeInfo type)
    {
        if (string.IsNullOrWhiteSpace(Required.Text(kind))) throw new ArgumentException("A layer needs a name in JSON.", nameof(kind));
        ArgumentNullException.ThrowIfNull(type);
        if (type.OriginatingResolver is null)
            throw new ArgumentException($"The type information of {type.Type.Name} belongs to no context: take it from one that the source "
                + "generator made, as in ScaleJson.Default.Scale.", nameof(type));
        lock (Registering)
        {
            var known = OfTheLibrary.Select(one => (Kind: (string)one.TypeDiscriminator!, one.DerivedType))
                .Concat(_registered.Select(one => (one.Kind, DerivedType: one.Type.Type))).ToList();
            if (known.Contains((kind, type.Type))) return;
            if (known.Find(one => one.Kind == kind) is { DerivedType: { } other })
                throw new ArgumentException($"The layer {other.Name} is already called '{kind}'. Choose another name.", nameof(kind));
            if (known.Find(one => one.DerivedType == type.Type) is { Kind: { } name })
                throw new ArgumentException($"The layer {type.Type.Name} is already called '{name}', and can have only one name.",
                    nameof(kind));
            _registered = [.. _registered, (kind, type)];
        }
    }

    /// <summary>How a type that contains layers is written and read.</summary>
    /// <param name="own">How it is if there are only the library's layers.</param>
    /// <param name="context">Where that comes from.</param>
    public static JsonTypeInfo<T> TypeInfo<T>(JsonTypeInfo<T> own, JsonSerializerContext context)
    {
        var registered = Volatile.Read(ref _registered);
        if (registered.Length == 0) return own;
        var resolvers = registered.Select(one => one.Type.OriginatingResolver).Prepend(context).Distinct();
        var options = new JsonSerializerOptions(context.Options)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine([.. resolvers]).WithAddedModifier(type =>
            {
                if (type.Type != typeof(Layer)) return;
                foreach (var (kind, one) in registered) type.PolymorphismOptions!.DerivedTypes.Add(new(one.Type, kind));
            }),
        };
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    /// <summary>Writes what contains layers.</summary>
    /// <exception cref="GraphException">A layer has no name in JSON.</exception>
    public static string ToJson<T>(T value, JsonTypeInfo<T> own, JsonSerializerContext context)
    {
        try
        {
            return JsonSerializer.Serialize(value, TypeInfo(own, context));
        }
        catch (NotSupportedException exception)
        {
            var type = TypeInMessage().Match(exception.Message) is { Success: true } match ? match.Groups["name"].Value : "of your own";
            throw new GraphException($"The layer {type} has no name in JSON and cannot be saved. Register it first: "
                + $"Layer.Register(\"name\", …).", exception);
        }
    }

    /// <summary>What is wrong with JSON that has layers, in the words of the platform, unless there is a better one.</summary>
    public static string Fault(Exception exception) =>
        KindInMessage().Match(exception.Message) is { Success: true } match
            ? match.Groups["kind"].Value == "onnx" ? "It has a body from an ONNX file. Add the package SimpleFlow.Onnx, and call "
                + "OnnxBody.Register() before the network is loaded."
            : $"There is no layer '{match.Groups["kind"].Value}'. If it is one of your own, register it before it is read: "
                + $"Layer.Register(\"{match.Groups["kind"].Value}\", …)."
            : exception.Message;

    [GeneratedRegex("unrecognized type discriminator id '(?<kind>[^']*)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KindInMessage();

    [GeneratedRegex(@"Runtime type '(?:[\w+]+\.)*(?<name>[^'.]+)' is not supported", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeInMessage();
}
