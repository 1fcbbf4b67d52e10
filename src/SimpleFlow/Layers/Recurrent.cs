using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <content>Recurrent layers: each is one scan over time, whose body is the step, and back-propagation through time is the scan
/// backwards.</content>
public static partial class Layers
{
    /// <summary>A recurrent layer: hₜ = activation(xₜ·w + hₜ₋₁·u + b), h₀ = 0 (Elman, "Finding structure in time", 1990).</summary>
    /// <param name="x">A sequence [batch, time, features]; the number of features must be known.</param>
    /// <param name="units">The size of h.</param>
    /// <param name="sequence">Whether to return h of every time step, [batch, time, units], or only of the last one, [batch,
    /// units].</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="activation">The activation function; tanh by default.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> [features, units], <c>name/u</c>
    /// [units, units] and <c>name/b</c> [units].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with a known number of features.</exception>
    public static Node Rnn(
        Node x, int units, bool sequence = false, bool reverse = false, Activation? activation = null, string name = "rnn",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RnnStates(x, units, null, null, reverse, activation, name, file, line).Result(sequence, name);

    /// <summary>A recurrent layer, <see cref="Rnn"/>, with its states: to start it from others than zeros, to fetch the last ones, or for
    /// sequences of different lengths. The state is h.</summary>
    /// <param name="x">A sequence [batch, time, features]; the number of features must be known.</param>
    /// <param name="units">The size of h.</param>
    /// <param name="states">The first h, [batch, units]; null for zeros.</param>
    /// <param name="lengths">The number of time steps of each row, [batch]; null if all have as many as there are. Behind its end a row
    /// keeps its state, and a reversed layer begins at the end of each row.</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="activation">The activation function; tanh by default.</param>
    /// <param name="name">The layer's name; its variables are called as those of <see cref="Rnn"/>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with a known number of features, or states or lengths do not fit
    /// it.</exception>
    /// <exception cref="ArgumentException">There are more or fewer states than one.</exception>
    public static Recurrence RnnStates(Node x, int units, IReadOnlyList<Node>? states = null, Node? lengths = null, bool reverse = false,
        Activation? activation = null, string name = "rnn", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var cell = new RecurrentCell(nameof(Rnn), x, units, gates: 1, name, new SourceLocation(file, line));
        return cell.Scan(states, lengths, reverse, ["h"],
            (inputs, before) => [(activation ?? Activations.Tanh)(inputs + cell.Recurrent(before[0]))]);
    }

    /// <summary>
    /// Long short-term memory: i, f, o = sigmoid and g = tanh of xₜ·w + hₜ₋₁·u + b; cₜ = f ∘ cₜ₋₁ + i ∘ g; hₜ = o ∘ tanh(cₜ); h₀ = c₀ = 0
    /// (Hochreiter and Schmidhuber, 1997; with the forget gate f of Gers, Schmidhuber and Cummins, 2000).
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; the number of features must be known.</param>
    /// <param name="units">The size of h and c.</param>
    /// <param name="sequence">Whether to return h of every time step, [batch, time, units], or only of the last one, [batch,
    /// units].</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> [features, 4·units], <c>name/u</c> [units, 4·units] and
    /// <c>name/b</c> [4·units], each with the parts i, f, g, o. b starts at 0, except for f, where it starts at 1: the cell forgets nothing
    /// until it learns to (Jozefowicz, Zaremba and Sutskever, 2015).</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with a known number of features.</exception>
    public static Node Lstm(Node x, int units, bool sequence = false, bool reverse = false, string name = "lstm",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        LstmStates(x, units, null, null, reverse, name, file, line).Result(sequence, name);

    /// <summary>A long short-term memory, <see cref="Lstm"/>, with its states: to start it from others than zeros, to fetch the last ones,
    /// or for sequences of different lengths. The states are h and c.</summary>
    /// <param name="x">A sequence [batch, time, features]; the number of features must be known.</param>
    /// <param name="units">The size of h and c.</param>
    /// <param name="states">The first h and c, each [batch, units]; null for zeros.</param>
    /// <param name="lengths">The number of time steps of each row, [batch]; null if all have as many as there are. Behind its end a row
    /// keeps its states, and a reversed layer begins at the end of each row.</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="name">The layer's name; its variables are called as those of <see cref="Lstm"/>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with a known number of features, or states or lengths do not fit
    /// it.</exception>
    /// <exception cref="ArgumentException">There are more or fewer states than two.</exception>
    public static Recurrence LstmStates(Node x, int units, IReadOnlyList<Node>? states = null, Node? lengths = null, bool reverse = false,
        string name = "lstm", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var cell = new RecurrentCell(nameof(Lstm), x, units, gates: 4, name, new SourceLocation(file, line), Initializer.Parts(0, 1, 0, 0));
        return cell.Scan(states, lengths, reverse, ["h", "c"], (inputs, before) =>
        {
            var sums = inputs + cell.Recurrent(before[0]);                                                   // [batch, 4·units]
            var (i, f, g, o) = (cell.Gate(sums, 0).Sigmoid("i"), cell.Gate(sums, 1).Sigmoid("f"), cell.Gate(sums, 2).Tanh("g"),
                cell.Gate(sums, 3).Sigmoid("o"));
            var c = f * before[1] + i * g;
            return [o * c.Tanh(), c];
        });
    }

    /// <summary>
    /// A gated recurrent unit: r, z = sigmoid of xₜ·w + hₜ₋₁·u + b; n = tanh(xₜ·wₙ + bₙ + r ∘ (hₜ₋₁·uₙ + vₙ)); hₜ = (1 − z) ∘ n + z ∘ hₜ₋₁;
    /// h₀ = 0 (Cho and others, 2014; with r after the product, as in cuDNN, PyTorch, and ONNX with <c>linear_before_reset</c>).
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; the number of features must be known.</param>
    /// <param name="units">The size of h.</param>
    /// <param name="sequence">Whether to return h of every time step, [batch, time, units], or only of the last one, [batch,
    /// units].</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/w</c> [features, 3·units], <c>name/u</c> [units, 3·units],
    /// <c>name/b</c> [3·units], each with the parts r, z, n, and <c>name/v</c> [units].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with a known number of features.</exception>
    public static Node Gru(Node x, int units, bool sequence = false, bool reverse = false, string name = "gru",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        GruStates(x, units, null, null, reverse, name, file, line).Result(sequence, name);

    /// <summary>A gated recurrent unit, <see cref="Gru"/>, with its states: to start it from others than zeros, to fetch the last ones, or
    /// for sequences of different lengths. The state is h.</summary>
    /// <param name="x">A sequence [batch, time, features]; the number of features must be known.</param>
    /// <param name="units">The size of h.</param>
    /// <param name="states">The first h, [batch, units]; null for zeros.</param>
    /// <param name="lengths">The number of time steps of each row, [batch]; null if all have as many as there are. Behind its end a row
    /// keeps its state, and a reversed layer begins at the end of each row.</param>
    /// <param name="reverse">Whether to read from the end to the beginning; each result stays at its own time step.</param>
    /// <param name="name">The layer's name; its variables are called as those of <see cref="Gru"/>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence with a known number of features, or states or lengths do not fit
    /// it.</exception>
    /// <exception cref="ArgumentException">There are more or fewer states than one.</exception>
    public static Recurrence GruStates(Node x, int units, IReadOnlyList<Node>? states = null, Node? lengths = null, bool reverse = false,
        string name = "gru", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var cell = new RecurrentCell(nameof(Gru), x, units, gates: 3, name, new SourceLocation(file, line));
        var v = new Variable($"{name}/v", [units], Initializer.Zeros(), file: file, line: line);
        return cell.Scan(states, lengths, reverse, ["h"], (inputs, before) =>
        {
            var (h, recurrent) = (before[0], cell.Recurrent(before[0]));                                     // [batch, 3·units]
            Node Sum(int gate) => cell.Gate(inputs, gate) + cell.Gate(recurrent, gate);
            var (r, z) = (Sum(0).Sigmoid("r"), Sum(1).Sigmoid("z"));
            var n = (cell.Gate(inputs, 2) + r * (cell.Gate(recurrent, 2) + v)).Tanh("n");
            return [n + z * (h - n)];
        });
    }
}

public static partial class Layers
{
    /// <summary>
    /// Two recurrent layers, one of which reads from the end to the beginning, side by side: <c>Layers.Bidirectional((reverse, name) =&gt;
    /// Layers.Lstm(x, 64, sequence: true, reverse, name))</c> (Schuster and Paliwal, "Bidirectional recurrent neural networks", 1997).
    /// </summary>
    /// <param name="layer">Builds a layer, given whether it is reversed, and its name.</param>
    /// <param name="name">A name; the layers are called <c>name/forward</c> and <c>name/backward</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>Both results, joined along the last axis.</returns>
    public static Node Bidirectional(Func<bool, string, Node> layer, string name = "bidirectional", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Flow.Concat([layer(false, $"{Required.Text(name)}/forward"), layer(true, $"{name}/backward")], -1, name, file, line);
    }
}

/// <summary>What the recurrent layers share: the variables, the product with the inputs of all time steps at once, and the scan over
/// time.</summary>
internal sealed class RecurrentCell
{
    private readonly int _units;
    private readonly string _layer, _name;
    private readonly SourceLocation _at;
    private readonly Node _inputs;
    private readonly Variable _u;

    public RecurrentCell(string layer, Node x, int units, int gates, string name, SourceLocation at, Initializer? bias = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        Known.Rank(layer, x, 3, "a sequence [batch, time, features]");
        Known.Float(layer, x);
        var features = Known.Size(layer, x, 2, "the number of features");
        if (x.Shape[1] == 0)
            throw ShapeException.Of(layer, [x],
                new ShapeException($"`{x.Label}` is {x.Shape}: a sequence without time steps has no state.",
                    "Give it at least one time step."));
        (_layer, _units, _name, _at) = (layer, units, name, at);
        // Uniform in ±1/√units, as in PyTorch: the products stay in the middle range of tanh and sigmoid.
        var bound = 1 / MathF.Sqrt(units);
        var width = (long)units * gates;
        var w = new Variable($"{name}/w", [features, width], Initializer.Uniform(-bound, bound), file: at.File, line: at.Line);
        _u = new Variable($"{name}/u", [units, width], Initializer.Uniform(-bound, bound), file: at.File, line: at.Line);
        var b = new Variable($"{name}/b", [width], bias ?? Initializer.Zeros(), file: at.File, line: at.Line);
        // [time, batch, width]: the rows of a step lie together.
        var byTime = Flow.AddFlow(x, new Transpose([1, 0, 2]), null, at.File, at.Line);
        _inputs = Flow.AddFlow(Flow.AddFlow(byTime, new MatMul(w), $"{name}/x·w", at.File, at.Line), new Add(b), $"{name}/x·w + b", at.File,
            at.Line);
    }

    /// <summary>h·u, [batch, gates · units].</summary>
    public Node Recurrent(Node h) => h.MatMul(_u, name: "h·u");

    /// <summary>The sums of one gate, [batch, units].</summary>
    public Node Gate(Node sums, int gate) => sums.Slice(1, gate * _units, (gate + 1) * _units);

    /// <summary>The scan over time: <paramref name="step"/> computes the states after a step from the inputs of the step, [batch, gates ·
    /// units], and the states before it, each [batch, units].</summary>
    public Recurrence Scan(IReadOnlyList<Node>? first, Node? lengths, bool reverse, IReadOnlyList<string> names,
        Func<Node, Node[], Node[]> step)
    {
        // Of zeros, only the shape matters: [batch, units].
        var like = _inputs.Sum(axis: 0).Slice(1, 0, _units);
        Node[] initial = first is null ? [.. names.Select(_ => ((Node)0f).BroadcastLike(like))] : [.. Required.List(first)];
        if (initial.Length != names.Count)
            throw new ArgumentException($"{_layer}: {NumberText.Count(initial.Length, "state")} given, and the layer has {names.Count}: "
                + $"{string.Join(", ", names)}.", nameof(first));
        return Recurrence.Of(_layer, [_inputs], initial, names, lengths, reverse, (xs, before) => (step(xs[0], before), []),
            $"{_name}/scan", _at);
    }
}

public abstract partial record Layer
{
    /// <summary>A simple recurrent layer over sequences [batch, time, features]; bidirectional, it is two, one of them reversed, and its
    /// result is both, side by side.</summary>
    public sealed record Rnn(int Units, bool Sequence = false, bool Reverse = false, bool Bidirectional = false) : Layer
    {
        protected override string Kind => "rnn";
        protected override Node Build(Node x, string name) => InDirections(Reverse, Bidirectional, name,
            (reverse, own) => Layers.Rnn(x, Units, Sequence, reverse, name: own));
    }

    /// <summary>A long short-term memory (LSTM) layer over sequences [batch, time, features]; bidirectional, it is two, one of them
    /// reversed, and its result is both, side by side.</summary>
    public sealed record Lstm(int Units, bool Sequence = false, bool Reverse = false, bool Bidirectional = false) : Layer
    {
        protected override string Kind => "lstm";
        protected override Node Build(Node x, string name) => InDirections(Reverse, Bidirectional, name,
            (reverse, own) => Layers.Lstm(x, Units, Sequence, reverse, own));
    }

    /// <summary>A gated recurrent unit (GRU) layer over sequences [batch, time, features]; bidirectional, it is two, one of them reversed,
    /// and its result is both, side by side.</summary>
    public sealed record Gru(int Units, bool Sequence = false, bool Reverse = false, bool Bidirectional = false) : Layer
    {
        protected override string Kind => "gru";
        protected override Node Build(Node x, string name) => InDirections(Reverse, Bidirectional, name,
            (reverse, own) => Layers.Gru(x, Units, Sequence, reverse, own));
    }

    private static Node InDirections(bool reverse, bool both, string name, Func<bool, string, Node> layer) =>
        !both ? layer(reverse, name)
        : !reverse ? Layers.Bidirectional(layer, name)
        : throw new ArgumentException("A bidirectional layer reads in both directions: it cannot be reversed, too.",
            nameof(reverse));
}
