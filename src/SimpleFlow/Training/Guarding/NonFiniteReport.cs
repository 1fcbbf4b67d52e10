using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>Explains why a training step was not made: what is not finite, the node where it begins, the range of its inputs, the rows
/// concerned, and what to do.</summary>
internal sealed class NonFiniteReport
{
    private const int MostRows = 10;
    private readonly StepReplay _replay;
    private readonly StringBuilder _text = new();

    /// <param name="loss">What is trained.</param>
    /// <param name="values">What must be finite besides.</param>
    /// <param name="sweep">Its gradients.</param>
    /// <param name="trained">What they are taken by.</param>
    /// <param name="replay">The step, with all these in it.</param>
    /// <param name="dataRows">Which rows of the dataset the batch consists of; empty if it is not part of a dataset.</param>
    public NonFiniteReport(Node loss, IReadOnlyList<Node> values, BackwardSweep sweep, IReadOnlyList<Variable> trained, StepReplay replay,
        ReadOnlySpan<int> dataRows)
    {
        _replay = replay;
        var gradients = trained.Select(variable => (Variable: variable, Gradient: sweep.GradientOf(variable)!)).ToList();
        var first = FirstNonFinite.Of([loss], replay) ?? FirstNonFinite.Of(gradients.Select(one => one.Gradient), replay);
        if (first is null && FirstNonFinite.Of(values, replay) is { } value) (first, IsOfValues) = (value, true);
        if (first is null)
        {
            Node = gradients.Find(one => !Guard.IsSmallEnough(replay.RangeOf(one.Gradient).Reach)).Variable;
            if (Node is null) return;
            Line($"The gradient of `{Node.Label}` is {replay.RangeOf(sweep.GradientOf(Node)!)}: optimizers take squares, and those of "
                + "numbers beyond 1.8e19 are not finite in float32.");
            Line(Overflow);
            return;
        }

        var origin = new GradientOrigins(sweep).Of(first);
        Node = origin is null ? first : origin.Value.Consumer ?? origin.Value.Source;
        if (origin is null) Forward(first);
        else Backward(first, origin.Value.Source, origin.Value.Consumer, sweep);
        Rows = NameRows(replay.RowsOf(first), dataRows);
        Line(first switch
        {
            Placeholder => Rows.Count > 0 ? "Correct these rows, or leave them out." : "Correct what is fed.",
            Variable => "It was so before the step: give it finite values.",
            Constant => "A constant never changes: give it finite values.",
            _ => Node is Operation operation && IsAtItsEdge(operation)
                ? "Keep its input above 0: add a small number to it, or Clip it, before it gets here."
                : IsUndefined(first, Node as Operation, sweep) ? Undefined : Overflow,
        });
    }

    // Products and sums of numbers below it stay finite.
    private const float Large = 1e15f;

    private static string Undefined =>
        "NaN from numbers of this size is no overflow: the op is undefined for some of them, or computes 0 / 0, 0 · ∞ or ∞ - ∞ on the way. "
            + "Keep its inputs where it is defined, by Clip for example; correct the op if it is your own.";

    /// <summary>Whether an op makes NaN, and no infinity, of numbers that are not large.</summary>
    private bool IsUndefined(Node first, Operation? operation, BackwardSweep sweep)
    {
        if (operation is null || _replay.RangeOf(first) is not { NaNs: > 0 } range || range.NaNs < range.NonFinite) return false;
        var read = operation.InputArray.Where((_, i) => !operation.Op.UsesOnlyShape(i));
        if (!ReferenceEquals(first, operation)) read = read.Append(sweep.GradientOf(operation)!);
        return read.All(input => _replay.RangeOf(input) is { NonFinite: 0, Reach: < Large });
    }

    private static string Overflow =>
        "Beyond 3.4e38 float32 has only infinity. Usually the learning rate is too large: choose a smaller one, clip the gradients "
            + "(ClipNorm), or bring the data to a scale of about 1.";

    /// <summary>Where it begins: the node that is not finite, or the one that hands back what is not;
    /// null if the replay does not show it.</summary>
    public Node? Node { get; }

    /// <summary>The rows of the dataset, or of the feed, where it begins; empty where it has no row for each example.</summary>
    public IReadOnlyList<int> Rows { get; } = [];

    /// <summary>Whether loss and gradients are finite, and something else is not.</summary>
    public bool IsOfValues { get; }

    /// <summary>Some lines, each ended.</summary>
    public string Text => _text.ToString();

    private void Forward(Node first)
    {
        var kind = first switch { Placeholder => "the placeholder ", Variable => "the variable ", Constant => "the constant ", _ => "" };
        Line($"It begins at {kind}{Described(first)}: {_replay.RangeOf(first)}.");
        if (first is Operation operation) Inputs(operation);
    }

    private void Backward(Node first, Node source, Operation? consumer, BackwardSweep sweep)
    {
        if (consumer is null)
        {
            Line($"It begins in the gradient of {Described(source)}, where what flows back from its uses is added up: "
                + $"{_replay.RangeOf(first)}.");
            return;
        }
        Line($"It begins in the gradient that {Described(consumer)} hands back to `{source.Label}`: {_replay.RangeOf(first)}.");
        Inputs(consumer);
        Line($"  the gradient that arrives: {_replay.RangeOf(sweep.GradientOf(consumer)!)}");
    }

    private void Inputs(Operation operation)
    {
        foreach (var input in operation.InputArray.Where((_, i) => !operation.Op.UsesOnlyShape(i)).Distinct())
            Line($"  its input `{input.Label}`: {_replay.RangeOf(input)}");
    }

    private IReadOnlyList<int> NameRows(IReadOnlyList<int> rows, ReadOnlySpan<int> dataRows)
    {
        if (rows.Count == 0) return rows;
        Line($"Rows of the batch, from 0: {Listed(rows)}.");
        if (dataRows.IsEmpty) return rows;
        var data = new int[rows.Count];
        for (var i = 0; i < data.Length; i++) data[i] = dataRows[rows[i]];
        Array.Sort(data);
        Line($"Rows of the dataset, from 0: {Listed(data)}.");
        return data;
    }

    /// <summary>Whether the op is infinite or undefined where its input is 0 or below, and its input gets there.</summary>
    private bool IsAtItsEdge(Operation operation) => operation.Op switch
    {
        Log or Sqrt or Power => _replay.RangeOf(operation.InputArray[0]).TouchesZero,
        Divide => _replay.RangeOf(operation.InputArray[1]).TouchesZero,
        _ => false,
    };

    private static string Described(Node node)
    {
        var facts = new List<string>();
        if (node is Operation operation) facts.Add(operation.Op.ToString());
        if (node.MadeAt.IsKnown) facts.Add(node.MadeAt.ToString());
        return facts.Count == 0 ? $"`{node.Label}`" : $"`{node.Label}` ({string.Join(", ", facts)})";
    }

    private static string Listed(IReadOnlyList<int> rows) =>
        string.Join(", ", rows.Take(MostRows).Select(row => row.ToString(CultureInfo.InvariantCulture)))
            + (rows.Count > MostRows ? $" and {rows.Count - MostRows} more" : "");

    private void Line(string text) => _text.Append(text).Append('\n');
}
