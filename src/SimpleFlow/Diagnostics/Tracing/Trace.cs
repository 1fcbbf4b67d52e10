using System.Diagnostics;

namespace SimpleFlow;

/// <summary>
/// Records a forward and a backward sweep: for every node its value, its gradient, how it hands gradients back, and
/// how long it took, in float64 by the plain reading; for variables also how a training step would change them.
/// </summary>
/// <example><code>Console.Write(model.Trace(new Feed { [x] = rows, [y] = answers }).ToText());</code></example>
public sealed class Trace
{
    private Trace(Node loss, IReadOnlyList<TraceRow> rows) => (Loss, Rows) = (loss, rows);

    /// <summary>What was differentiated: the loss, or the sum of the losses.</summary>
    public Node Loss { get; }

    /// <summary>All nodes that the loss is computed from, and the loss, inputs before what is computed from them.</summary>
    public IReadOnlyList<TraceRow> Rows { get; }

    /// <summary>The remark if only a sample was compared with differences: how many gradients, of how many. Null if all or none
    /// were.</summary>
    internal string? Sampled
    {
        get
        {
            var (compared, all) = (Rows.Count(row => row.Differences is not null), Rows.Count(row => row.Gradient is not null));
            return compared > 0 && compared < all && all > NodeSample.Whole
                ? $"Differences are given for {NumberText.Count(compared)} of {NumberText.Count(all)} gradients, spread over the graph: "
                    + "comparing every one would take time with the square of their number."
                : null;
        }
    }

    /// <summary>The row of a node.</summary>
    /// <exception cref="KeyNotFoundException">The loss is not computed from it.</exception>
    public TraceRow this[Node node] => Rows.FirstOrDefault(row => ReferenceEquals(row.Node, node))
        ?? throw new KeyNotFoundException($"`{node?.Label}` is not part of the trace: `{Loss.Label}` is not computed from it.");

