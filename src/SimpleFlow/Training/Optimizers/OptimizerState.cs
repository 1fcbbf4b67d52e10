namespace SimpleFlow;

/// <summary>What an optimizer keeps from step to step, as variables that are saved with a training.</summary>
public sealed class OptimizerState
{
    /// <summary>The name under which the number of steps is kept.</summary>
    internal const string IterationName = "iteration";

    private readonly Dictionary<string, Node> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<(Variable, string), Variable> _beside = [];

    internal OptimizerState() { }

    /// <summary>The assignments of what all variables share.</summary>
    internal List<Node> Updates { get; } = [];

    /// <summary>The weight decay of the variable that is being updated: that of its group, else of <see cref="Optimizer.WeightDecay"/>;
    /// null: neither says.</summary>
    public float? WeightDecay { get; internal set; }

    /// <summary>A variable of the same shape, kept beside the trained one.</summary>
    /// <param name="variable">The trained variable.</param>
    /// <param name="name">What it is: <c>velocity</c>. The same name gives the same variable.</param>
    /// <param name="start">What its elements start from.</param>
    public Variable Beside(Variable variable, string name, float start = 0)
    {
        ArgumentNullException.ThrowIfNull(variable);
        Required.Text(name);
        if (_beside.TryGetValue((variable, name), out var known)) return known;
        return _beside[(variable, name)] =
            new Variable($"{variable.Name}/{name}", variable.Shape, Initializer.Constant(start), trainable: false);
    }

    /// <summary>What is left of a memory after one more step: factor · memory. Like a product, but numbers so small that processors become
    /// slow with them are set to 0.</summary>
    public Node Faded(Variable memory, float factor) => Flow.AddFlow(memory, new Decay(factor));

    /// <summary>The number of steps made before this one. In float32 it stops at 2²⁴, when every formula here has long
    /// settled.</summary>
    public Node Iteration() => Shared(IterationName, 0, before => before + 1f, takesNew: false);

    /// <summary>
    /// What a moving average x ← β·x + (1 − β)·sample has gathered of its samples so far: the same average of ones, which is 1 − βᵗ.
    /// Dividing by it removes the bias towards the zero it started from. Computed as an average, because 1 −
    /// βᵗ itself would lose digits while βᵗ is near 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">β is not from 0 to below 1.</exception>
    public Node Gathered(float beta) => beta is >= 0 and < 1
        ? Shared($"gathered({beta})", 0, before => beta * before + (1 - beta), takesNew: true)
        : throw new ArgumentOutOfRangeException(nameof(beta), beta, "The share of an average that stays must be from 0 to below 1.");

    /// <summary>The number of this step, from 1, as the variable that is updated has seen them: a step in which it was frozen does not
    /// count.</summary>
    public Node Age() => Shared("age", 0, before => before + 1f, takesNew: true);

    /// <summary>One number that is remembered for all variables together, such as a product over the steps.</summary>
    /// <param name="name">What it is. The same name gives the same number.</param>
    /// <param name="start">What it starts from.</param>
    /// <param name="next">The number after a step, from that before.</param>
    /// <param name="takesNew">Whether to return the number after this step; else that before.</param>
    public Node Shared(string name, float start, Func<Node, Node> next, bool takesNew = true)
    {
        Required.Text(name);
        ArgumentNullException.ThrowIfNull(next);
        if (_shared.TryGetValue(name, out var known)) return known;
        var variable = new Variable(name, Shape.Scalar, Initializer.Constant(start), trainable: false);
        var after = next(variable);
        Updates.Add(variable.Assign(after));
        return _shared[name] = takesNew ? after : variable;
    }
}
