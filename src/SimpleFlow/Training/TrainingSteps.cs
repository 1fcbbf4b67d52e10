using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// The training steps of a model: the losses, their gradients, the optimizer's updates, and a guard that lets a
/// step change nothing if a number is not finite. There are several: for one batch, for a batch whose gradients wait for those of
/// others, and for a last batch that is smaller.
/// </summary>
internal sealed class TrainingSteps
{
    private readonly ModelGraph _graph;
    private readonly Optimizer _optimizer;
    private readonly IReadOnlySet<Variable> _frozen;
    private readonly StepClock _clock;
    private readonly CompilerOptions _options;
    private readonly Arena _arena;
    private readonly Cluster? _cluster;
    private readonly StepGraph _step;
    private readonly IReadOnlyList<Node> _assignments, _followed;
    private readonly Node _guard;
    private readonly Node? _norm;
    private readonly VariableAccess _stepping, _reading;
    private (int Batches, Variable[] Sums, Session Gathering)? _accumulation;
    private (int Batches, float LastBatch, Session Applying)? _applied, _smaller;

    /// <param name="graph">What the model computes.</param>
    /// <param name="trained">The variables and their gradients.</param>
    /// <param name="optimizer">Who updates them.</param>
    /// <param name="updates">How.</param>
    /// <param name="frozen">Variables that are to be left alone.</param>
    /// <param name="clock">The number of the step and the seed.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="arena">Where to compute.</param>
    /// <param name="ranks">The cluster of whose ranks this is one; null: it has all rows.</param>
    /// <exception cref="MemoryException">What the optimizer keeps beside the variables does not fit into memory.</exception>
    public TrainingSteps(ModelGraph graph, TrainedVariables trained, Optimizer optimizer, OptimizerUpdates updates,
        IReadOnlySet<Variable> frozen, StepClock clock, CompilerOptions options, Arena arena, Ranks? ranks = null)
    {
        (_graph, _optimizer, _frozen, _clock, _options, _arena) = (graph, optimizer, frozen, clock, options, arena);
        Trained = [.. trained.Variables.Where(variable => !frozen.Contains(variable))];
        Node[] gradients = [.. trained.Gradients.Where((_, i) => !frozen.Contains(trained.Variables[i]))];
        (_assignments, _norm) = updates.For(frozen);
        _step = StepGraph.Of(graph, gradients, frozen);
        Updates = [.. _assignments, .. Averages(lastBatch: 1)];
        Remembered = updates.Kept;
        Variables = [.. GraphOrder.Of([.. graph.Watched, .. Updates]).OfType<Variable>().Union(Remembered)];
        MemoryBudget.RequireVariables(Variables, $"What {optimizer.GetType().Name} keeps beside the variables",
            "Choose an optimizer that keeps less, such as GradientDescent, make the largest layers smaller, or use a machine with more "
                + "memory.");
        Written = [.. Assignments([.. graph.Watched, .. Updates]).Select(node => (Variable)node.InputArray[0]).Distinct()];
        if (ranks is not null)
        {
            (_cluster, Across) = (ranks.Cluster, new AcrossRanks(ranks.Cluster));
            _step = Across.Of(graph, Trained, frozen, ranks.Synchronised);
            (_assignments, _norm) = Replaced(gradients, i => _step.Gradients[i]);
            Updates = [.. _assignments, .. Averages(lastBatch: 1)];
        }
        _followed = Followed(_step);
        _guard = GuardOf(_norm);
        ForOneBatch = new Session([.. _step.Watched, _guard, .. Updates], clock, options, arena);
        LargestMoveOutput = _step.Watched.Count + 1;
        Settling = new Session([.. _step.Watched, _guard, LargestMove(Trained, _assignments), .. Updates], clock, options, arena);
        Claim = new VariableClaim(Written);
        LargestRate = updates.LargestRate;
        // Two models may share one optimizer, whose rate a schedule changes for the duration of a step.
        _stepping = new VariableAccess([.. Variables], [.. Written, optimizer.Rate]);
        _reading = new VariableAccess(graph.Variables, written: []);
    }

    /// <summary>The variables that a step trains: gradients reach them, and they are not frozen.</summary>
    public IReadOnlyList<Variable> Trained { get; }

    /// <summary>What connects the step with those of other ranks; null without a cluster.</summary>
    public AcrossRanks? Across { get; }

    /// <summary>What a step assigns: the optimizer's updates, then those of running averages.</summary>
    public IReadOnlyList<Node> Updates { get; }

    /// <summary>The variables of the graph and those that the optimizer keeps: all that a step can change.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>What the optimizer keeps, of frozen variables too, and what it reads.</summary>
    public IReadOnlyList<Variable> Remembered { get; }

    /// <summary>The variables that steps write to.</summary>
    public IReadOnlyList<Variable> Written { get; }

    /// <summary>The right to write to them.</summary>
    public VariableClaim Claim { get; }

