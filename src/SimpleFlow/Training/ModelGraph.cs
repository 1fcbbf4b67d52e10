using SimpleFlow.Execution;

namespace SimpleFlow;

/// <summary>What a model computes: its losses, predictions and metrics, in the order in which its sessions give them.</summary>
internal sealed class ModelGraph
{
    private readonly Node[] _metrics;          // as they were given
    private readonly string[] _metricNames;

    public ModelGraph(NodeList losses, NodeList predictions, NodeList metrics)
    {
        Total = TotalLoss.Of(losses);
        if (metrics.GroupBy(metric => metric.Label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two metrics are called `{twice.Key}`, and each is known by its name: give them different ones.",
                nameof(metrics));
        (Losses, Predictions) = ([.. losses], [.. predictions]);
        Metrics = [.. metrics
            .Select(metric => metric.ElementType == ElementType.Float32 ? metric : metric.Cast())
            .Select(metric => metric.Shape.Rank == 0 ? metric : metric.Mean())];
        _metrics = [.. metrics];
        _metricNames = [.. metrics.Select(metric => metric.Label)];
        Totals = new BatchTotals([Total, .. Metrics]);
        Variables = [.. Order.OfType<Variable>()];
    }

    public Node[] Losses { get; }

    public Node[] Predictions { get; }

    public Node[] Metrics { get; }

    /// <summary>The metrics as they were given, before those of several elements became their mean.</summary>
    public IReadOnlyList<Node> GivenMetrics => _metrics;

    public IReadOnlyList<string> MetricNames => _metricNames;

    /// <summary>The sum of the losses.</summary>
    public Node Total { get; }

    /// <summary>How losses and metrics of batches are put together.</summary>
    public BatchTotals Totals { get; }

    /// <summary>The variables, in the order in which the graph reaches them.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>How many rows to evaluate at a time: as many as pay, as long as no result takes more than a bound; but no fewer than a
    /// training step has, which keeps more results.</summary>
    /// <param name="batchSize">The rows of a training step.</param>
    public int RowsToEvaluate(int batchSize)
    {
        const int pays = 256, mostFloats = 1 << 25;
        var largest = Order.Where(node => node.Shape is { Rank: > 0 } shape && shape[0] is null)
            .Select(node => node.Shape.Aggregate(1L, (product, size) => product * Math.Max(1, size ?? 1))).DefaultIfEmpty(1).Max();
        return Math.Max(batchSize, (int)Math.Min(pays, mostFloats / largest));
    }

    /// <summary>All nodes, inputs before what is computed from them.</summary>
    public List<Node> Order => GraphOrder.Of([.. Losses, .. Predictions, .. Metrics]);

    /// <summary>The graph as a file has it.</summary>
    public byte[] Packed => field ??= SavedGraph.Pack(SavedGraph.Lines(Order));

    /// <summary>What every training step and evaluation gives first. The parts of losses and metrics come last:
    /// most of them are losses and metrics themselves.</summary>
    public Node[] Watched => [Total, .. Losses, .. Metrics, .. Totals.Nodes];

    /// <summary>What the last runs computed, for <see cref="Model.ValueOf"/> and for the nodes' own <see cref="Node.Value"/>.</summary>
    public NodeValues Values { get; } = new();

    /// <summary>Keeps the losses and metrics that a step or evaluation computed.</summary>
    public void KeepLosses(Executable executable)
    {
        for (var i = 0; i < Losses.Length; i++)
        {
            PlanData.Keep(executable, 1 + i, Losses[i], Values);
            Losses[i].LastRun = Values;
        }
        for (var i = 0; i < Metrics.Length; i++) PlanData.Keep(executable, 1 + Losses.Length + i, Metrics[i], Values);
    }

    /// <summary>Keeps the predictions that a run computed.</summary>
    public void KeepPredictions(Executable executable)
    {
        for (var i = 0; i < Predictions.Length; i++)
        {
            PlanData.Keep(executable, i, Predictions[i], Values);
            Predictions[i].LastRun = Values;
        }
    }

    /// <summary>The node whose values are kept: for a metric of several elements, its mean.</summary>
    /// <exception cref="GraphException">The model does not compute it.</exception>
    public Node Kept(Node node)
    {
        if (Losses.Contains(node) || Predictions.Contains(node)) return node;
        var metric = Array.IndexOf(_metrics, node);
        return metric >= 0 ? Metrics[metric] : throw new GraphException(
            $"`{node.Label}` is neither a loss nor a prediction nor a metric of this model, so the model keeps no value of it.");
    }

    /// <summary>The losses and metrics of one batch.</summary>
    public StepResult Result(Executable executable)
    {
        var metrics = new StepResult.Numbers(Metrics.Length);
        for (var i = 0; i < Metrics.Length; i++) metrics[i] = executable.Output(1 + Losses.Length + i).Span[0];
        return new StepResult(executable.Output(0).Span[0], _metricNames, metrics);
    }

    /// <summary>Adds what a batch computed to the totals.</summary>
    public void Add(Executable executable, RunningTotals totals, int rows) =>
        totals.Add(executable, 1 + Losses.Length + Metrics.Length, rows);

    /// <summary>The losses and metrics of the batches in the totals.</summary>
    public Evaluation Result(RunningTotals totals)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < _metricNames.Length; i++) metrics[_metricNames[i]] = totals[1 + i];
        return new Evaluation(totals[0], metrics);
    }
}