    /// <summary>Traces a loss at one place: for the variables' values and what is fed. It changes nothing.
    /// A model's trace also says how the optimizer would change the variables.</summary>
    /// <param name="loss">What to differentiate. A loss of several elements counts as their sum.</param>
    /// <param name="feed">What the placeholders hold. A handful of rows is enough.</param>
    /// <param name="differences">Whether to put the gradient by differences beside the analytic one, for 16 elements of each tensor, or all
    /// if it has no more; in a graph with more than 300 gradients for a sample of them. Left out if the loss is not finite.</param>
    /// <param name="cancellation">Ends the trace.</param>
    /// <exception cref="GraphException">The loss is not made of floats, or a placeholder is missing or
    /// was fed a shape it does not have.</exception>
    /// <exception cref="ShapeException">The fed shapes do not fit together.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Trace Of(Node loss, Feed feed, bool differences = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Of([loss], feed, differences, cancellation);
    }

    /// <summary>Traces several losses, which are summed, as a <c>Model</c> sums them.</summary>
    /// <inheritdoc cref="Of(Node, Feed, bool, CancellationToken)"/>
    /// <param name="losses">What to differentiate.</param>
    /// <param name="feed">What the placeholders hold.</param>
    /// <param name="differences">Whether to put the gradient by differences beside the analytic one.</param>
    /// <param name="cancellation">Ends the trace.</param>
    public static Trace Of(IReadOnlyList<Node> losses, Feed feed, bool differences = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(losses);
        ArgumentNullException.ThrowIfNull(feed);
        if (losses.Count == 0) throw new ArgumentException("There is no loss to trace.", nameof(losses));
        return Of(TotalLoss.Of(losses), [], PlainReading.Fed(feed), default, differences, cancellation);
    }

    /// <param name="loss">What to differentiate.</param>
    /// <param name="updates">The assignments of a training step.</param>
    /// <param name="fed">What the placeholders hold.</param>
    /// <param name="step">Which random numbers the ops draw.</param>
    /// <param name="differences">Whether to compare the gradients with differences.</param>
    /// <param name="cancellation">Ends the trace.</param>
    internal static Trace Of(Node loss, IReadOnlyList<Node> updates, IReadOnlyDictionary<Placeholder, PlainTensor> fed, StepIdentity step,
        bool differences, CancellationToken cancellation)
    {
        var order = GraphOrder.Of([loss], valuesOnly: true, cancellation);
        ReadableGraph.Require(order.Count, "trace", "Trace a node within the graph, summed to one number.");
        Node[] sources = [.. order.Where(node => node is Variable or Placeholder && node.ElementType == ElementType.Float32)];
        var sweep = new BackwardSweep(loss, sources, cancellation);

        var values = new Dictionary<Node, PlainTensor>(ReferenceEqualityComparer.Instance);
        var times = new Dictionary<Node, TimeSpan>(ReferenceEqualityComparer.Instance);
        void Timed(Operation operation, long ticks)
        {
            cancellation.ThrowIfCancellationRequested();
            times[operation] = TimeSpan.FromSeconds((double)ticks / Stopwatch.Frequency);
        }
        // the first evaluation of an op also pays for compiling its code
        PlainReading.ValuesOf([loss], fed, step: step);
        PlainReading.Extend(values, [loss], fed, step: step, timed: Timed);
        var assigned = updates.OfType<Operation>().Where(update => update.Op is Assign).ToDictionary(update => update.InputArray[0],
            update => update.InputArray[1]);
        var wanted = order.Select(sweep.GradientOf).Concat(order.Select(node => assigned.GetValueOrDefault(node))).OfType<Node>();
        PlainReading.Extend(values, wanted, fed, step: step, timed: (_, _) => cancellation.ThrowIfCancellationRequested());

        var compared = differences && double.IsFinite(values[loss].Elements.Sum())
            ? new GradientChecker(loss, sources, fed, step, new(), cancellation).Nodes().ToDictionary(check => check.Node)
            : [];
        var numbers = order.Select((node, i) => (node, i)).ToDictionary(pair => pair.node, pair => pair.i);
        var rules = LocalRules(order, sweep,
            node => numbers.TryGetValue(node, out var number) ? node.Name ?? (node is Constant ? node.Label : $"#{number}") : null);
        return new Trace(loss, [.. order.Select((node, i) => new TraceRow
        {
            Number = i,
            Node = node,
            Inputs = [.. node.InputArray.Where(numbers.ContainsKey).Select(input => numbers[input])],
            Value = new TensorStatistics(values[node]),
            Gradient = sweep.GradientOf(node) is { } gradient ? new TensorStatistics(values[gradient]) : null,
            LocalRules = rules.GetValueOrDefault(node) ?? [],
            Time = times.GetValueOrDefault(node),
            Update = assigned.TryGetValue(node, out var next) ? new TensorStatistics(Change(values[node], values[next])) : null,
            Differences = compared.GetValueOrDefault(node),
        })]);
    }

    /// <summary>The rules under the node that hands back, in the order of its inputs.
    /// The sweep keeps them under the node that receives.</summary>
    private static Dictionary<Node, List<string>> LocalRules(List<Node> order, BackwardSweep sweep, Func<Node, string?> nameOf) => order
        .SelectMany(source => sweep.ContributionsTo(source).Select(contribution => (Source: source, Contribution: contribution)))
        .GroupBy(one => (Node)one.Contribution.Consumer)
        .ToDictionary(group => group.Key,
        group => group.OrderBy(one => one.Contribution.Input).Select(one => LocalRule.Text(one.Source, one.Contribution, sweep, nameOf))
            .ToList());

    private static PlainTensor Change(PlainTensor before, PlainTensor after) =>
        new(before.Shape, [.. after.Elements.Zip(before.Elements, (next, now) => next - now)]);

    /// <summary>The same as <see cref="ToText"/>, for printing.</summary>
    public override string ToString() => ToText().TrimEnd();

    /// <summary>Tables for a terminal: the numbers of every node, and below them the rules by which gradients are handed back.</summary>
    public string ToText() => TraceTables.Text(this);

    /// <summary>Everything as one JSON object. Tensors of up to 64 elements are whole, in row-major order;
    /// of larger ones there are the statistics. Numbers that are not finite are the texts NaN, Infinity, -Infinity.</summary>
    public string ToJson() => TraceJson.Of(this);

    /// <summary>The table of the nodes as a fragment of HTML, <c>&lt;table
    /// class="trace"&gt;…&lt;/table&gt;</c>, for a page of your own.</summary>
    public string ToHtml() => TraceTables.Html(this);
}
