using System.Text.Json.Serialization;

namespace SimpleFlow.Tests.Networks;

// Layers as a user writes them.

/// <summary>Every feature times a learned factor, and then an activation.</summary>
internal sealed record Scale(float First = 1) : Layer
{
    [JsonConverter(typeof(ActivationConverter))]
    public Activation After { get; init; } = Activation.None;

    protected override Node Build(Node x, string name) =>
        After(x * new Variable($"{name}/factor", [x.Shape[^1]], Initializer.Constant(First)));
}

/// <summary>Layers of its own, one after the other and once more.</summary>
internal sealed record Doubled(IReadOnlyList<Layer> Layers) : Layer
{
    protected override string Kind => "twice";

    protected override Node Build(Node x, string name) =>
        BuildWithin(Layers, BuildWithin(Layers, x, $"{name}/first"), $"{name}/second");
}

/// <summary>A layer that nobody registers.</summary>
internal sealed record Unnamed : Layer
{
    protected override Node Build(Node x, string name) => x * 2f;
}

/// <summary>A layer with a fault.</summary>
internal sealed record Broken(Func<Node, Node> Of) : Layer
{
    protected override Node Build(Node x, string name) => Of(x);
}

[JsonSerializable(typeof(Scale))]
internal sealed partial class ScaleJson : JsonSerializerContext;

[JsonSerializable(typeof(Doubled))]
[JsonSerializable(typeof(Unnamed))]
internal sealed partial class DoubledJson : JsonSerializerContext;
