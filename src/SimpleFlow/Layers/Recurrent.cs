using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <content>Recurrent layers, unrolled over time: each time step consists of ordinary nodes, and back-propagation through time is ordinary
/// back-propagation.</content>
public static partial class Layers
{
    /// <summary>A recurrent layer: hₜ = activation(xₜ·w + hₜ₋₁·u + b), h₀ = 0 (Elman, "Finding structure in time", 1990).</summary>
    /// <param name="x">A sequence [batch, time, features]; the number of time steps and features must be known.</param>
    /// <param name="units">The size of h.</param>
    /// <param name="sequence">Whether to return h of every time step, [batch, time, units], or only of the last one, [batch,
    /// units].</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="activation">The activation function; tanh by default.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> [features, units], <c>name/u</c>
    /// [units, units] and <c>name/b</c> [units].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with known numbers of time steps and features.</exception>
    public static Node Rnn(
        Node x, int units, bool sequence = false, bool reverse = false, Activation? activation = null, string name = "rnn",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var cell = new RecurrentCell(nameof(Rnn), x, units, gates: 1, name, new SourceLocation(file, line));
        return cell.Unroll(sequence, reverse,
            (inputs, h) => (activation ?? Activations.Tanh)(h is null ? inputs : inputs + cell.Recurrent(h)));
    }

    /// <summary>
    /// Long short-term memory: i, f, o = sigmoid and g = tanh of xₜ·w + hₜ₋₁·u + b; cₜ = f ∘ cₜ₋₁ + i ∘ g; hₜ = o ∘ tanh(cₜ); h₀ = c₀ = 0
    /// (Hochreiter and Schmidhuber, 1997; with the forget gate f of Gers, Schmidhuber and Cummins, 2000).
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; the number of time steps and features must be known.</param>
    /// <param name="units">The size of h and c.</param>
    /// <param name="sequence">Whether to return h of every time step, [batch, time, units], or only of the last one, [batch,
    /// units].</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> [features, 4·units], <c>name/u</c> [units, 4·units] and
    /// <c>name/b</c> [4·units], each with the parts i, f, g, o. b starts at 0, except for f, where it starts at 1: the cell forgets nothing
    /// until it learns to (Jozefowicz, Zaremba and Sutskever, 2015).</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with known numbers of time steps and features.</exception>
    public static Node Lstm(Node x, int units, bool sequence = false, bool reverse = false, string name = "lstm",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var cell = new RecurrentCell(nameof(Lstm), x, units, gates: 4, name, new SourceLocation(file, line), Initializer.Parts(0, 1, 0, 0));
        Node? c = null;
        return cell.Unroll(sequence, reverse, (inputs, h) =>
        {
            var sums = h is null ? inputs : inputs + cell.Recurrent(h);                                      // [batch, 4·units]
            var (i, f, g, o) = (cell.Gate(sums, 0).Sigmoid(), cell.Gate(sums, 1).Sigmoid(), cell.Gate(sums, 2).Tanh(),
                cell.Gate(sums, 3).Sigmoid());
            c = c is null ? i * g : f * c + i * g;
            return o * c.Tanh();
        });
    }

    /// <summary>
    /// A gated recurrent unit: r, z = sigmoid of xₜ·w + hₜ₋₁·u + b; n = tanh(xₜ·wₙ + bₙ + r ∘ (hₜ₋₁·uₙ + vₙ)); hₜ = (1 − z) ∘ n + z ∘ hₜ₋₁;
    /// h₀ = 0 (Cho and others, 2014; with r after the product, as in cuDNN, PyTorch, and ONNX with <c>linear_before_reset</c>).
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; the number of time steps and features must be known.</param>
    /// <param name="units">The size of h.</param>
    /// <param name="sequence">Whether to return h of every time step, [batch, time, units], or only of the last one, [batch,
    /// units].</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> [features, 3·units], <c>name/u</c> [units, 3·units],
    /// <c>name/b</c> [3·units], each with the parts r, z, n, and <c>name/v</c> [units].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with known numbers of time steps and features.</exception>
    public static Node Gru(Node x, int units, bool sequence = false, bool reverse = false, string name = "gru",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var cell = new RecurrentCell(nameof(Gru), x, units, gates: 3, name, new SourceLocation(file, line));
        var v = new Variable($"{name}/v", [units], Initializer.Zeros(), file: file, line: line);
        return cell.Unroll(sequence, reverse, (inputs, h) =>
        {
            var recurrent = h is null ? null : cell.Recurrent(h);                                            // [batch, 3·units]
            Node Sum(int gate) => recurrent is null ? cell.Gate(inputs, gate) : cell.Gate(inputs, gate) + cell.Gate(recurrent, gate);
            var (r, z) = (Sum(0).Sigmoid(), Sum(1).Sigmoid());
            var n = (cell.Gate(inputs, 2) + r * (recurrent is null ? v : cell.Gate(recurrent, 2) + v)).Tanh();
            return h is null ? (1f - z) * n : n + z * (h - n);
        });
    }
}

