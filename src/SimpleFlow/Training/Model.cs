using System.Numerics.Tensors;
using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>A graph with what is needed to train and use it: losses to lower, predictions to ask
/// for, an optimizer, metrics to watch.</summary>
public sealed partial class Model
{
    // The seed of this project stops a fit when nothing moves by more than this.
    private const float Settled = 1e-8f;

    private readonly IReadOnlyList<Operation> _statistics = [];
    private readonly Node[] _losses, _predictions, _metrics;
    private readonly string[] _metricNames;
    private readonly Node _total;
    private readonly Node? _guard, _norm;
    private readonly IReadOnlyList<Variable> _trained = [];
    private readonly IReadOnlyList<Node> _gradients = [], _assignments = [], _updates = [], _followed = [];
    private readonly CompilerOptions _options;
    private readonly StepClock _clock;
    private readonly Session? _training, _settling;
    private readonly Session _evaluation, _prediction;
    private readonly VariableAccess? _stepping;
    private readonly VariableAccess _reading;
    private readonly IReadOnlyList<Variable> _written = [];
    private int _busy;

    /// <summary>Makes a model, and gives every variable that has no value yet its first one.</summary>
    /// <param name="losses">What training lowers: one node or several, which are summed.
    /// A loss of several elements counts as their sum.</param>
    /// <param name="predictions">What <see cref="Predict(Feed)"/> computes: one node or several.</param>
    /// <param name="optimizer">How to train; without one the model can only predict and evaluate.</param>
    /// <param name="metrics">Numbers to watch, such as <see cref="Metrics.Accuracy"/>; each is known by its node's name.</param>
    /// <param name="seed">What initial values, shuffles and random ops follow from: the same seed gives the same run, bit for bit.</param>
    /// <param name="threads">On how many threads a step may run; all processors where nothing is said.
    /// The results do not depend on it.</param>
    /// <exception cref="GraphException">There is nothing to train: no gradient of a loss reaches a trainable variable.
    /// Or a loss is not made of floats.</exception>
    /// <exception cref="ArgumentException">Two metrics have the same name.</exception>
    /// <exception cref="MemoryException">The variables, or what the optimizer keeps beside
    /// them, need more memory than there is.</exception>
    public Model(NodeList losses, NodeList predictions = default, Optimizer? optimizer = null, NodeList metrics = default, ulong seed = 0,
        int? threads = null)
    {
        if (threads is < 1) throw new ArgumentOutOfRangeException(nameof(threads), threads, "A model runs on at least one thread.");
        _total = TotalLoss.Of(losses);
        if (metrics.GroupBy(metric => metric.Label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two metrics are called `{twice.Key}`, and each is known by its name: give them different ones.",
                nameof(metrics));
        _losses = [.. losses];
        _predictions = [.. predictions];
        _metrics = [.. metrics.Select(metric => metric.ElementType == ElementType.Float32 ? metric : metric.Cast())
            .Select(metric => metric.Shape.Rank == 0 ? metric : metric.Mean())];
        _metricNames = [.. metrics.Select(metric => metric.Label)];
        Totals = new BatchTotals([_total, .. _metrics]);
        Optimizer = optimizer;
        Seed = seed;
        _clock = new StepClock { Seed = seed };
        _options = new CompilerOptions { Threads = threads ?? Environment.ProcessorCount };

        var forward = GraphOrder.Of([.. _losses, .. _predictions, .. _metrics]);
        Variables = [.. forward.OfType<Variable>()];
        MemoryBudget.RequireVariables(Variables, "The variables of the model",
            "Make the largest layers smaller, or use a machine with more memory.");
        Initialize(Variables, seed);
        Dropout.Number(forward);

        _evaluation = new Session(Watched, _clock, _options with { Inference = true });
        _prediction = new Session(_predictions, _clock, _options with { Inference = true });
        if (optimizer is null || _losses.Length == 0)
        {
            _reading = new VariableAccess(Variables, written: []);
            return;
        }

        var trainable = GraphOrder.Of([_total], valuesOnly: true).OfType<Variable>().Where(variable => variable.IsTrainable).ToList();
        if (trainable.Count == 0)
            throw new GraphException($"`{_losses[0].Label}` depends on no trainable variable: there is nothing to train.");
        // A variable behind a StopGradient is no business of the optimizer's: it must not decay either.
        var sweep = new BackwardSweep(_total, trainable);
        List<Variable> trained = [.. trainable.Where(variable => sweep.GradientOf(variable) is not null)];
        if (trained.Count == 0)
            throw new GraphException(
                $"No gradient of `{_losses[0].Label}` reaches a trainable variable: there is nothing to train. Something between them "
                    + "stops it, such as StopGradient, ArgMax or a comparison.");
        _trained = trained;
        _gradients = [.. trained.Select(variable => sweep.GradientOf(variable)!)];
        _statistics = [.. GraphOrder.Of([_total], valuesOnly: true).OfType<Operation>().Where(node => node.Op is RunningAverage)];
        (_assignments, _norm) = optimizer.UpdatesAndNorm(trained, _gradients);
        _updates = [.. _assignments, .. Averages(lastBatch: 1)];
        // What the averages follow, and what the user's own assignments assign.
        _followed = [.. _statistics.Concat(Assignments(Watched)).Select(node => node.InputArray[node.Op is Assign ? 1 : 0])];
        MemoryBudget.RequireVariables(AllVariables, $"What {optimizer.GetType().Name} keeps beside the variables",
            "Choose an optimizer that keeps less, such as GradientDescent, make the largest layers smaller, or use a machine with more "
                + "memory.");
        _guard = Flow.AddFlow(_total, new Guard(_gradients, Guarded(_norm)));
        _training = new Session([.. Watched, _guard, .. _updates], _clock, _options);
        _settling = new Session([.. Watched, _guard, LargestMove(_updates), .. _updates], _clock, _options);
        var all = AllVariables.ToList();
        _written = [.. Assignments([.. Watched, .. _updates]).Select(node => (Variable)node.InputArray[0]).Distinct()];
        // Two models may have one optimizer, whose rate a schedule changes for the length of a step.
        _stepping = new VariableAccess(all, [.. _written, optimizer.Rate]);
        _reading = new VariableAccess(Variables, written: []);
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
    public IReadOnlyList<Node> Losses => _losses;

    /// <summary>What is predicted, as it was given.</summary>
    public IReadOnlyList<Node> Predictions => _predictions;

    /// <summary>The variables of the graph, in the order in which the graph reaches them.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>How the model is trained.</summary>
    public Optimizer? Optimizer { get; }

    /// <summary>The seed of the run.</summary>
    public ulong Seed { get; private set; }

    /// <summary>How many training steps the model has made.</summary>
    public long Iterations => _clock.Step;

    /// <summary>The epochs trained so far.</summary>
    public History History { get; } = new();

    /// <summary>
    /// Trains on one batch, again and again, as the seed of this project does: at most <paramref name="maxIterations"/> steps,
    /// fewer once no variable moves by more than 10⁻⁸. Afterwards the losses' <see cref="Node.Value"/> is what the last step started from.
    /// </summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have.</exception>
    /// <exception cref="TrainingException">The loss or a gradient is not finite:
    /// that step was not made, and the model stands at the end of the one before.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the model stands at the end of a step and can be used.</exception>
    public FitResult Fit(Feed feed, int maxIterations, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxIterations, 1);
        using var _ = Enter();
        using var claim = new VariableClaim(_written);
        var executable = Prepare(Trainable(_settling), feed, cancellation);
        var moved = Watched.Length + 1;
        var iterations = 0;
        var settled = false;
        try
        {
            while (iterations < maxIterations && !settled)
            {
                cancellation.ThrowIfCancellationRequested();
                Step(executable);
                iterations++;
                settled = executable.Output(moved).Span[0] <= Settled;
            }
        }
        finally
        {
            if (iterations > 0) KeepLosses(executable);
        }
        return new FitResult(iterations, executable.Output(0).Span[0], settled);
    }

    /// <summary>The first prediction for what is fed.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, the model has no predictions, or a
    /// whole number is too large for a float to hold it.</exception>
    public Tensor<float> Predict(Feed feed) => PredictAll(feed)[0];

    /// <summary>The first prediction for what is fed, as the one number that it is: of a scalar, or of a single row and column.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, the model has no predictions, or the
    /// prediction has more than one element.</exception>
    public float PredictScalar(Feed feed)
    {
        var prediction = Predict(feed);
        return prediction.FlattenedLength == 1
            ? TensorMemory.ToArray(prediction)[0]
            : throw new GraphException(
                $"`{_predictions[0].Label}` is {TensorMemory.ShapeOf(prediction)} for this feed, not one number: use Predict.");
    }

    /// <summary>All predictions for what is fed, in the order in which the model was given them.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, the model has no predictions, or a
    /// whole number is too large for a float to hold it.</exception>
    public IReadOnlyList<Tensor<float>> PredictAll(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        if (_predictions.Length == 0)
            throw new GraphException("The model has no predictions: give it some, new Model(loss, predictions: …).");
        using var _ = Enter();
        var executable = Prepare(_prediction, feed);
        var values = new Tensor<float>[_predictions.Length];
        using var held = _reading.Enter();
        executable.Run();
        for (var i = 0; i < values.Length; i++)
        {
            // Two copies: the caller's is nobody else's, and other models may have the same nodes.
            (values[i], _predictions[i].LastValues) = (Fetch(executable, i), Fetch(executable, i));
        }
        return values;
    }

    /// <summary>The losses and metrics for what is fed.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have.</exception>
    public Evaluation Evaluate(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        using var _ = Enter();
        var executable = Prepare(_evaluation, feed);
        using var held = _reading.Enter();
        executable.Run();
        KeepLosses(executable);
        var totals = new RunningTotals(Totals);
        Watch(executable, totals, rows: 1);
        return Result(totals);
    }

    /// <summary>The plan of a training step for these shapes, as text.</summary>
    /// <exception cref="GraphException">The model has no optimizer, or a placeholder is missing.</exception>
    public string PlanText(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        using var _ = Enter();
        return Trainable(_training).For(Shapes(feed)).Plan.ToText();
    }

    /// <summary>
    /// Makes some training steps on one batch and times every step of their plan. The steps are real:
    /// they change the variables like <see cref="Fit(Feed, int, CancellationToken)"/>.
    /// </summary>
    /// <exception cref="GraphException">The model has no optimizer, or a placeholder is missing or
    /// was fed a shape it does not have.</exception>
    /// <param name="feed">The batch.</param>
    /// <param name="steps">How many steps are timed; up to fifty more come before them.</param>
    /// <param name="cancellation">Stops after the running step.</param>
    /// <exception cref="TrainingException">The loss or a gradient is not finite:
    /// that step was not made, and the model stands at the end of the one before.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the model stands at the end of a step and can be used.</exception>
    public PlanProfile Profile(Feed feed, int steps = 100, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        using var _ = Enter();
        using var claim = new VariableClaim(_written);
        var executable = Prepare(Trainable(_training), feed, cancellation);
        // until the just-in-time compiler is done with the kernels
        for (var i = 0; i < Math.Min(steps, 50); i++) StepUnlessCancelled(executable);
        return new PlanProfile(executable, steps, StepUnlessCancelled);

        void StepUnlessCancelled(Executable one)
        {
            cancellation.ThrowIfCancellationRequested();
            Step(one);
        }
    }

    // The parts of losses and metrics come last: most of them are losses and metrics themselves.
    private Node[] Watched => [_total, .. _losses, .. _metrics, .. Totals.Nodes];

    /// <summary>How losses and metrics of batches are put together.</summary>
    internal BatchTotals Totals { get; }

    /// <summary>The variables of the graph and those that the optimizer keeps: all that a training step can change.</summary>
    internal IEnumerable<Variable> AllVariables => GraphOrder.Of([.. Watched, .. _updates]).OfType<Variable>();

    private static Session Trainable(Session? session) =>
        session ?? throw new GraphException(
            "The model has no optimizer or no loss, so it cannot be trained: new Model(loss, optimizer: new Adam()).");

    private static IEnumerable<Operation> Assignments(IEnumerable<Node> outputs) =>
        GraphOrder.Of(outputs).OfType<Operation>().Where(node => node.Op is Assign);

    /// <summary>What must be finite beside the loss and the gradients.</summary>
    private IReadOnlyList<Node> Guarded(Node? norm) => norm is null ? _followed : [.. _followed, norm];

    private static Node LargestMove(IReadOnlyList<Node> updates) => updates
        .Where(update => update.Inputs[0] is Variable { IsTrainable: true })
        .Select(update => (update.Inputs[1] - update.Inputs[0]).Abs().Max())
        .Aggregate((largest, move) => largest.Maximum(move));

    private static Dictionary<Placeholder, Shape> Shapes(Feed feed)
    {
        var shapes = new Dictionary<Placeholder, Shape>(ReferenceEqualityComparer.Instance);
        foreach (var (placeholder, array) in feed) shapes[placeholder] = FeedShape.Of(placeholder, array, array.Rows);
        return shapes;
    }

    private static Executable Prepare(Session session, Feed feed, CancellationToken cancellation = default)
    {
        var executable = session.For(Shapes(feed), cancellation);
        foreach (var (placeholder, array) in feed)
        {
            if (executable.Reads(placeholder)) FeedShape.Copy(array, executable.Feed(placeholder), placeholder.ElementType);
        }
        return executable;
    }

    internal void KeepLosses(Executable executable)
    {
        for (var i = 0; i < _losses.Length; i++) _losses[i].LastValues = Fetch(executable, 1 + i);
    }

    private static Tensor<float> Fetch(Executable executable, int output)
    {
        var region = executable.Output(output);
        var values = executable.OutputType(output) == ElementType.Int32 ? Array.ConvertAll(region.IntegerSpan.ToArray(), Whole)
            : region.Span.ToArray();
        return TensorMemory.Create(values, Shape.Of(region.Sizes));

        float Whole(int number) => (long)(float)number == number ? (float)number : throw new GraphException(
            $"`{executable.Plan.Outputs[output].Label}` is {number}, a whole number that a float does not hold: beyond ±{1 << 24} it "
                + "would be rounded. PlainReading.Evaluate gives whole numbers as they are.");
    }

    internal void Watch(Executable executable, RunningTotals totals, int rows) =>
        totals.Add(executable, 1 + _losses.Length + _metrics.Length, rows);

    internal Evaluation Result(RunningTotals totals)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < _metricNames.Length; i++) metrics[_metricNames[i]] = totals[1 + i];
        return new Evaluation(totals[0], metrics);
    }

    private Use Enter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0
        ? new Use(this)
        : throw new InvalidOperationException(
            "The model is in use on another thread. A model runs one thing at a time; give each thread a model of its own, over the same "
                + "nodes if they are to share the variables.");

    private readonly struct Use(Model model) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref model._busy, 0);
    }
}
