using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>
/// The activation function of a layer: <c>Activation.Relu</c> or another of that class, or a function of your own such as <c>x =&gt;
/// x.LeakyRelu(0.2f)</c>. In JSON it is written as its name, <c>"relu"</c>. A function of your own has no name and cannot be saved.
/// </summary>
public delegate Node Activation(Node x);

public static partial class Layers
{
    extension(Activation)
    {
        /// <summary>No activation: the sums are the outputs.</summary>
        public static Activation None => Activations.None;

        /// <summary>ReLU: max(x, 0).</summary>
        public static Activation Relu => Activations.Relu;

        /// <summary>Leaky ReLU: x where it is positive, else 0.01 · x.</summary>
        public static Activation LeakyRelu => Activations.LeakyRelu;

        /// <summary>ELU: x where it is positive, else eˣ − 1.</summary>
        public static Activation Elu => Activations.Elu;

        /// <summary>GELU: x·Φ(x), with Φ the cumulative distribution function of the standard normal distribution.</summary>
        public static Activation Gelu => Activations.Gelu;

        /// <summary>SiLU, or swish: x · sigmoid(x).</summary>
        public static Activation Silu => Activations.Silu;

        /// <summary>Softplus: ln(1 + eˣ).</summary>
        public static Activation Softplus => Activations.Softplus;

        /// <summary>The logistic sigmoid: 1 / (1 + e⁻ˣ).</summary>
        public static Activation Sigmoid => Activations.Sigmoid;

        /// <summary>The hyperbolic tangent: tanh x.</summary>
        public static Activation Tanh => Activations.Tanh;

        /// <summary>Softmax: positive values that sum to 1 along the last axis.</summary>
        public static Activation Softmax => Activations.Softmax;
    }
}

/// <summary>The activations that have a name.</summary>
internal static class Activations
{
    public static readonly Activation
        None = x => x,
        Relu = x => x.Relu(),
        LeakyRelu = x => x.LeakyRelu(),
        Elu = x => x.Elu(),
        Gelu = x => x.Gelu(),
        Silu = x => x.Silu(),
        Softplus = x => x.Softplus(),
        Sigmoid = x => x.Sigmoid(),
        Tanh = x => x.Tanh(),
        Softmax = x => x.Softmax();

    /// <summary>Their names in JSON.</summary>
    public static readonly IReadOnlyList<(string Name, Activation Function)> Named =
        [
        ("none", None), ("relu", Relu), ("leaky-relu", LeakyRelu), ("elu", Elu),
        ("gelu", Gelu), ("silu", Silu), ("softplus", Softplus), ("sigmoid", Sigmoid), ("tanh", Tanh), ("softmax", Softmax),
    ];

    /// <summary>
    /// The initial weights of a layer with this activation, so that its outputs are about as large as its inputs. ReLU and similar
    /// functions pass about half of their input; He's initialisation makes up for it. A function of your own is treated like ReLU.
    /// </summary>
    public static Initializer InitialWeights(Activation? activation) =>
        activation is null || activation == None || activation == Sigmoid || activation == Tanh || activation == Softplus
            || activation == Softmax
            ? Initializer.Glorot() : Initializer.He();
}

/// <summary>Writes activations to JSON as their names, and reads them back.</summary>
internal sealed class ActivationConverter : JsonConverter<Activation>
{
    public override Activation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var (name, function) in Activations.Named) if (reader.ValueTextEquals(name)) return function;
        }
        throw new JsonException($"An activation must be one of {string.Join(", ", Activations.Named.Select(one => one.Name))}.");
    }

    public override void Write(Utf8JsonWriter writer, Activation value, JsonSerializerOptions options)
    {
        foreach (var (name, function) in Activations.Named)
        {
            if (value != function) continue;
            writer.WriteStringValue(name);
            return;
        }
        throw new GraphException("A function of your own has no name to write: only activations such as Activation.Relu can be saved.");
    }
}

public abstract partial record Layer
{
    /// <summary>An activation as a layer of its own, for example after a normalisation.</summary>
    public sealed record Activate(Activation Function) : Layer
    {
        /// <summary>The activation function.</summary>
        [JsonConverter(typeof(ActivationConverter))]
        public Activation Function { get; init => field = Required.Value(value); } = Required.Value(Function);

        private protected override string Kind => "activation";
        private protected override Node Build(Node x, string name, TimeSteps steps) => Function(x);
    }
}
