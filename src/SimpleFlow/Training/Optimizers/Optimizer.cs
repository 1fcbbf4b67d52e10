using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// How gradients change variables. An optimizer writes its textbook formula as nodes, one assignment for each
/// variable and for each piece of its own state; the training step runs them together with the gradients as one plan. One of your own
/// derives from this class and overrides <see cref="Update"/>, as those of the library do.
/// </summary>
public abstract class Optimizer
{
    private const double LargestOfAll = 1e10;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The rate.</param>
    /// <param name="largestRate">The largest rate that it accepts, at most 10¹⁰; see <see cref="RateFor"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative, not a number, or above the largest.</exception>
    protected Optimizer(float learningRate, double largestRate = LargestOfAll)
    {
        LargestRate = (float)Math.Min(largestRate, LargestOfAll);
        RequireRate(learningRate, nameof(learningRate));
        Rate = new Variable("learning rate", Shape.Scalar, Initializer.Constant(learningRate), trainable: false);
    }

    /// <summary>The learning rate, before the factor of a <see cref="Schedule"/>. It may be changed between steps:
    /// by the program, and by a callback while a model is trained, after whose fit it stays.</summary>
    public float LearningRate
    {
        get
        {
            // During a step of another model that shares this optimizer, the rate may be another.
            Rate.Lock?.EnterReadLock();
            try
            {
                return Rate.Memory.Span[0];
            }
            finally
            {
                Rate.Lock?.ExitReadLock();
            }
        }
        set
        {
            RequireRate(value, nameof(value));
            Rate.Set([value]);
        }
    }

    /// <summary>
    /// The largest learning rate that the optimizer accepts, far above any sensible one. Up to it, a step of the library's optimizers from
    /// finite variables leads to finite variables, whatever gradients a training step accepts: a number then moves by less than 2¹⁰³, half
    /// of what the last place of the largest number of float32 is worth, so that not even that number becomes infinite.
    /// </summary>
    public float LargestRate { get; private set; }

    /// <summary>The largest rate at which no element moves by 2¹⁰² or more in a step, half of what it may, if it moves
    /// by no more than this at a rate of 1.</summary>
    protected static double RateFor(double longestStep) => Math.ScaleB(1, 102) / longestStep;

    /// <summary>The magnitude of the largest gradient that a training step accepts; with a larger one it ends and changes
    /// nothing.</summary>
    protected static double LargestGradient => Guard.LargestGradient;

    /// <summary>The most that g / (√s + ε) can be if s is at least (1 − memory)·g². A gradient whose square is too small for float32 leaves
    /// nothing in s.</summary>
    protected static double LongestQuotient(double memory, double epsilon) =>
        2 / Math.Sqrt(1 - memory) + Math.ScaleB(1, -50) / epsilon;

    /// <summary>Checks how much of an average, or of a velocity, stays at every step: from 0 to below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    protected static float RequireMemory(float value, string name) => value is >= 0 and < 1 ? value
        : throw new ArgumentOutOfRangeException(name, value,
            $"{name} must lie in [0, 1): it is the share of the average that is kept at every step.");