    /// <summary>The sums of gradients that wait for those of other batches; empty if nothing accumulates.</summary>
    public IReadOnlyList<Variable> Gathered => _accumulation?.Sums ?? [];

    /// <summary>The largest learning rate with which all groups of variables stay finite.</summary>
    public float LargestRate { get; }

    /// <summary>Of how many batches gradients are gathered; 1: nothing is.</summary>
    public int GatheredBatches => _accumulation?.Batches ?? 1;

    /// <summary>A step on one batch.</summary>
    public Session ForOneBatch { get; }

    /// <summary>The same, which also gives how far the variable that moves the most has moved.</summary>
    public Session Settling { get; }

    /// <summary>Which output of <see cref="Settling"/> that is.</summary>
    public int LargestMoveOutput { get; }

    /// <summary>A step on one batch, for which running averages count by its share of a full batch.</summary>
    public Session For(Feed feed) =>
        feed.Share == 1 || _step.Averages.Count == 0 ? ForOneBatch : Kept(ref _smaller, batches: 1, feed.Share);

    /// <summary>Makes room for the gradients of so many batches, where nothing is gathered yet.</summary>
    public void Gather(int batches)
    {
        if (batches > 1 && _accumulation?.Batches != batches)
        {
            Variable[] sums = [.. Trained.Select(variable => new Variable($"{variable.Name}/gathered", variable.Shape, Initializer.Zeros(),
                trainable: false))];
            (_accumulation, _applied, _smaller) = ((batches, sums, Gathering(sums)), null, null);
        }
        // A fit that was cancelled may have left something gathered.
        if (batches > 1) foreach (var sum in Gathered) sum.Memory.Span.Clear();
    }

    /// <summary>A step that only adds its gradients to those gathered so far, one that then updates by the mean of all of
    /// them, and the latter for the last batch. What is gathered needs <see cref="Gather"/> first.</summary>
    /// <param name="batches">The number of batches whose gradients are averaged; if it is 1, the first step is null.</param>
    /// <param name="lastBatch">The last batch as a fraction of a full one: running averages follow it by as much less.</param>
    public (Session? Gathering, Session Applying, Session Last) Of(int batches, float lastBatch)
    {
        var applying = Kept(ref _applied, batches, 1);
        var last = lastBatch == 1 || _step.Averages.Count == 0 ? applying : Kept(ref _smaller, batches, lastBatch);
        return (batches > 1 ? _accumulation!.Value.Gathering : null, applying, last);
    }

    /// <summary>Makes one training step: all of it, or nothing of it.</summary>
    /// <param name="executable">The step, fed.</param>
    /// <param name="dataRows">Which rows of a dataset were fed; empty for a feed.</param>
    /// <param name="rate">The learning rate of this step alone; null: the optimizer's own.</param>
    /// <exception cref="TrainingException">The loss or a gradient is not finite. Nothing was changed.</exception>
    /// <exception cref="DataException">An index is out of range. Nothing was changed.</exception>
    public void Make(Executable executable, ReadOnlyMemory<int> dataRows = default, float? rate = null)
    {
        if (!TryMake(executable, dataRows.Span, rate)) throw NotFinite(executable, dataRows.Span);
    }

    /// <summary>Makes one training step; false if the loss or a gradient is not finite, and then nothing was changed.</summary>
    public bool TryMake(Executable executable, ReadOnlySpan<int> dataRows, float? rate)
    {
        // Others that read the variables see them before the step or after it, and so do those that read the optimizer's rate.
        using var _ = _stepping.Enter();
        ref var current = ref _optimizer.Rate.Memory.Span[0];
        var own = current;
        if ((rate ?? own) > LargestRate)
            throw new TrainingException(
                $"The learning rate {NumberText.Text(rate ?? own)} is too large for a group of variables: with their factors and decays it "
                    + $"may be at most {NumberText.Text(LargestRate)}. The step was not made.")
            { Iteration = _clock.Step + 1 };
        current = rate ?? own;
        try
        {
            if (!executable.Run(dataRows)) return false;
            _clock.Step++;
            return true;
        }
        finally
        {
            current = own;
        }
    }

    /// <summary>Repeats the step in a plan that keeps every value, and says where it stops being finite: all ranks say what the first one
    /// says where it does.</summary>
    public TrainingException NotFinite(Executable executable, ReadOnlySpan<int> dataRows)
    {
        var own = NotFiniteHere(executable, dataRows);
        return _cluster is null ? own : RankAgreement.OfError(_cluster, own);
    }

