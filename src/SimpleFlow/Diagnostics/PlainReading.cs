using System.Diagnostics;
using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>
/// The plain reading of a graph: node by node, in float64, with the obvious loops of the ops.
/// It is slow and exact, and it defines what the compiled reading must mean.
/// </summary>
public static class PlainReading
{
    /// <summary>The values of some nodes for what is fed, in float64. Variables are read and not changed, even if an assignment is asked
    /// for.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="feed">What the placeholders hold.</param>
    /// <param name="cancellation">Stops after the running node.</param>
    /// <exception cref="GraphException">A placeholder that is needed was not fed, or was fed another shape.</exception>
    /// <exception cref="ShapeException">The fed shapes do not fit together.</exception>
    /// <exception cref="DataException">An index is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<Tensor<double>> Of(IReadOnlyList<Node> nodes, Feed feed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(feed);
        var values = ValuesOf(Required.List(nodes), feed, cancellation);
        return [.. nodes.Select(node => TensorMemory.Create((double[])values[node].Elements.Clone(), values[node].Shape))];
    }

    /// <summary>The value of every node that the outputs need, for what is fed.</summary>
    internal static Dictionary<Node, PlainTensor> ValuesOf(IEnumerable<Node> outputs, Feed feed, CancellationToken cancellation = default)
    {
        var values = new Dictionary<Node, PlainTensor>(ReferenceEqualityComparer.Instance);
        Extend(values, outputs, Fed(feed), timed: (_, _) => cancellation.ThrowIfCancellationRequested());
        return values;
    }

    /// <summary>What is fed, in float64.</summary>
    internal static Dictionary<Placeholder, PlainTensor> Fed(Feed feed)
    {
        var fed = new Dictionary<Placeholder, PlainTensor>(ReferenceEqualityComparer.Instance);
        foreach (var (placeholder, array) in feed) fed[placeholder] = Values(placeholder, array);
        return fed;
    }

    private static PlainTensor Values(Placeholder placeholder, DataArray array)
    {
        var shape = FeedShape.Of(placeholder, array, array.Rows);
        if (placeholder.ElementType == ElementType.Int32)
        {
            var integers = new int[shape.ElementCount];
            array.CopyTo(integers);
            return new PlainTensor(shape, Array.ConvertAll(integers, element => (double)element));
        }
        var floats = new float[shape.ElementCount];
        array.CopyTo(floats);
        return new PlainTensor(shape, Array.ConvertAll(floats, element => (double)element));
    }

    /// <summary>The value of every node that the outputs need.</summary>
    /// <param name="outputs">What is asked for.</param>
    /// <param name="fed">The placeholders' values.</param>
    /// <param name="variables">The variables' values, if other than what the variables hold.</param>
    /// <param name="step">Which random numbers to draw.</param>
    /// <exception cref="GraphException">A placeholder that is needed was not fed, or was fed another shape.</exception>
    /// <exception cref="ShapeException">The fed shapes do not fit together.</exception>
    internal static Dictionary<Node, PlainTensor> ValuesOf(
        IEnumerable<Node> outputs,
        IReadOnlyDictionary<Placeholder, PlainTensor> fed,
        IReadOnlyDictionary<Variable, PlainTensor>? variables = null,
        StepIdentity step = default)
    {
        var values = new Dictionary<Node, PlainTensor>(ReferenceEqualityComparer.Instance);
        Extend(values, outputs, fed, variables, step);
        return values;
    }

    /// <summary>Adds the values of the outputs, and of what they need, to those that are already known.</summary>
    /// <param name="values">What is known, and then what is asked for too.</param>
    /// <param name="outputs">What is asked for.</param>
    /// <param name="fed">The placeholders' values.</param>
    /// <param name="variables">The variables' values, if other than what the variables hold.</param>
    /// <param name="step">Which random numbers to draw.</param>
    /// <param name="timed">Receives how long each operation took, in ticks of the <see cref="Stopwatch"/>.</param>
    /// <exception cref="GraphException">A placeholder that is needed was not fed, or was fed another shape.</exception>
    /// <exception cref="ShapeException">The fed shapes do not fit together.</exception>
    internal static void Extend(
        Dictionary<Node, PlainTensor> values,
        IEnumerable<Node> outputs,
        IReadOnlyDictionary<Placeholder, PlainTensor> fed,
        IReadOnlyDictionary<Variable, PlainTensor>? variables = null,
        StepIdentity step = default,
        Action<Operation, long>? timed = null)
    {
        var order = GraphOrder.Of(outputs);
        Dropout.Number(order);
        foreach (var node in order)
        {
            if (values.ContainsKey(node)) continue;
            var start = timed is null ? 0 : Stopwatch.GetTimestamp();
            values[node] = node switch
            {
                Placeholder placeholder => Fed(placeholder, fed),
                Variable variable => variables?.GetValueOrDefault(variable) ?? Held(variable),
                Constant constant => new PlainTensor(constant.Shape, constant.Elements.ToArray()),
                Operation operation => Evaluate(operation, Array.ConvertAll(operation.InputArray, input => values[input]), step),
                _ => throw new UnreachableException($"`{node.Label}` has no plain reading."),
            };
            if (node is Operation done) timed?.Invoke(done, Stopwatch.GetTimestamp() - start);
        }
    }

    /// <summary>One operation on inputs of its own.</summary>
    /// <exception cref="ShapeException">Their shapes do not fit together.</exception>
    /// <exception cref="DataException">An index is out of range.</exception>
    internal static PlainTensor Evaluate(Operation operation, PlainTensor[] inputs, in StepIdentity step)
    {
        operation.Specialise(Array.ConvertAll(inputs, input => input.Shape));
        IndexCheck.Require(operation, inputs);
        return operation.Evaluate(inputs, step);
    }

    private static PlainTensor Fed(Placeholder placeholder, IReadOnlyDictionary<Placeholder, PlainTensor> fed)
    {
        var value = fed.GetValueOrDefault(placeholder) ?? throw GraphException.NotFed(placeholder);
        return placeholder.Shape.Admits(value.Shape) ? value : throw GraphException.WrongFeed(placeholder, value.Shape);
    }

    private static PlainTensor Held(Variable variable)
    {
        var elements = new double[variable.Memory.Length];
        for (var i = 0; i < elements.Length; i++) elements[i] = variable.Memory.Span[i];
        return new PlainTensor(variable.Shape, elements);
    }
}
