using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// A recurrence over time: states that a step computes from those before it. <see cref="Layers.Scan"/> makes one of a step of your own;
/// <see cref="Layers.LstmStates"/> and its like make those of the usual layers. It is one node of the graph, however long the sequences
/// are.
/// </summary>
public sealed class Recurrence
{
    private readonly SourceLocation _at;

    private Recurrence(Operation scan, int states, SourceLocation at)
    {
        _at = at;
        Steps = [.. Enumerable.Range(0, states).Select(state => ByBatch(ScanBuilder.After(scan, state)))];
        Last = [.. Enumerable.Range(0, states).Select(state => ScanBuilder.Last(scan, state))];
        Outputs = [.. Enumerable.Range(0, ((Scan)scan.Op).Body.Outputs.Length).Select(output => ByBatch(ScanBuilder.Output(scan, output)))];
    }

    /// <summary>Each state after every time step, [batch, time, …].</summary>
    public IReadOnlyList<Node> Steps { get; }

    /// <summary>Each state after the last time step, [batch, …]: fed as the first state of another run, it continues the
    /// sequences.</summary>
    public IReadOnlyList<Node> Last { get; }

    /// <summary>What each time step says besides its states, [batch, time, …].</summary>
    public IReadOnlyList<Node> Outputs { get; }

    /// <summary>The first state as the result of a layer.</summary>
    internal Node Result(bool sequence, string name) => (sequence ? Steps : Last)[0].Named(name, _at.File, _at.Line);

    /// <param name="what">What it is called in errors: the layer.</param>
    /// <param name="sequences">The sequences, with time as the first axis.</param>
    /// <param name="initial">The first states.</param>
    /// <param name="names">The names of the states.</param>
    /// <param name="lengths">The number of time steps of each row, [batch]; null if all have as many as there are.</param>
    /// <param name="reverse">Whether time runs from the last step to the first.</param>
    /// <param name="step">What a step does.</param>
    /// <param name="name">The name of the node.</param>
    /// <param name="at">Where the user made it.</param>
    internal static Recurrence Of(string what, Node[] sequences, Node[] initial, IReadOnlyList<string> names, Node? lengths, bool reverse,
        Func<Node[], Node[], (Node[] Next, Node[] Outputs)> step, string name, SourceLocation at)
    {
        if (lengths is null)
            return new Recurrence(ScanBuilder.Build(what, sequences, initial, names, reverse, step, name, at), initial.Length, at);
        if (lengths.Shape.Rank != 1)
            throw ShapeException.Of(what, [lengths],
                new ShapeException($"the lengths `{lengths.Label}` are {lengths.Shape}; there is one number for each row.",
                    "Give them the shape [batch]."));
        var ends = lengths.ElementType == ElementType.Float32 ? lengths : lengths.Cast();
        // One more state counts the steps: from 0 up, or from their number down.
        Node[] counted = [.. initial, reverse ? Flow.AddFlow(sequences[0], new CountElements([0])) : 0f];
        var scan = ScanBuilder.Build(what, sequences, counted, [.. names, "t"], reverse, (xs, states) =>
        {
            var before = states[..^1];
            var (next, outputs) = step(xs, before);
            var time = reverse ? states[^1] - 1f : states[^1];
            for (var i = 0; i < next.Length; i++)
            {
                // [batch, 1, …]
                var end = next[i].Shape.Rank <= 1 ? ends : ends.Unsqueeze([.. Enumerable.Range(1, next[i].Shape.Rank - 1)]);
                next[i] = Flow.Select(time.Less(end), next[i], before[i]);
            }
            return ([.. next, reverse ? time : time + 1f], outputs);
        }, name, at);
        return new Recurrence(scan, initial.Length, at);
    }

    private Node ByBatch(Node byTime) =>
        Flow.AddFlow(byTime, new Transpose([1, 0, .. Enumerable.Range(2, byTime.Shape.Rank - 2)]), null, _at.File, _at.Line);
}

public static partial class Layers
{
    /// <summary>
    /// A recurrence whose step you write: the states after a time step, computed from what the step gets of the sequences and from the
    /// states before it. The step is built once, with nodes that stand for one time step, and runs as often as the sequences are long.
    /// Whatever else it uses, such as variables, is the same at every step.
    /// </summary>
    /// <param name="sequences">The sequences, each [batch, time, …]; at least one. The number of time steps may be unknown.</param>
    /// <param name="states">The first states, each [batch, …].</param>
    /// <param name="step">Builds a step: of what it gets of each sequence, [batch, …], and the states before it, the states after it, in
    /// the same order and of the same shapes, and behind them what it says besides, each [batch, …].</param>
    /// <param name="lengths">The number of time steps of each row, [batch]; null if all have as many as there are. Behind its end a row
    /// keeps its states, and a reversed recurrence begins at the end of each row.</param>
    /// <param name="reverse">Whether time runs from the last step to the first; each result stays at its own time step.</param>
    /// <param name="name">A name for messages and pictures.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentException">There is no sequence or no state, or the step returns fewer nodes than there are
    /// states.</exception>
    /// <exception cref="ShapeException">Shapes or element types do not fit together.</exception>
    /// <exception cref="GraphException">The step has an effect, draws random numbers or reads indices.</exception>
    public static Recurrence Scan(IReadOnlyList<Node> sequences, IReadOnlyList<Node> states,
        Func<IReadOnlyList<Node>, IReadOnlyList<Node>, IReadOnlyList<Node>> step, Node? lengths = null, bool reverse = false,
        string name = "scan", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (Required.List(sequences).Count == 0) throw new ArgumentException("Scan: there is no sequence to go along.", nameof(sequences));
        if (Required.List(states).Count == 0) throw new ArgumentException("Scan: there is no state to carry on.", nameof(states));
        foreach (var x in sequences)
        {
            if (x.Shape.Rank < 2)
                throw ShapeException.Of(nameof(Scan), [x], new ShapeException($"`{x.Label}` is {x.Shape}; a sequence is [batch, time, …].",
                    "Reshape() it."));
        }
        foreach (var state in states) Known.Float(nameof(Scan), state);
        Node[] byTime = [.. sequences.Select(x =>
            Flow.AddFlow(x, new Transpose([1, 0, .. Enumerable.Range(2, x.Shape.Rank - 2)]), null, file, line))];
        string[] names = [.. states.Select((state, i) => $"s{i + 1}")];
        return Recurrence.Of(nameof(Scan), byTime, [.. states], names, lengths, reverse, (xs, before) =>
        {
            Node[] results = [.. Required.List(step(xs, before))];
            if (results.Length < before.Length)
                throw new ArgumentException($"Scan: the step returns {NumberText.Count(results.Length, "node")} for "
                    + $"{NumberText.Count(before.Length, "state")}. Return every state, then the outputs.", nameof(step));
            return (results[..before.Length], results[before.Length..]);
        }, name, new SourceLocation(file, line));
    }
}