    /// <summary>Checks an ε, which must not be 0: 0 / 0 is not a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    protected static float RequireEpsilon(float value, string name) => value > 0 && float.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value,
            $"{name} must be a finite number above 0: it prevents 0 / 0 where the gradient is 0.");

    /// <summary>Checks a number such as a decay: finite, and 0 or above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    protected static float RequireNotNegative(float value, string name) => value >= 0 && float.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative.");

    /// <summary>Whether a learning rate is valid.</summary>
    internal bool Takes(float rate) => rate >= 0 && rate <= LargestRate;

    internal void RequireRate(float rate, string name)
    {
        if (!Takes(rate))
            throw new ArgumentOutOfRangeException(name, rate,
                $"A learning rate of {GetType().Name} must be from 0 to {LargestRate:G2}.");
    }

    /// <summary>What the steps read the learning rate from.</summary>
    internal Variable Rate { get; }

    /// <summary>Every element of every gradient is moved into ±this first; null: not at all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    public float? ClipValue { get; init => field = Bound(value, nameof(ClipValue)); }

    /// <summary>If the norm of all gradients together, √Σg², is larger than this, all are scaled down to it first; null:
    /// not at all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    public float? ClipNorm { get; init => field = Bound(value, nameof(ClipNorm)); }

    /// <summary>
    /// Decoupled weight decay, with any optimizer: w ← w − rate·decay·w beside the optimizer's own step, so that it does not pass through
    /// its averages (Loshchilov and Hutter, 2019). PyTorch has it in <c>AdamW</c>, Keras in every optimizer. 0: none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite, or the learning rate is so large with it that weights
    /// would change their signs.</exception>
    public float WeightDecay
    {
        get;
        init
        {
            field = RequireNotNegative(value, nameof(WeightDecay));
            // At a rate of 2 / decay a weight would change its sign and keep its size.
            LargestRate = Math.Min(LargestRate, 2 / field);
            RequireRate(LearningRate, nameof(WeightDecay));
        }
    }

    /// <summary>
    /// Coupled weight decay: g ← g + decay·w before anything else is made of the gradient, which is clipped before. It is the gradient of
    /// <see cref="Losses.L2"/> with half the strength, and PyTorch's <c>weight_decay</c> of all optimizers but <c>AdamW</c>. 0: none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public float CoupledDecay { get; init => field = RequireNotNegative(value, nameof(CoupledDecay)); }

    /// <summary>Variables that are trained with a rate or weight decay of their own; each in at most one group.</summary>
    public IReadOnlyList<VariableGroup> Groups { get; init => field = Required.List(value, nameof(Groups)); } = [];

    private static float? Bound(float? value, string name) => value is null || (value > 0 && float.IsFinite(value.Value)) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number above 0, or null for no clipping.");

    /// <summary>Its settings, apart from the rate. A training is resumed only by an optimizer with the same settings, so list all that
    /// change a step.</summary>
    protected virtual IEnumerable<(string Name, float Value)> Settings => [];

    /// <summary>Its name with its settings, apart from the rate.</summary>
    public override string ToString()
    {
        IEnumerable<(string Name, float? Value)> all = [.. Own(nameof(Settings), () => Settings?.ToList())
            .Select(one => (one.Name, (float?)one.Value)),
            ("weight decay", WeightDecay == 0 || DecaysWeights ? null : WeightDecay),
            ("coupled decay", CoupledDecay == 0 ? null : CoupledDecay),
            ("clip value", ClipValue), ("clip norm", ClipNorm)];
        var given = all.Where(one => one.Value is not null)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Value}"));
        return $"{GetType().Name}({string.Join(", ", given)})";
    }

    /// <summary>What a reader of its formulas should know, in a sentence; null: nothing.</summary>
    protected internal virtual string? Remark => null;

    /// <summary>The learning rate of the current step, for an optimizer that changes it by itself.</summary>
    /// <param name="rate">The rate that was set, times the factor of the schedule.</param>
    /// <param name="state">What the optimizer keeps.</param>
    protected virtual Node RateOf(Node rate, OptimizerState state) => rate;

    /// <summary>The assignments that a step makes for one variable: its own, and those of what is kept beside it. Everything in them is
    /// read before anything is assigned.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="gradient">∂loss/∂variable, clipped if that was asked for, of the variable's shape.</param>
    /// <param name="rate">The learning rate of the step, one number.</param>
    /// <param name="state">Makes what the optimizer keeps from step to step.</param>
    protected abstract IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state);

    /// <summary>Whether <see cref="Update"/> lets weights decay by itself, by <see cref="OptimizerState.WeightDecay"/> if the variable's
    /// group has a decay. If not, a group's decay is subtracted beside the update.</summary>
    protected virtual bool DecaysWeights => false;

    /// <summary>The assignments of one training step.</summary>
    /// <param name="variables">What is trained.</param>
    /// <param name="gradients">The gradient of each.</param>
    /// <param name="groups">The group of those that have a rate or a decay of their own.</param>
    internal OptimizerRule RuleOf(IReadOnlyList<Variable> variables, IReadOnlyList<Node> gradients,
        IReadOnlyDictionary<Variable, VariableGroup> groups)
    {
        var state = new OptimizerState();
        var (clipped, norm) = Clip(gradients);
        var rate = Own(nameof(RateOf), () => RateOf(Rate, state));
        var updates = new List<Node[]>();
        for (var i = 0; i < variables.Count; i++) updates.Add([.. OfGroup(variables[i], clipped[i])]);
        return new OptimizerRule(updates, [.. state.Updates], norm);

        IEnumerable<Node> OfGroup(Variable variable, Node gradient)
        {
            var group = groups.GetValueOrDefault(variable);
            var own = group is null or { RateFactor: 1 } ? rate : rate * group.RateFactor;
            state.WeightDecay = group?.WeightDecay ?? (WeightDecay == 0 ? null : WeightDecay);
            var decay = DecaysWeights ? 0 : state.WeightDecay ?? 0;
            var coupled = group?.CoupledDecay ?? CoupledDecay;
            // A weight may be larger than any gradient that a step accepts.
            if (coupled != 0) gradient = (gradient + coupled * variable).Clip(-(float)LargestGradient, (float)LargestGradient);
            foreach (var update in Assignments(variable, gradient, own, state))
                yield return decay == 0 || !ReferenceEquals(update.Inputs[0], variable) ? update
                    : variable.Assign(update.Inputs[1] - own * decay * variable);
        }
    }

    /// <summary>What a member returns that a user may have overridden; an exception of its code names the optimizer.</summary>
    private T Own<T>(string member, Func<T?> code, string where = "") where T : class
    {
        try
        {
            return code() ?? throw new InvalidOperationException($"{member} returned null.");
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw new GraphException($"{member} of the optimizer {GetType().Name} threw {exception.GetType().Name}{where}: "
                + $"{exception.Message.ReplaceLineEndings(" ")}\nThe inner exception says where. Correct the optimizer.", exception);
        }
    }

    private List<Node> Assignments(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var assignments = Own<List<Node>>(nameof(Update), () => [.. Update(variable, gradient, rate, state) ?? []],
            $" for `{variable.Label}`");
        foreach (var node in assignments.Where(node => node is not Operation { Op: Assign }))
            throw new GraphException($"The update of {GetType().Name} for `{variable.Label}` returns "
                + $"{(node is null ? "null" : $"`{node.Label}`")}, which assigns nothing. Return assignments: variable.Assign(…).");
        if (!assignments.Exists(node => ReferenceEquals(node.InputArray[0], variable)))
            throw new GraphException($"The update of {GetType().Name} for `{variable.Label}` does not assign that variable. Return "
                + "variable.Assign(…), too.");
        return assignments;
    }

    /// <summary>The assignments of one training step.</summary>
    internal IReadOnlyList<Node> Updates(IReadOnlyList<Variable> variables, IReadOnlyList<Node> gradients) =>
        Updates(variables, gradients, new Dictionary<Variable, VariableGroup>());

    /// <summary>The assignments of one training step, in which some variables have a rate or a decay of their own.</summary>
    internal IReadOnlyList<Node> Updates(IReadOnlyList<Variable> variables, IReadOnlyList<Node> gradients,
        IReadOnlyDictionary<Variable, VariableGroup> groups)
    {
        var rule = RuleOf(variables, gradients, groups);
        return [.. rule.OfVariable.SelectMany(one => one), .. rule.Shared];
    }

    private (IReadOnlyList<Node> Gradients, Node? Norm) Clip(IReadOnlyList<Node> gradients)
    {
        var norm = NormOf(gradients);
        gradients = ByValue(gradients);
        if (norm is null) return (gradients, null);
        var scale = Flow.Minimum(1f, ClipNorm!.Value / norm.Maximum(1e-12f));
        return ([.. gradients.Select(gradient => gradient * scale)], norm);
    }

    /// <summary>The norm of the gradients together, if they are clipped by it.</summary>
    internal Node? NormOf(IReadOnlyList<Node> gradients) => ClipNorm is null || gradients.Count == 0 ? null
        : ByValue(gradients).Select(gradient => gradient.Power(2).Sum()).Aggregate((sum, square) => sum + square).Sqrt("gradient norm");

    private IReadOnlyList<Node> ByValue(IReadOnlyList<Node> gradients) =>
        ClipValue is { } bound ? [.. gradients.Select(gradient => gradient.Clip(-bound, bound))] : gradients;
}
