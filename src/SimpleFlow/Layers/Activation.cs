using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>
/// The activation function of a layer: <c>Activation.Relu</c> or another of that class, or a function of your own such as <c>x =&gt;
/// x.LeakyRelu(0.2f)</c>. In JSON it is written as its name, <c>"relu"</c>. A function of your own can be saved once it has a name, by
/// <c>Activation.Register</c>.
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

        /// <summary>GELU with Φ approximated by tanh, as in GPT-2 and BERT.</summary>
        public static Activation GeluTanh => Activations.GeluTanh;

        /// <summary>SELU: 1.0507 · ELU with α = 1.6733, which keeps mean 0 and variance 1 behind weights of
        /// <see cref="Initializer.LeCun"/>.</summary>
        public static Activation Selu => Activations.Selu;

        /// <summary>Mish: x · tanh(ln(1 + eˣ)).</summary>
        public static Activation Mish => Activations.Mish;

        /// <summary>Hard swish: x · min(max(x/6 + ½, 0), 1).</summary>
        public static Activation HardSwish => Activations.HardSwish;

        /// <summary>Hard sigmoid: min(max(x/6 + ½, 0), 1).</summary>
        public static Activation HardSigmoid => Activations.HardSigmoid;

        /// <summary>The logarithm of the sigmoid: −ln(1 + e⁻ˣ).</summary>
        public static Activation LogSigmoid => Activations.LogSigmoid;

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

        /// <summary>Gives a function of your own a name in JSON, so that layers with it can be saved and read:
        /// <c>Activation.Register("softsign", Softsign)</c>, for a method <c>Node Softsign(Node x)</c>. A program does this once, before it
        /// saves or reads layers; it holds for all of it.</summary>
        /// <param name="kind">The name, as in <c>"activation": "softsign"</c>.</param>
        /// <param name="function">The function that layers are given. A lambda is another function each time it is written: keep it in a
        /// field.</param>
        /// <exception cref="ArgumentException">The name is taken by another function, or the function has another name.</exception>
        public static void Register(string kind, Activation function) => Activations.Register(kind, function);
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
        GeluTanh = x => x.Gelu(byTanh: true),
        Selu = x => x.Selu(),
        Mish = x => x.Mish(),
        HardSwish = x => x.HardSwish(),
        HardSigmoid = x => x.HardSigmoid(),
        LogSigmoid = x => x.LogSigmoid(),
        Silu = x => x.Silu(),
        Softplus = x => x.Softplus(),
        Sigmoid = x => x.Sigmoid(),
        Tanh = x => x.Tanh(),
        Softmax = x => x.Softmax();

    private static readonly Lock Registering = new();

    /// <summary>Their names in JSON.</summary>
    public static IReadOnlyList<(string Name, Activation Function)> Named { get; private set; } =
        [
        ("none", None), ("relu", Relu), ("leaky-relu", LeakyRelu), ("elu", Elu),
        ("gelu", Gelu), ("silu", Silu), ("softplus", Softplus), ("sigmoid", Sigmoid), ("tanh", Tanh), ("softmax", Softmax),
        ("gelu-tanh", GeluTanh), ("selu", Selu), ("mish", Mish), ("hard-swish", HardSwish), ("hard-sigmoid", HardSigmoid),
        ("log-sigmoid", LogSigmoid),
    ];

    /// <summary>Adds a function of a user.</summary>
    /// <exception cref="ArgumentException">The name is taken by another function, or the function has another name.</exception>
    public static void Register(string kind, Activation function)
    {
        if (string.IsNullOrWhiteSpace(Required.Text(kind)))
            throw new ArgumentException("An activation needs a name in JSON.", nameof(kind));
        ArgumentNullException.ThrowIfNull(function);
        lock (Registering)
        {
            if (Named.Contains((kind, function))) return;
            if (Named.Any(one => one.Name == kind))
                throw new ArgumentException($"There is already an activation '{kind}'. Choose another name.", nameof(kind));
            if (Named.FirstOrDefault(one => one.Function == function).Name is { } name)
                throw new ArgumentException($"This activation is already called '{name}', and can have only one name.", nameof(kind));
            Named = [.. Named, (kind, function)];
        }
    }

    /// <summary>
    /// The initial weights of a layer with this activation, so that its outputs are about as large as its inputs. ReLU and similar
    /// functions pass about half of their input; He's initialisation makes up for it. A function of your own is treated like ReLU.
    /// </summary>
    public static Initializer InitialWeights(Activation? activation) =>
        activation is null || activation == None || activation == Sigmoid || activation == Tanh || activation == Softplus
            || activation == Softmax || activation == HardSigmoid || activation == LogSigmoid ? Initializer.Glorot()
            : activation == Selu ? Initializer.LeCun() : Initializer.He();
}

/// <summary>Writes activations to JSON as their names, and reads them back. A property of a layer of your own asks for it:
/// <c>[JsonConverter(typeof(ActivationConverter))]</c>.</summary>
public sealed class ActivationConverter : JsonConverter<Activation>
{
    /// <inheritdoc/>
    public override Activation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var (name, function) in Activations.Named) if (reader.ValueTextEquals(name)) return function;
        }
        throw new JsonException($"An activation must be one of {string.Join(", ", Activations.Named.Select(one => one.Name))}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Activation value, JsonSerializerOptions options)
    {
        foreach (var (name, function) in Activations.Named)
        {
            if (value != function) continue;
            writer.WriteStringValue(name);
            return;
        }
        throw new GraphException("A function of your own has no name to write. Register it first: Activation.Register(\"name\", …).");
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

        protected override string Kind => "activation";
        protected override Node Build(Node x, string name) => Function(x);
    }
}
