namespace SimpleFlow;

/// <summary>Computes what the loss becomes when one element of a node moves; only what depends on the node is computed again.</summary>
internal sealed class Perturbation
{
    private readonly Dictionary<Node, PlainTensor> _values;
    private readonly Dictionary<Node, PlainTensor> _moved = new(ReferenceEqualityComparer.Instance);
    private readonly List<Operation> _after = [];
    private readonly Node _node, _loss;
    private readonly StepIdentity _step;

    /// <param name="node">What moves.</param>
    /// <param name="loss">What is watched.</param>
    /// <param name="order">The nodes the loss is computed from, inputs first.</param>
    /// <param name="values">The values of all of them where nothing moves.</param>
    /// <param name="step">Which random numbers the ops draw: the same ones every time.</param>
    public Perturbation(Node node, Node loss, List<Node> order, Dictionary<Node, PlainTensor> values, StepIdentity step)
    {
        (_node, _loss, _values, _step) = (node, loss, values, step);
        var moving = new HashSet<Node>(ReferenceEqualityComparer.Instance) { node };
        foreach (var operation in order.OfType<Operation>())
        {
            // Where a gradient is stopped on purpose, the value does not move either: what the gradient leaves out, the differences leave
            // out.
            if (ReferenceEquals(operation, node) || operation.Op.StopsGradient) continue;
            if (!operation.InputArray.Where((input, i) => moving.Contains(input) && !operation.Op.UsesOnlyShape(i)).Any()) continue;
            moving.Add(operation);
            _after.Add(operation);
        }
    }

    /// <summary>The loss when the element at <paramref name="position"/> has moved by <paramref name="distance"/>.</summary>
    public double Loss(int position, double distance)
    {
        _moved.Clear();
        _moved[_node] = Moved(_values[_node], position, distance);
        foreach (var operation in _after)
            _moved[operation] = PlainReading.Evaluate(operation, Array.ConvertAll(operation.InputArray, Value), _step);
        return Value(_loss).Elements.Sum();
    }

    /// <summary>A copy with one element moved.</summary>
    public static PlainTensor Moved(PlainTensor tensor, int position, double distance)
    {
        var elements = (double[])tensor.Elements.Clone();
        elements[position] += distance;
        return new PlainTensor(tensor.Shape, elements);
    }

    private PlainTensor Value(Node node) => _moved.TryGetValue(node, out var moved) ? moved : _values[node];
}