    private TrainingException NotFiniteHere(Executable executable, ReadOnlySpan<int> dataRows)
    {
        using var _ = _reading.Enter();
        _graph.KeepLosses(executable);
        var loss = executable.Output(0).Span[0];
        var iteration = _clock.Step + 1;
        // Of the numbers of this rank alone: what all ranks have together says nothing about where it begins.
        var local = _step.Local;
        var values = _cluster is null ? Guarded(_norm)
            : Followed(_step with { Averages = StepGraph.AveragesOf(local, _frozen), Watched = [] });
        var sweep = new BackwardSweep(local, Trained);
        try
        {
            var replay = Replay(sweep, values, executable);
            var report = new NonFiniteReport(local, values, sweep, Trained, replay, dataRows);
            var what = What(report.IsOfValues ? "the new value of a running average or a variable is not finite"
                : "its gradients are not finite");
            return new TrainingException($"{what}\n{report.Text}".TrimEnd())
            {
                Iteration = iteration,
                Node = report.Node,
                Rows = report.Rows
            };
        }
        catch (MemoryException)
        {
            return new TrainingException(
                $"{What("something computed from it is not finite")}\nFinding out where it begins needs memory for all the step's values "
                    + "at one time, and there is not enough. Train on fewer rows at a time to find out.")
            { Iteration = iteration };
        }

        string What(string otherwise) =>
            $"The loss is {NumberText.Text(loss)} at iteration {iteration}{(float.IsFinite(loss) ? $", but {otherwise}" : "")}. The step "
                + "was not made: the variables are what they were before it.";
    }

    /// <summary>A step once more, with the value of every node of its loss, of its gradients, and of some others.</summary>
    public StepReplay Replay(BackwardSweep sweep, IEnumerable<Node> others, Executable step) =>
        new([_step.Local, .. Trained.Select(sweep.GradientOf).OfType<Node>(), .. others], step, _clock, _options);

    private Session Kept(ref (int Batches, float LastBatch, Session Applying)? kept, int batches, float lastBatch)
    {
        if (kept is not { } known || known.Batches != batches || known.LastBatch != lastBatch)
            kept = (batches, lastBatch, Applying(batches, lastBatch));
        return kept.Value.Applying;
    }

    private Session Gathering(Variable[] sums) =>
        new([.. _step.Watched, GuardOf(norm: null), .. sums.Select((sum, i) => sum.Assign(sum + _step.Gradients[i])),
            .. Averages(lastBatch: 1)], _clock, _options, _arena);

    private Session Applying(int batches, float lastBatch)
    {
        if (batches == 1)
            return lastBatch == 1 ? ForOneBatch : new Session([.. _step.Watched, _guard, .. _assignments, .. Averages(lastBatch)], _clock,
                _options, _arena);
        var sums = _accumulation!.Value.Sums;
        var (updates, norm) = Replaced(_step.Gradients, i => (sums[i] + _step.Gradients[i]) * (1f / batches));
        var clearing = sums.Select(sum => sum.Assign(((Node)0f).Broadcast(sum.Shape)));
        return new Session([.. _step.Watched, GuardOf(norm), .. updates, .. Averages(lastBatch), .. clearing], _clock,
            _options, _arena);
    }

    /// <summary>The optimizer's own updates, with other nodes where the gradients were: its state stays the same whatever becomes of
    /// them.</summary>
    private (IReadOnlyList<Node> Assignments, Node? Norm) Replaced(IReadOnlyList<Node> gradients, Func<int, Node> other)
    {
        var others = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < gradients.Count; i++) others[gradients[i]] = other(i);
        Node[] updates = [.. _assignments, .. _norm is null ? [] : (Node[])[_norm]];
        updates = Rewriter.Run(updates, (node, inputs) =>
            others.TryGetValue(node, out var replaced) ? replaced : node is Operation operation ? Rewriter.With(operation, inputs) : node);
        return (updates[.._assignments.Count], _norm is null ? null : updates[^1]);
    }

    /// <summary>How running averages follow a batch. The average of a layer that is applied several times follows each in turn.</summary>
    private IEnumerable<Node> Averages(float lastBatch) => _step.Averages.GroupBy(node => (Variable)node.InputArray[1])
        .Select(uses => uses.Key.Assign(uses.Aggregate((Node)uses.Key, (before, node) =>
            ((RunningAverage)node.Op).After(node, before, lastBatch))));

    private Node GuardOf(Node? norm) => Flow.AddFlow(_step.Total, new Guard(_step.Gradients, Guarded(norm)));

    /// <summary>What must be finite beside the loss and the gradients.</summary>
    private IReadOnlyList<Node> Guarded(Node? norm) => norm is null ? _followed : [.. _followed, norm];

    /// <summary>What the averages follow, and what the user's own assignments assign.</summary>
    private static IReadOnlyList<Node> Followed(StepGraph step) =>
        [.. step.Averages.Concat(Assignments(step.Watched)).Select(node => node.InputArray[node.Op is Assign ? 1 : 0])];

    private static IEnumerable<Operation> Assignments(IEnumerable<Node> outputs) =>
        GraphOrder.Of(outputs).OfType<Operation>().Where(node => node.Op is Assign);

    private static Node LargestMove(IReadOnlyList<Variable> trained, IReadOnlyList<Node> updates) => updates
        .Where(update => trained.Contains(update.Inputs[0]))
        .Select(update => (update.Inputs[1] - update.Inputs[0]).Abs().Max())
        .Aggregate((Node)0f, (largest, move) => largest.Maximum(move));
}
