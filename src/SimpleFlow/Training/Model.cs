using System.Numerics.Tensors;
using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>A graph with what is needed to train and use it: losses to minimise, predictions, an optimizer, metrics to watch.
/// To look inside, see <see cref="Inspection"/>.</summary>
public sealed partial class Model
{
    // The seed of this project stops a fit when nothing moves by more than this.
    private const float Settled = 1e-8f;

    private readonly Session _evaluation;
    private readonly CompilerOptions _options;
    private readonly Arena _arena = new();             // of all plans: a model does one thing at a time
    private int _busy;

    /// <summary>Makes a model, and initialises every variable that has no value yet.</summary>
    /// <param name="losses">What training lowers: one node or several, which are summed.
    /// A loss of several elements counts as their sum.</param>
    /// <param name="predictions">What <see cref="Predict(Feed)"/> computes: one node or several.</param>
    /// <param name="optimizer">How to train; without one the model can only predict and evaluate.</param>
    /// <param name="metrics">Numbers to watch, such as <see cref="Metrics.Accuracy"/>; each is known by its node's name.</param>
    /// <param name="seed">The seed of initial values, shuffles and random ops: the same seed gives the same run, bit for bit.</param>
    /// <param name="threads">On how many threads a step may run; all processors by default.
    /// The results do not depend on it.</param>
    /// <param name="trained">Which variables to train; by default all trainable ones that a gradient reaches. The optimizer leaves the
    /// others untouched and keeps nothing beside them.</param>
    /// <exception cref="GraphException">There is nothing to train: no gradient of a loss reaches a trainable variable, or one that
    /// <paramref name="trained"/> names. Or a loss is not made of floats.</exception>
    /// <exception cref="ArgumentException">Two metrics have the same name, <paramref name="trained"/> is empty or names what is not
    /// trainable, or a variable is in two of the optimizer's groups or in one and not trained.</exception>
    /// <exception cref="MemoryException">The variables, or what the optimizer keeps beside
    /// them, need more memory than there is.</exception>
    public Model(NodeList losses, NodeList predictions = default, Optimizer? optimizer = null, NodeList metrics = default, ulong seed = 0,
        int? threads = null, IReadOnlyList<Variable>? trained = null)
    {
        if (threads is < 1) throw new ArgumentOutOfRangeException(nameof(threads), threads, "A model runs on at least one thread.");
        Graph = new ModelGraph(losses, predictions, metrics);
        Optimizer = optimizer;
        Clock = new StepClock { Seed = seed };
        MemoryBudget.RequireVariables(Variables, "The variables of the model",
            "Make the largest layers smaller, or use a machine with more memory.");
        Initialize(Variables, seed);
        Dropout.Number(Graph.Order);
        var isTrained = optimizer is not null && Losses.Count > 0;
        _chosen = trained is null ? null : [.. Required.List(trained).Distinct()];
        if (isTrained || trained is not null) _trained = new TrainedVariables(Graph, _chosen);
        if (isTrained) Groups = VariableGroup.ByVariable(optimizer!.Groups, _trained!.Variables);
        _options = new CompilerOptions { Threads = threads ?? Environment.ProcessorCount };
        _evaluation = new Session(Graph.Watched, Clock, _options with { Inference = true, ByRow = true }, _arena);
        Prediction = new Session(Graph.Predictions, Clock, _options with { Inference = true }, _arena);
        if (isTrained)
        {
            Updates = new OptimizerUpdates(optimizer!, _trained!.Variables, _trained.Gradients, Groups);
            _steps = MakeSteps();
        }
        Reading = new VariableAccess(Variables, written: []);
    }

    /// <summary>Gives every variable without values its first ones: from the stream of its number, or if another one of the graph has drawn
    /// from that in another model, from a later stream.</summary>
    private static void Initialize(IReadOnlyList<Variable> variables, ulong seed)
    {
        var drawn = variables.Select(variable => variable.DrawnFrom).OfType<(ulong, uint)>().ToHashSet();
        for (var i = 0; i < variables.Count; i++)
        {
            if (variables[i].HasMemory) continue;
            var number = i;
            while (!drawn.Add((seed, RandomStreams.Variables[number]))) number += variables.Count;
            variables[i].Initialize(seed, RandomStreams.Variables[number]);
        }
    }

    /// <summary>What training lowers, as it was given.</summary>
    public IReadOnlyList<Node> Losses => Graph.Losses;

    /// <summary>What is predicted, as it was given.</summary>
    public IReadOnlyList<Node> Predictions => Graph.Predictions;

    /// <summary>The variables of the graph, in the order in which the graph reaches them.</summary>
    public IReadOnlyList<Variable> Variables => Graph.Variables;

    /// <summary>The number of elements of the trainable variables, or of those that the model was told to train. Frozen ones
    /// count.</summary>
    public long ParameterCount =>
        (_chosen ?? Variables.Where(variable => variable.IsTrainable)).Sum(variable => variable.Shape.ElementCount);

    /// <summary>How the model is trained.</summary>
    public Optimizer? Optimizer { get; }

    /// <summary>The seed of the run.</summary>
    public ulong Seed => Clock.Seed;

