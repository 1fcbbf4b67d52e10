using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>The activations that a <see cref="Layer"/> can name; each is the function of that name in <see cref="Activation"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationKind>))]
public enum ActivationKind
{
    /// <summary>x itself.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>max(x, 0).</summary>
    [JsonStringEnumMemberName("relu")] Relu,

    /// <summary>x, or a little of it where it is negative.</summary>
    [JsonStringEnumMemberName("leaky-relu")] LeakyRelu,

    /// <summary>x, or eˣ − 1 where it is negative.</summary>
    [JsonStringEnumMemberName("elu")] Elu,

    /// <summary>x·Φ(x).</summary>
    [JsonStringEnumMemberName("gelu")] Gelu,

    /// <summary>x·σ(x).</summary>
    [JsonStringEnumMemberName("silu")] Silu,

    /// <summary>ln(1 + eˣ).</summary>
    [JsonStringEnumMemberName("softplus")] Softplus,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [JsonStringEnumMemberName("sigmoid")] Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    [JsonStringEnumMemberName("tanh")] Tanh,

    /// <summary>Shares of 1 along the last axis.</summary>
    [JsonStringEnumMemberName("softmax")] Softmax,
}
