namespace SimpleFlow;

/// <summary>
/// Layers whose variables are made once and used wherever the layers are applied: the two towers of a siamese network, a decoder that is
/// trained behind an encoder and then used alone. <c>var tower = new SharedLayers(new Layer.Dense(64, Activation.Relu));</c> gives
/// <c>tower.Apply(left)</c> and <c>tower.Apply(right)</c> the same weights, which get the sum of both gradients.
/// </summary>
public sealed class SharedLayers
{
    private readonly Func<Node, Node> _build;
    private readonly List<Variable> _variables = [];
    private bool _isBuilt;

    /// <summary>Shares layers that follow each other, as in a <see cref="Sequential"/>.</summary>
    /// <param name="layers">The layers, starting at the input.</param>
    public SharedLayers(params IReadOnlyList<Layer> layers) : this(new Sequential(layers).Build) { }

    /// <summary>Shares what a function builds: <c>new SharedLayers(x =&gt; Layers.Dense(x, 64, Activation.Relu, name:
    /// "tower"))</c>.</summary>
    /// <param name="build">Builds the output from the input. It is called for each <see cref="Apply"/>, and must make variables of the same
    /// names and shapes each time. It may also use variables that exist already.</param>
    public SharedLayers(Func<Node, Node> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        _build = build;
    }

    /// <summary>The variables that the layers read, in the order in which the graph reaches them; none before the first
    /// <see cref="Apply"/>.</summary>
    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>Applies the layers to an input. The first call makes the variables, and every other uses them. Inputs may differ in shape
    /// as long as the variables do not depend on what differs.</summary>
    /// <exception cref="ShapeException">A layer does not fit its input, or a variable would have another shape for this input.</exception>
    /// <exception cref="GraphException">The function makes other variables than it did at first.</exception>
    public Node Apply(Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        // Built on a stand-in, so that the variables before x are none of its own.
        var standIn = new Placeholder(x.Label, x.Shape, x.ElementType);
        var output = _build(standIn)
            ?? throw new GraphException($"Applied to `{x.Label}`, the function of the shared layers returned null: return the output.");
        List<Variable> made = [.. GraphOrder.Of([output]).OfType<Variable>()];
        if (!_isBuilt) _variables.AddRange(made);
        _isBuilt = true;
        var shared = Pairs(made, x);
        return Rewriter.Run([output], (node, inputs) => node switch
        {
            Variable variable => shared[variable],
            Operation operation => Rewriter.With(operation, inputs),
            _ => node == standIn ? x : node,
        })[0];
    }

    // What the function made now, with what it made the first time. A variable that existed before is the same both times.
    private Dictionary<Variable, Variable> Pairs(List<Variable> made, Node x)
    {
        var pairs = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < Math.Max(made.Count, _variables.Count); i++)
        {
            var (first, now) = (_variables.ElementAtOrDefault(i), made.ElementAtOrDefault(i));
            if (first is null || now is null || first.Name != now.Name)
                throw new GraphException($"Applied to `{x.Label}`, the shared layers have {Described(now)} where they first had "
                    + $"{Described(first)}: the function must make the same variables each time.");
            if (!first.Shape.Equals(now.Shape))
                throw ShapeException.Of(nameof(SharedLayers), [x], new ShapeException(
                    $"for `{x.Label}` {x.Shape}, `{now.Name}` would have the shape {now.Shape}; it was made with {first.Shape}.",
                    "Apply shared layers to inputs of the same shape, except for the batch."));
            pairs.Add(now, first);
        }
        return pairs;
    }

    private static string Described(Variable? variable) => variable is null ? "no further variable" : $"`{variable.Name}`";
}
