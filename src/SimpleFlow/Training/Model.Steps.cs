using SimpleFlow.Compilation;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>Single steps, gradients without a step, and which variables they are of.</content>
public sealed partial class Model
{
    private readonly Variable[]? _chosen;
    private readonly HashSet<Variable> _frozen = [];
    private TrainedVariables? _trained;
    private TrainingSteps? _steps;
    private Ranks? _ranks;
    private Session? _gradients;

    /// <summary>The variables that a step leaves alone; see <see cref="Freeze"/>.</summary>
    public IReadOnlyList<Variable> Frozen => [.. Variables.Where(_frozen.Contains)];

    /// <summary>
    /// Leaves variables alone from the next step on: until <see cref="Thaw"/>, neither the variables nor what the optimizer remembers of
    /// them changes. They continue where they were, as if there had been no steps in between. Their gradients are not computed, and do
    /// not count where gradients are clipped by their norm. The running averages of a frozen <see cref="Layers.BatchNorm"/> follow the
    /// batches unless they are frozen too: <c>body.Variables()</c> has them. In training it normalises by the batch in either case; see
    /// <see cref="FineTuning.InferenceMode(Node)"/>. What is frozen is not saved: <see cref="Load"/> keeps it as the program has it.
    /// </summary>
    /// <exception cref="ArgumentException">A variable is not in the model.</exception>
    /// <exception cref="InvalidOperationException">The model is in use.</exception>
    public void Freeze(params IReadOnlyList<Variable> variables)
    {
        using var _ = Enter();
        CheckOwn(variables);
        _frozen.UnionWith(variables);
        Updates?.SetApart(_frozen);
        (_steps, _gradients) = (null, null);
    }

    /// <summary>Trains variables again that were frozen.</summary>
    /// <exception cref="ArgumentException">A variable is not in the model.</exception>
    /// <exception cref="InvalidOperationException">The model is in use.</exception>
    public void Thaw(params IReadOnlyList<Variable> variables)
    {
        using var _ = Enter();
        CheckOwn(variables);
        _frozen.ExceptWith(variables);
        (_steps, _gradients) = (null, null);
    }

    /// <summary>What the model was told to train; null: all trainable variables that a gradient reaches.</summary>
    internal IReadOnlyList<Variable>? Chosen => _chosen;

    private void CheckOwn(IReadOnlyList<Variable> variables)
    {
        if (Required.List(variables).Except(Variables).FirstOrDefault() is { } other)
            throw new ArgumentException($"`{other.Name}` is not a variable of this model.", nameof(variables));
    }

    /// <summary>
    /// Begins again: all variables get fresh initial values, and what the optimizer remembers, the count of steps and the history are
    /// cleared. The model is then what a new one over a new graph with this seed would be, bit for bit, so the folds of a cross-validation
    /// need no graphs of their own. The learning rate and what is frozen stay as they are.
    /// </summary>
    /// <param name="seed">The seed from now on; null: the same as before.</param>
    /// <exception cref="InvalidOperationException">The model is in use, or another model trains its variables.</exception>
    /// <exception cref="GraphException">The first numbers of a variable that was trained came with a saved network and are not there any
    /// more (<see cref="Initializer.Saved"/>).</exception>
    public void Reset(ulong? seed = null)
    {
        using var _ = Enter();
        using var claim = Steps?.Claim.Enter() ?? default;
        var own = seed ?? Seed;
        RequireFirstNumbers();
        if (Updates is { Apart.Count: > 0 } updates) Updates = updates.With([]);
        var all = Variables.Concat(AllVariables.Except(Variables).Where(one => !ReferenceEquals(one, Optimizer?.Rate))).Index()
            .Where(one => !one.Item.Initializer.IsSaved).ToList();
        // An initializer of the user's own may fail: then nothing is changed.
        var elements = all.ConvertAll(one => one.Item.Drawn(own, Kernels.RandomStreams.Variables[one.Index]));
        using var held = VariableAccess.Writing(all.ConvertAll(one => one.Item));
        for (var i = 0; i < all.Count; i++) all[i].Item.Restart(elements[i], own, Kernels.RandomStreams.Variables[all[i].Index]);
        (Clock.Seed, Clock.Step) = (own, 0);
        History.Replace([]);
        History.StopReason = null;
    }

    private void RequireFirstNumbers()
    {
        if (Clock.Step == 0 || Steps?.Trained.FirstOrDefault(variable => variable.Initializer.IsSaved) is not { } trained) return;
        throw new GraphException($"`{trained.Name}` began with the numbers of a saved network and has been trained since, so the model "
            + "cannot begin again. Load the network once more, or freeze the part that others have trained.");
    }