    /// <summary>How many training steps the model has made.</summary>
    public long Iterations => Clock.Step;

    /// <summary>The epochs trained so far.</summary>
    public History History { get; } = new();

    /// <summary>Trains for some epochs. Each visits every row once, in a new random order, a batch at a time.</summary>
    /// <param name="dataset">What to train on.</param>
    /// <param name="epochs">How many epochs.</param>
    /// <param name="batchSize">Rows per step. The last batch of an epoch may be smaller.</param>
    /// <param name="validation">Data to evaluate on after every epoch, if any.</param>
    /// <param name="cancellation">Stops after the running step.</param>
    /// <inheritdoc cref="Fit(Dataset, FitOptions, CancellationToken)"/>
    public History Fit(Dataset dataset, int epochs, int batchSize = 32, Dataset? validation = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return Fit(dataset, new FitOptions { Epochs = epochs, BatchSize = batchSize, Validation = validation }, cancellation);
    }

    /// <summary>Trains for some epochs.</summary>
    /// <param name="dataset">What to train on. Its rows are changed at random if it says so (<see cref="Dataset.Augment"/>).</param>
    /// <param name="options">How to train.</param>
    /// <param name="cancellation">Stops after the running step.</param>
    /// <returns>The model's history, with these epochs at its end.</returns>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range: the message names the row, and the model is
    /// at the end of the step before; or the checkpoints are damaged, or of another graph or fit: the message lists what differs;
    /// or the folder of a <see cref="Checkpoint"/> holds those of another training.</exception>
    /// <exception cref="GraphException">A placeholder is missing or has rows of a shape that does not fit.</exception>
    /// <exception cref="TrainingException">The loss or a gradient is not finite:
    /// that step was not made, and the model is at the end of the one before.</exception>
    /// <exception cref="SaveException">A <see cref="Checkpoint"/> cannot be written;
    /// the model is at the end of a step, and the earlier checkpoints are unchanged.</exception>
    /// <exception cref="ClusterException">Another rank has failed, does not answer, or trains something else.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the model is at the end of a step and can be used.</exception>
    public History Fit(Dataset dataset, FitOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        RequireRows(dataset);
        if (options.Validation is not null) RequireRows(options.Validation);
        using var _ = Enter();
        using var role = Join(options.Ranks);
        using var claim = TrainingSteps.Claim.Enter();
        try
        {
            using var loop = new TrainingLoop(this, dataset, options, cancellation);
            History.StopReason = null;
            loop.Run();
        }
        catch (Exception exception) when (options.Ranks is not null && !Ranks.IsOfAll(exception))
        {
            // The other ranks would wait for this one.
            options.Cluster!.Fail(exception);
            throw;
        }
        return History;
    }

