namespace SimpleFlow;

/// <summary>The value and the gradient of every node of a drawing for one feed, from the plain reading.</summary>
internal sealed class NodeNumbers
{
    private readonly Dictionary<Node, (double[] Elements, Shape Shape)> _values = new(ReferenceEqualityComparer.Instance);
    private readonly DrawnGradients? _gradients;

    /// <exception cref="GraphException">A placeholder was not fed, or was fed another shape.</exception>
    public NodeNumbers(IReadOnlyList<Node> nodes, DrawnGradients? gradients, Feed feed, CancellationToken cancellation)
    {
        _gradients = gradients;
        List<Node> wanted = [.. nodes, .. gradients is null ? [] : nodes.Select(gradients.GradientOf).OfType<Node>()];
        var tensors = PlainReading.Of(wanted, feed, cancellation);
        for (var i = 0; i < wanted.Count; i++)
            _values[wanted[i]] = (TensorMemory.ToArray(tensors[i]),
                wanted[i].Shape.Rank == 0 ? Shape.Scalar : TensorMemory.ShapeOf(tensors[i]));
    }

    /// <summary>The shape that a node has for this feed.</summary>
    public Shape ShapeOf(Node node) => _values[node].Shape;

    /// <summary>Its value, and below it its gradient.</summary>
    public IEnumerable<BoxLine> LinesOf(Node node)
    {
        if (node is not Constant { Uniform: not null }) yield return new BoxLine($"value {Text(node)}", LineStyle.Value);
        if (_gradients?.GradientOf(node) is { } gradient) yield return new BoxLine($"gradient {Text(gradient)}", LineStyle.Value);
    }

    private string Text(Node node) => ValueText.Of(_values[node].Elements, _values[node].Shape);
}
