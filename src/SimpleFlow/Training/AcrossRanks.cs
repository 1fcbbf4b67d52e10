using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>
/// Makes of a step the step of one rank of a cluster, after which every rank holds what one process with all rows of the batch would hold.
/// <para>
/// Wherever losses, metrics and assigned values bring rows together, in a mean, a sum or a maximum, they do it over all ranks: a mean is a
/// sum in which each rank counts by its rows. The gradients of such a loss by a rank's own rows add up to the whole gradients. Both travel
/// in buckets: first the numbers of the losses, then the gradients in the order in which they are ready, those of the last layers first.
/// Random ops draw by the row's number in the whole batch. Statistics of a layer are those of a rank's own rows, unless they are to be
/// synchronised; their running averages follow the mean of all ranks, so that they stay the same everywhere.
/// </para>
/// </summary>
internal sealed class AcrossRanks
{
    // Large enough that the bytes count and not the messages, and small enough that the first bucket leaves early.
    private const int BucketFloats = 1 << 18;

    private readonly Cluster _link;
    private readonly Bucket _numbers;
    private readonly Node _ofMean = new Operation(new RankFactor(OfMean: true), []);
    private readonly Node _ofSum = new Operation(new RankFactor(OfMean: false), []);
    private readonly Dictionary<(Node, TotalKind), Node> _brought = [];
    private readonly List<Operation> _late = [];          // sums of which a number in a bucket takes the place
    private readonly List<Bucket> _buckets = [];
    private readonly int _stop;

    /// <param name="link">The cluster.</param>
    public AcrossRanks(Cluster link)
    {
        (_link, _numbers) = (link, new Bucket(link, number: 0));
        _stop = _numbers.Add(1, isPutIn: false);
    }

    /// <summary>How many numbers of losses and gradients travel in a step.</summary>
    public long Length => _buckets.Sum(bucket => (long)bucket.Length);

    /// <summary>What travels in a step, in this order: the numbers of losses, then gradients.</summary>
    public IReadOnlyList<Bucket> Buckets => _buckets;

    /// <summary>Whether this rank wants to stop before the next step; after a step, whether any rank does.</summary>
    public bool Stop
    {
        get => _numbers[_stop] > 0;
        set => _numbers[_stop] = value ? 1 : 0;
    }

    /// <summary>The step of this rank.</summary>
    /// <param name="graph">What the model computes.</param>
    /// <param name="trained">The variables that are trained.</param>
    /// <param name="frozen">Variables that are left alone.</param>
    /// <param name="isSynchronised">Whether the statistics of layers are those of the rows of all ranks.</param>
    public StepGraph Of(ModelGraph graph, IReadOnlyList<Variable> trained, IReadOnlySet<Variable> frozen, bool isSynchronised)
    {
        var local = OfRank([.. graph.Watched], isSynchronised);
        var taken = new TakenApart([.. local.Where(IsNumber)]);
        var kinds = graph.Totals.Parts.Select(part => part.Kind).ToList();
        var first = local.Length - kinds.Count;
        Node[] watched = [.. local.Select((node, i) => i >= first ? Brought(node, kinds[i - first])
            : IsNumber(node) ? OfAll(node, taken) : node)];
        var averages = StepGraph.AveragesOf(local[0], frozen);
        Node[] followed = [.. averages.Select(average => average.InputArray[0])
            .Select(statistic => statistic is Operation { Op: SumOverRanks } ? statistic : Brought(statistic, TotalKind.Mean))];
        var sweep = new BackwardSweep(watched[0], trained);
        Node[] all = Late([.. watched, .. followed, .. trained.Select(variable => sweep.GradientOf(variable)!)]);
        var gradients = InBuckets(all[(watched.Length + followed.Length)..], trained);
        return new StepGraph(local[0], all[..watched.Length], gradients,
            [.. averages.Select((average, i) => new Operation(average.Op, [all[watched.Length + i], average.InputArray[1]], average.Name,
                average.MadeAt))]);
    }

    private static bool IsNumber(Node node) => node.Shape.Rank == 0 && node.ElementType == ElementType.Float32;