    /// <summary>
    /// Trains on one batch, again and again, as the seed of this project does: at most <paramref name="maxIterations"/> steps,
    /// fewer once no variable moves by more than 10⁻⁸. Afterwards the losses' <see cref="Node.Value"/> is what the last step started from.
    /// </summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have.</exception>
    /// <exception cref="TrainingException">The loss or a gradient is not finite:
    /// that step was not made, and the model is at the end of the one before.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the model is at the end of a step and can be used.</exception>
    public FitResult Fit(Feed feed, int maxIterations, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxIterations, 1);
        using var _ = Enter();
        var steps = TrainingSteps;
        using var claim = steps.Claim.Enter();
        var executable = PlanData.Prepare(steps.Settling, feed, cancellation);
        var iterations = 0;
        var settled = false;
        try
        {
            while (iterations < maxIterations && !settled)
            {
                cancellation.ThrowIfCancellationRequested();
                steps.Make(executable);
                iterations++;
                settled = executable.Output(steps.LargestMoveOutput).Span[0] <= Settled;
            }
        }
        finally
        {
            if (iterations > 0) Graph.KeepLosses(executable);
        }
        return new FitResult(iterations, executable.Output(0).Span[0], settled);
    }

    /// <summary>The losses and metrics for what is fed.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have.</exception>
    public Evaluation Evaluate(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        using var _ = Enter();
        var executable = PlanData.Prepare(_evaluation, feed);
        using var held = Reading.Enter();
        executable.Run();
        Graph.KeepLosses(executable);
        var totals = new RunningTotals(Graph.Totals);
        Graph.Add(executable, totals, rows: 1);
        return Graph.Result(totals);
    }

    /// <summary>
    /// The losses and metrics over a dataset: what one batch of all its rows would give, however many rows are computed at a time.
    /// Means, sums, maxima and what is computed from them, such as weighted means and roots, are put together exactly;
    /// a metric that compares rows with each other in another way is averaged over the batches by their rows.
    /// </summary>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
    /// <exception cref="GraphException">A placeholder is missing or has rows of a shape that does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Evaluation Evaluate(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireRows(dataset);
        using var _ = Enter();
        return EvaluateBatches(dataset, batchSize, cancellation);
    }

    /// <summary>The number that one of the model's losses, predictions or metrics had in the
    /// model's own last run that computed it, whatever other models that share the node have computed since.
    /// After a fit over epochs, losses and metrics are those of the last step.</summary>
    /// <exception cref="GraphException">The node is neither a loss nor a prediction nor a metric of the model.</exception>
    /// <exception cref="InvalidOperationException">It has more than one element (see <see cref="ValuesOf"/>), or no run has computed
    /// it.</exception>
    public float ValueOf(Node node) => Graph.Values.NumberOf(Graph.Kept(Required.Value(node)))
        ?? throw new InvalidOperationException($"`{node.Label}` is {TensorMemory.ShapeOf(ValuesOf(node))}, not one number: use ValuesOf.");

    /// <summary>A copy of the elements that one of the model's losses, predictions or metrics had in the model's own last run that computed
    /// it. A metric of several elements is watched as their mean.</summary>
    /// <exception cref="GraphException">The node is neither a loss nor a prediction nor a metric of the model.</exception>
    /// <exception cref="InvalidOperationException">No run has computed it.</exception>
    public Tensor<float> ValuesOf(Node node) => Graph.Values.Of(Graph.Kept(Required.Value(node)))
        ?? throw new InvalidOperationException($"The model has not computed `{node.Label}` yet: make a step, evaluate or predict first.");

    /// <summary>
    /// Writes the variables, what the optimizer remembers, the number of steps, the seed and the history into a safetensors file:
    /// under a temporary name first, renamed once it is complete. The tensors have the names of their variables;
    /// the weights of a dense layer are [inputs, units].
    /// </summary>
    /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
    /// <exception cref="InvalidOperationException">The model is in use; while it is trained, a
    /// <see cref="Checkpoint"/> saves it.</exception>
    public void Save(string path)
    {
        using var _ = Enter();
        ModelFile.Save(this, path, fit: null, FileLayer.Disk);
    }

    /// <summary>Reads what <see cref="Save"/> or a <see cref="Checkpoint"/> wrote, into a model with the same variables.
    /// It then continues to train, and predicts, bit for bit as the saved one.</summary>
    /// <exception cref="DataException">There is no such file, it is damaged, or its variables differ;
    /// the message lists what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        using var _ = Enter();
        ModelFile.Load(this, path);
    }

    /// <summary>What the model computes.</summary>
    internal ModelGraph Graph { get; }

    /// <summary>Seed and number of the next step.</summary>
    internal StepClock Clock { get; }

    /// <summary>On how many threads a step may run.</summary>
    internal int Threads => _options.Threads;

    /// <summary>What computes the predictions.</summary>
    internal Session Prediction { get; }

    /// <summary>Makes steps of other models that would write to the variables wait.</summary>
    internal VariableAccess Reading { get; }

    /// <summary>The variables of the graph and those that the optimizer keeps: all that a training step can change.</summary>
    internal IReadOnlyList<Variable> AllVariables => Steps?.Variables ?? Variables;

    /// <summary>The losses and metrics over a dataset, while the model is in use. Of several ranks, each computes its share, and all get
    /// the same.</summary>
    internal Evaluation EvaluateBatches(Dataset dataset, int batchSize, CancellationToken cancellation, Cluster? cluster = null)
    {
        var totals = new RunningTotals(Graph.Totals);
        var cut = new EvenCut(dataset.Rows, cluster?.Size ?? 1);
        var (first, end) = (cut.Before(cluster?.Rank ?? 0), cut.Before((cluster?.Rank ?? 0) + 1));
        int[] order = [.. Enumerable.Range(first, end - first)];
        using var batches = new Batches(dataset, order.Length, batchSize);
        // As many rounds on every rank: those that have a row more may need one more.
        for (var batch = 0; batch < (int)(((long)cut.Before(1) + batchSize - 1) / batchSize); batch++)
        {
            var isCancelled = cancellation.IsCancellationRequested;
            if (cluster is not null) isCancelled = RankAgreement.OfAny(cluster, isCancelled);
            if (isCancelled) throw new OperationCanceledException(cancellation);
            if (batch >= batches.Count) continue;
            var feed = batches.Load(order, batch, epoch: 0);
            Clock.Part = new BatchPart(first + batch * batchSize, feed.DataRows.Length, dataset.Rows);
            var executable = PlanData.Prepare(_evaluation, feed, cluster is null ? cancellation : default);
            using var held = Reading.Enter();
            executable.Run(feed.DataRows.Span);
            Graph.Add(executable, totals, feed.DataRows.Length);
        }
        Clock.Part = BatchPart.Whole;
        if (cluster is not null) totals.AddUp(cluster);
        return Graph.Result(totals);
    }

    /// <summary>Marks the model as in use until the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">It is in use already.</exception>
    internal Use Enter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0
        ? new Use(this)
        : throw new InvalidOperationException(
            "The model is in use, by a call on another thread or by the one that calls this callback. A model runs one thing at a time; "
                + "give each thread a model of its own, over the same nodes if they are to share the variables.");

    internal static void RequireRows(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Rows == 0) throw new DataException("The dataset has no rows: there is nothing to compute.");
    }

    /// <summary>A period in which the model is in use.</summary>
    internal readonly struct Use(Model model) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref model._busy, 0);
    }
}
