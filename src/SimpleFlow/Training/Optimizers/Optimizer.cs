using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// How gradients change variables. An optimizer writes its textbook formula as nodes, one assignment for each
/// variable and for each piece of its own state; the training step runs them together with the gradients as one plan.
/// </summary>
public abstract class Optimizer
{
    /// <param name="learningRate">The rate.</param>
    /// <param name="largestRate">The largest rate that it accepts; see <see cref="LargestRate"/>.</param>
    private protected Optimizer(float learningRate, double largestRate)
    {
        LargestRate = (float)Math.Min(largestRate, 1e10);
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
    /// The largest learning rate that the optimizer accepts, far above any sensible one. Up to it, a step from finite variables leads to
    /// finite variables, whatever gradients pass the <see cref="Guard"/>: a number then moves by less than 2¹⁰³, half of what the last
    /// place of the largest number of float32 is worth, so that not even that number becomes infinite.
    /// </summary>
    public float LargestRate { get; }

    /// <summary>The largest rate at which no element moves by 2¹⁰² or more in a step, half of what it may, if it moves
    /// by no more than this at a rate of 1.</summary>
    private protected static double RateFor(double longestStep) => Math.ScaleB(1, 102) / longestStep;

    /// <summary>The most that g / (√s + ε) can be if s is at least (1 − memory)·g². A gradient whose square is too small for float32 leaves
    /// nothing in s.</summary>
    private protected static double LongestQuotient(double memory, double epsilon) =>
        2 / Math.Sqrt(1 - memory) + Math.ScaleB(1, -50) / epsilon;

    /// <summary>How much of an average, or of a velocity, stays at every step: from 0 to below 1.</summary>
    private protected static float Memory(float value, string name) => value is >= 0 and < 1 ? value
        : throw new ArgumentOutOfRangeException(name, value,
            $"{name} must lie in [0, 1): it is the share of the average that is kept at every step.");

    /// <summary>ε, which must not be 0: 0 / 0 is not a number.</summary>
    private protected static float Epsilon(float value, string name) => value > 0 && float.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value,
            $"{name} must be a finite number above 0: it prevents 0 / 0 where the gradient is 0.");

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

    private static float? Bound(float? value, string name) => value is null || (value > 0 && float.IsFinite(value.Value)) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number above 0, or null for no clipping.");

    /// <summary>Its settings, apart from the rate.</summary>
    private protected abstract IEnumerable<(string Name, float Value)> Settings { get; }

    /// <summary>Its name with its settings, apart from the rate.</summary>
    public override string ToString()
    {
        IEnumerable<(string Name, float? Value)> all = [.. Settings.Select(one => (one.Name, (float?)one.Value)), ("clip value", ClipValue),
            ("clip norm", ClipNorm)];
        var given = all.Where(one => one.Value is not null)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Value}"));
        return $"{GetType().Name}({string.Join(", ", given)})";
    }

    /// <summary>What a reader of its formulas should know, in a sentence; null: nothing.</summary>
    internal virtual string? Remark => null;

    /// <summary>The learning rate of the current step.</summary>
    private protected virtual Node RateOf(Node rate, State state) => rate;

    /// <summary>The assignments that a step makes for one variable.</summary>
    private protected abstract IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, State state);

    /// <summary>The assignments of one training step, and the norm of the gradients if that is needed, which must be finite.</summary>
    internal (IReadOnlyList<Node> Assignments, Node? Norm) UpdatesAndNorm(IReadOnlyList<Variable> variables, IReadOnlyList<Node> gradients)
    {
        var state = new State();
        var (clipped, norm) = Clip(gradients);
        var rate = RateOf(Rate, state);
        var updates = new List<Node>();
        for (var i = 0; i < variables.Count; i++) updates.AddRange(Update(variables[i], clipped[i], rate, state));
        updates.AddRange(state.Updates);
        return (updates, norm);
    }

    /// <summary>The assignments of one training step.</summary>
    internal IReadOnlyList<Node> Updates(IReadOnlyList<Variable> variables, IReadOnlyList<Node> gradients) =>
        UpdatesAndNorm(variables, gradients).Assignments;

    private (IReadOnlyList<Node> Gradients, Node? Norm) Clip(IReadOnlyList<Node> gradients)
    {
        if (ClipValue is { } bound) gradients = [.. gradients.Select(gradient => gradient.Clip(-bound, bound))];
        if (ClipNorm is not { } largest || gradients.Count == 0) return (gradients, null);
        var norm = gradients.Select(gradient => gradient.Power(2).Sum()).Aggregate((sum, square) => sum + square).Sqrt("gradient norm");
        var scale = Flow.Minimum(1f, largest / norm.Maximum(1e-12f));
        return ([.. gradients.Select(gradient => gradient * scale)], norm);
    }

    /// <summary>The state that an optimizer keeps from step to step.</summary>
    private protected sealed class State
    {
        private readonly Dictionary<string, Node> _shared = new(StringComparer.Ordinal);

        public List<Node> Updates { get; } = [];

        /// <summary>A variable of the same shape, starting from zeros, kept beside the trained one.</summary>
        public static Variable Beside(Variable variable, string name) =>
            new($"{variable.Name}/{name}", variable.Shape, Initializer.Zeros(), trainable: false);

        /// <summary>What is left of a memory after one more step.</summary>
        public static Node Faded(Variable memory, float factor) => Flow.AddFlow(memory, new Decay(factor));

        /// <summary>The number of steps made before this one. In float32 it stops at 2²⁴, when every formula here has long
        /// settled.</summary>
        public Node Iteration() => Shared("iteration", 0, before => before + 1f, takesNew: false);

        /// <summary>
        /// What a moving average x ← β·x + (1 − β)·sample has gathered of its samples so far: the same average of ones, which is 1 − βᵗ.
        /// Dividing by it removes the bias towards the zero it started from. Computed as an average, because 1 −
        /// βᵗ itself would lose digits while βᵗ is near 1.
        /// </summary>
        public Node Gathered(float beta) => Shared($"gathered({beta})", 0, before => beta * before + (1 - beta), takesNew: true);

        private Node Shared(string name, float start, Func<Node, Node> next, bool takesNew)
        {
            if (_shared.TryGetValue(name, out var known)) return known;
            var variable = new Variable(name, Shape.Scalar, Initializer.Constant(start), trainable: false);
            var after = next(variable);
            Updates.Add(variable.Assign(after));
            return _shared[name] = takesNew ? after : variable;
        }
    }
}