    /// <summary>
    /// Makes one training step, for loops of your own: <c>foreach (var batch in data.Batches(32)) model.Step(batch);</c>
    /// A warm step allocates nothing. It is counted in <see cref="Iterations"/>, but not in <see cref="History"/>.
    /// </summary>
    /// <param name="feed">The batch.</param>
    /// <param name="learningRate">The learning rate of this step alone; null: the optimizer's own.</param>
    /// <returns>The loss and the metrics that the step started from.</returns>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, or the model has no
    /// optimizer or no loss.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The optimizer does not accept the learning rate.</exception>
    /// <exception cref="DataException">An index is out of range. The step was not made.</exception>
    /// <exception cref="TrainingException">The loss or a gradient is not finite. The step was not made.</exception>
    public StepResult Step(Feed feed, float? learningRate = null)
    {
        ArgumentNullException.ThrowIfNull(feed);
        using var _ = Enter();
        var steps = TrainingSteps;
        if (learningRate is { } rate) Optimizer!.RequireRate(rate, nameof(learningRate));
        using var claim = steps.Claim.Enter();
        return Graph.Result(Make(steps.For(feed), feed, learningRate));
    }

    /// <summary>Makes one training step, while the model is in use and its variables are claimed.</summary>
    /// <param name="step">The kind of step.</param>
    /// <param name="feed">The batch.</param>
    /// <param name="rate">The learning rate of this step alone; null: the optimizer's own.</param>
    /// <param name="cancellation">Cancels the compilation of a plan.</param>
    internal Executable Make(Session step, Feed feed, float? rate, CancellationToken cancellation = default)
    {
        var executable = PlanData.Prepare(step, feed, cancellation);
        TrainingSteps.Make(executable, feed.DataRows, rate);
        Graph.KeepLosses(executable);
        return executable;
    }

    /// <summary>
    /// The loss and its gradients on a batch as in training, without a step: for L-BFGS and other methods of your own. Dropout drops and
    /// <see cref="Layers.BatchNorm"/> normalises by the batch, but its running averages stay as they are, nothing is assigned, and no step
    /// is counted. So random ops draw what the next step will draw: the same at every call until a step is made. The model needs no
    /// optimizer. Numbers that are not finite are returned as they are.
    /// </summary>
    /// <returns>The gradients of the variables that the model trains, without those that are frozen. They are not clipped.</returns>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, or no gradient of the loss
    /// reaches a trainable variable.</exception>
    /// <exception cref="DataException">An index is out of range.</exception>
    public LossGradients Gradients(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        using var _ = Enter();
        _trained ??= new TrainedVariables(Graph, _chosen);
        int[] active = [.. Enumerable.Range(0, _trained.Variables.Count).Where(i => !_frozen.Contains(_trained.Variables[i]))];
        if (active.Length == 0)
            throw new GraphException("All variables of the model are frozen, so there is nothing left to train: model.Thaw(variables).");
        // An assignment is read as the value that it assigns, and not made.
        _gradients ??= new Session(Rewriter.Run([.. Graph.Watched, .. active.Select(i => _trained.Gradients[i])], (node, inputs) =>
            node is not Operation operation ? node : operation.Op is Assign ? inputs[1] : Rewriter.With(operation, inputs)),
            Clock, _options, _arena);
        var executable = PlanData.Prepare(_gradients, feed);
        using var held = Reading.Enter();
        executable.Run(feed.DataRows.Span);
        Graph.KeepLosses(executable);
        var first = Graph.Watched.Length;
        return new LossGradients(Graph.Result(executable), [.. active.Select(i => _trained.Variables[i])],
            [.. active.Select((_, i) => PlanData.Fetch(executable, first + i))]);
    }

    /// <summary>How the optimizer changes the variables; null if the model has no optimizer or no loss.</summary>
    internal OptimizerUpdates? Updates
    {
        get;
        set
        {
            if (ReferenceEquals(field, value)) return;
            field = value;
            if (_steps is not { } before) return;
            _steps = MakeSteps();
            _steps.Gather(before.GatheredBatches);
        }
    }

    /// <summary>The groups of the variables that have one.</summary>
    internal IReadOnlyDictionary<Variable, VariableGroup> Groups { get; } = new Dictionary<Variable, VariableGroup>();

    /// <summary>How it is trained; null if it has no optimizer or no loss.</summary>
    internal TrainingSteps? Steps => Updates is null ? null : _steps ??= MakeSteps();

    private TrainingSteps MakeSteps() => new(Graph, _trained!, Optimizer!, Updates!, _frozen, Clock, _options, _arena, _ranks);

    /// <summary>Makes the steps those of one rank, until the result is disposed.</summary>
    private Role Join(Ranks? ranks)
    {
        var role = new Role(this, _steps, Updates);
        if (ranks is not null) (_ranks, _steps) = (ranks, null);
        return role;
    }

    /// <summary>A period in which the model may be one rank's.</summary>
    private readonly struct Role(Model model, TrainingSteps? alone, OptimizerUpdates? updates) : IDisposable
    {
        public void Dispose()
        {
            if (model._ranks is null) return;
            // What a checkpoint said of the optimizer may have changed the steps.
            (model._ranks, model._steps) = (null, ReferenceEquals(updates, model.Updates) ? alone : null);
        }
    }

    /// <summary>How it is trained.</summary>
    /// <exception cref="GraphException">It has no optimizer or no loss, or all that it trains is frozen.</exception>
    internal TrainingSteps TrainingSteps => Steps is not { } steps
        ? throw new GraphException(
            "The model has no optimizer or no loss, so it cannot be trained: new Model(loss, optimizer: new Adam()).")
        : steps.Trained.Count > 0 ? steps
        : throw new GraphException("All variables of the model are frozen, so there is nothing left to train: model.Thaw(variables).");
}