    /// <summary>Whether a statistic is a mean over the rows of the batch.</summary>
    private static bool IsOverRows(Node node) => TakenApart.BringsTogether(node) == TotalKind.Mean;

    /// <summary>The graph with random ops that draw by row, with assignments of what all ranks say, and with statistics of all
    /// rows.</summary>
    private Node[] OfRank(Node[] outputs, bool isSynchronised)
    {
        var statistics = isSynchronised ? GraphOrder.Of(outputs).OfType<Operation>().Where(node => node.Op is RunningAverage)
            .Select(node => node.InputArray[0]).Where(IsOverRows).ToHashSet<Node>(ReferenceEqualityComparer.Instance) : [];
        return Rewriter.Run(outputs, (node, inputs) =>
        {
            if (node is not Operation operation) return node;
            var op = DrawByRow.Of(operation);
            if (op is Assign && DependsOnRows(inputs[1])) inputs[1] = OfAll(inputs[1], new TakenApart([inputs[1]]));
            var result = ReferenceEquals(op, operation.Op) ? Rewriter.With(operation, inputs)
                : new Operation(op, inputs, node.Name, node.MadeAt);
            return statistics.Contains(node) ? Flow.AddFlow(result * _ofMean, new SumOverRanks(_link, OfStatistic: true)) : result;
        });
    }

    private static bool DependsOnRows(Node value) => GraphOrder.Of([value], valuesOnly: true).Exists(node => node is Placeholder);

    /// <summary>A number over the rows of all ranks.</summary>
    private Node OfAll(Node number, TakenApart taken)
    {
        if (taken.Formula(number) is not { } formula) return Brought(number, TotalKind.Mean);
        return Rewriter.Run([formula], (node, inputs) => node switch
        {
            Placeholder placeholder => Brought(taken[placeholder].Node, taken[placeholder].Kind),
            Operation operation => Rewriter.With(operation, inputs),
            _ => node,
        })[0];
    }

    /// <summary>What the ranks have for a node, brought together.</summary>
    private Node Brought(Node node, TotalKind kind)
    {
        if (_brought.TryGetValue((node, kind), out var known)) return known;
        if (kind == TotalKind.Max) return _brought[(node, kind)] = Flow.AddFlow(node, new LargestOverRanks(_link));
        var sum = Flow.AddFlow(node * (kind == TotalKind.Mean ? _ofMean : _ofSum), new SumOverRanks(_link, OfStatistic: false));
        _late.Add((Operation)sum);
        return _brought[(node, kind)] = sum;
    }

    /// <summary>Has the numbers of losses travel in a bucket of their own.</summary>
    private Node[] Late(Node[] outputs)
    {
        var sums = InBucket(_numbers, [.. _late.Select(sum => sum.InputArray[0])], [.. _late.Select(sum => sum.Shape)]);
        var late = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < sums.Length; i++) late[_late[i]] = sums[i];
        return Rewriter.Run(outputs, (node, inputs) => late.TryGetValue(node, out var sum) ? sum
            : node is Operation operation ? Rewriter.With(operation, inputs) : node);
    }

    private Node[] InBuckets(Node[] gradients, IReadOnlyList<Variable> trained)
    {
        var (sums, number) = (new Node[gradients.Length], 1);
        for (var end = gradients.Length; end > 0;)
        {
            var (start, length) = (end, 0L);
            while (start > 0 && length < BucketFloats) length += trained[--start].Shape.ElementCount;
            InBucket(new Bucket(_link, number++), gradients[start..end], [.. trained.Take(start..end).Select(variable => variable.Shape)])
                .CopyTo(sums, start);
            end = start;
        }
        return sums;
    }

    private Node[] InBucket(Bucket bucket, Node[] nodes, Shape[] shapes)
    {
        var starts = Array.ConvertAll(shapes, shape => bucket.Add((int)shape.ElementCount));
        Node[] signs = [.. nodes.Select((node, i) => Flow.AddFlow(node, new PutIntoBucket(bucket, starts[i])))];
        _buckets.Add(bucket);
        return [.. shapes.Select((shape, i) => new Operation(new TakeFromBucket(bucket, starts[i], shape), signs))];
    }
}
