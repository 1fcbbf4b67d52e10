using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>Layers as ordinary functions: each creates its variables and builds nodes on them.</summary>
public static partial class Layers
{
    /// <summary>A fully connected layer: activation(x·w + b), with w [inputs, units] and b [units].</summary>
    /// <param name="x">Its input, [.., inputs]; the last size must be known.</param>
    /// <param name="units">The number of outputs.</param>
    /// <param name="activation">The activation function; none by default.</param>
    /// <param name="weights">The initial values of w. The default is <c>Glorot()</c> without an activation or with tanh, sigmoid, softmax
    /// or softplus, and <c>He()</c> with ReLU, similar functions, or a function of your own.</param>
    /// <param name="bias">The initial values of b; zeros by default.</param>
    /// <param name="useBias">Whether there is a b: a normalisation that follows takes it away anyway.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> and <c>name/b</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>A node [.., units].</returns>
    /// <exception cref="ShapeException">The input has no axis, or its last size is unknown.</exception>
    public static Node Dense(
        Node x, int units, Activation? activation = null, Initializer? weights = null, Initializer? bias = null,
        bool useBias = true, string name = "dense", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        if (x.Shape.Rank == 0 || x.Shape[x.Shape.Rank - 1] is not { } inputs)
            throw ShapeException.Of(nameof(Dense), [x],
                new ShapeException($"the last size of `{x.Label}` {x.Shape} must be known: the weights' shape depends on it.",
                    "Declare it: [null, 784]."));
        var w = new Variable($"{name}/w", [inputs, units], weights ?? Activations.InitialWeights(activation), file: file, line: line);
        var rows = x.Shape.Rank == 1 ? x.Reshape([1, inputs]) : x;
        var sums = Flow.AddFlow(rows, new MatMul(w), $"{name}/x·w", file, line);
        if (useBias)
        {
            var b = new Variable($"{name}/b", [units], bias ?? Initializer.Zeros(), file: file, line: line);
            sums = Flow.AddFlow(sums, new Add(b), $"{name}/x·w + b", file, line);
        }
        var outputs = (activation ?? Activations.None)(sums);
        return x.Shape.Rank == 1 ? outputs.Reshape([units]) : outputs;
    }
}

public abstract partial record Layer
{
    /// <summary>A fully connected layer: [.., inputs] to [.., units]. Images are flattened first. There is no b if
    /// <paramref name="UseBias"/> is false.</summary>
    public sealed record Dense(int Units, Activation? Activation = null, bool? UseBias = null) : Layer
    {
        /// <summary>The activation function.</summary>
        [JsonConverter(typeof(ActivationConverter))]
        public Activation Activation { get; init => field = value ?? Activations.None; } = Activation ?? Activations.None;

        protected override string Kind => "dense";
        protected override Node Build(Node x, string name) =>
            Layers.Dense(x.Shape.Rank == 4 ? x.Flatten() : x, Units, Activation, useBias: UseBias ?? true, name: name);
    }
}