/// <summary>What the recurrent layers share: the variables, the products with the inputs of all time steps at once, and the loop over
/// time.</summary>
internal sealed class RecurrentCell
{
    // Each step is a dozen nodes or more; a graph of millions of nodes takes too long to compile.
    private const int MostSteps = 1 << 16;

    private readonly int _units, _time;
    private readonly string _name;
    private readonly SourceLocation _at;
    private readonly Node _inputs;
    private readonly Variable _u;

    public RecurrentCell(string layer, Node x, int units, int gates, string name, SourceLocation at, Initializer? bias = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        Known.Rank(layer, x, 3, "a sequence [batch, time, features]");
        Known.Float(layer, x);
        var time = Known.Size(layer, x, 1, "the number of time steps");
        var features = Known.Size(layer, x, 2, "the number of features");
        if (time == 0)
            throw ShapeException.Of(layer, [x],
                new ShapeException($"`{x.Label}` is {x.Shape}: a sequence without time steps has no state.",
                    "Give it at least one time step."));
        if (time > MostSteps)
            throw ShapeException.Of(layer, [x],
                new ShapeException($"`{x.Label}` is {x.Shape}: a recurrent layer is unrolled step by step, {MostSteps} steps at most.",
                    "Cut the sequences into shorter ones."));
        (_units, _time, _name, _at) = (units, (int)time, name, at);
        // Uniform in ±1/√units, as in PyTorch: the products stay in the middle range of tanh and sigmoid.
        var bound = 1 / MathF.Sqrt(units);
        var width = (long)units * gates;
        var w = new Variable($"{name}/w", [features, width], Initializer.Uniform(-bound, bound), file: at.File, line: at.Line);
        _u = new Variable($"{name}/u", [units, width], Initializer.Uniform(-bound, bound), file: at.File, line: at.Line);
        var b = new Variable($"{name}/b", [width], bias ?? Initializer.Zeros(), file: at.File, line: at.Line);
        // [batch, time, width]
        _inputs = Flow.AddFlow(Flow.AddFlow(x, new MatMul(w), $"{name}/x·w", at.File, at.Line), new Add(b), $"{name}/x·w + b", at.File,
            at.Line);
    }

    /// <summary>h·u, [batch, gates · units].</summary>
    public Node Recurrent(Node h) => h.MatMul(_u);

    /// <summary>The sums of one gate, [batch, units].</summary>
    public Node Gate(Node sums, int gate) => sums.Slice(1, gate * _units, (gate + 1) * _units);

    /// <summary>Loops over time: <paramref name="step"/> computes h from the inputs of a time step, [batch, gates · units], and the
    /// previous h, which is null at first.</summary>
    public Node Unroll(bool sequence, bool reverse, Func<Node, Node?, Node> step)
    {
        var states = new Node[_time];
        Node? h = null;
        for (var i = 0; i < _time; i++)
        {
            var t = reverse ? _time - 1 - i : i;
            // a sum over one element: [batch, width]
            var inputs = Flow.AddFlow(_inputs.Slice(1, t, t + 1), new ReduceSum(axis: 1), null, _at.File, _at.Line);
            states[t] = h = step(inputs, h);
        }
        if (!sequence) return h!;
        return Flow.Concat([.. states.Select(state => Flow.AddFlow(state, new Unsqueeze([1])))], 1, _name, _at.File, _at.Line);
    }
}

public abstract partial record Layer
{
    /// <summary>A simple recurrent layer over sequences [batch, time, features].</summary>
    public sealed record Rnn(int Units, bool Sequence = false, bool Reverse = false) : Layer
    {
        protected override string Kind => "rnn";
        protected override Node Build(Node x, string name) => Build(x, name, new TimeSteps());
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Rnn(steps.Of(x, name), Units, Sequence, Reverse, name: name);
    }

    /// <summary>A long short-term memory (LSTM) layer over sequences [batch, time, features].</summary>
    public sealed record Lstm(int Units, bool Sequence = false, bool Reverse = false) : Layer
    {
        protected override string Kind => "lstm";
        protected override Node Build(Node x, string name) => Build(x, name, new TimeSteps());
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Lstm(steps.Of(x, name), Units, Sequence, Reverse, name);
    }

    /// <summary>A gated recurrent unit (GRU) layer over sequences [batch, time, features].</summary>
    public sealed record Gru(int Units, bool Sequence = false, bool Reverse = false) : Layer
    {
        protected override string Kind => "gru";
        protected override Node Build(Node x, string name) => Build(x, name, new TimeSteps());
        private protected override Node Build(Node x, string name, TimeSteps steps) =>
            Layers.Gru(steps.Of(x, name), Units, Sequence, Reverse, name);
    }
}
