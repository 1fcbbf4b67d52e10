using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// How gradients change variables. An optimizer writes its textbook formula as nodes, one assignment for each variable and for each piece of its own state;
/// the training step runs them together with the gradients as one plan.
/// </summary>
public abstract class Optimizer
{
    private protected Optimizer(float learningRate)
    {
        if (!(learningRate >= 0 && float.IsFinite(learningRate))) throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "A learning rate is a finite number, not below 0.");
        Rate = new Variable("learning rate", Shape.Scalar, Initializer.Constant(learningRate), trainable: false);
    }

    /// <summary>The learning rate, before the factor of a <see cref="Schedule"/>. It may be changed between steps: by the program, and by a callback while a model is trained, after whose fit it stays.</summary>
    public float LearningRate
    {
        get
        {
            // In the middle of a step of another model that has this optimizer too it may be another.
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
        set => Rate.Set([value]);
    }

    /// <summary>What the steps read the learning rate from.</summary>
    internal Variable Rate { get; }

    /// <summary>Every element of every gradient is moved into ±this first; null: not at all.</summary>
    public float? ClipValue { get; init; }

    /// <summary>If the norm of all gradients together, √Σg², is larger than this, all are scaled down to it first; null: not at all.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>What it was made with, apart from the rate.</summary>
    private protected abstract IEnumerable<(string Name, float Value)> Settings { get; }

    /// <summary>Its name with what it was made with, apart from the rate.</summary>
    public override string ToString()
    {
        IEnumerable<(string Name, float? Value)> all = [.. Settings.Select(one => (one.Name, (float?)one.Value)), ("clip value", ClipValue), ("clip norm", ClipNorm)];
        return $"{GetType().Name}({string.Join(", ", all.Where(one => one.Value is not null).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Value}")))})";
    }

    /// <summary>What a reader of its formulas should know, in a sentence; null: nothing.</summary>
    internal virtual string? Remark => null;

    /// <summary>The learning rate of the current step.</summary>
    private protected virtual Node RateOf(Node rate, State state) => rate;

    /// <summary>The assignments that a step makes for one variable.</summary>
    private protected abstract IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, State state);

    /// <summary>The assignments of one training step.</summary>
    internal IReadOnlyList<Node> Updates(IReadOnlyList<Variable> variables, IReadOnlyList<Node> gradients)
    {
        var state = new State();
        var clipped = Clip(gradients);
        var rate = RateOf(Rate, state);
        var updates = new List<Node>();
        for (var i = 0; i < variables.Count; i++) updates.AddRange(Update(variables[i], clipped[i], rate, state));
        updates.AddRange(state.Updates);
        return updates;
    }

    private IReadOnlyList<Node> Clip(IReadOnlyList<Node> gradients)
    {
        if (ClipValue is { } bound) gradients = [.. gradients.Select(gradient => gradient.Clip(-bound, bound))];
        if (ClipNorm is not { } largest || gradients.Count == 0) return gradients;
        var norm = gradients.Select(gradient => gradient.Power(2).Sum()).Aggregate((sum, square) => sum + square).Sqrt("gradient norm");
        var scale = Flow.Minimum(1f, largest / norm.Maximum(1e-12f));
        return [.. gradients.Select(gradient => gradient * scale)];
    }

    /// <summary>What an optimizer remembers from step to step.</summary>
    private protected sealed class State
    {
        private readonly Dictionary<string, Node> _shared = new(StringComparer.Ordinal);

        public List<Node> Updates { get; } = [];

        /// <summary>A variable of the same shape, starting from zeros, kept beside the trained one.</summary>
        public static Variable Beside(Variable variable, string name) => new($"{variable.Name}/{name}", variable.Shape, Initializer.Zeros(), trainable: false);

        /// <summary>What is left of a memory after one more step.</summary>
        public static Node Faded(Variable memory, float factor) => Flow.AddFlow(memory, new Decay(factor));

        /// <summary>The number of steps made before this one. In float32 it stands still at 2²⁴, where every formula here has long settled.</summary>
        public Node Iteration() => Shared("iteration", 0, before => before + 1f, takesNew: false);

        /// <summary>
        /// What a moving average x ← β·x + (1 − β)·sample has gathered of its samples so far: the same average of ones, which is 1 − βᵗ. Dividing by it removes the bias towards
        /// the zero it started from. Computed as an average, because 1 − βᵗ itself would lose digits while βᵗ is near 1.
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
