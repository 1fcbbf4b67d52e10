namespace SimpleFlow;

/// <summary>
/// A picture of a graph: every node a box, every value an arrow with its shape, from top to bottom.
/// As SVG laid out and ready for print, or for Graphviz (DOT) or Markdown pages (Mermaid), which lay it out themselves.
/// </summary>
/// <example><c>Drawing.Of(loss).Save("graph.svg");</c></example>
public sealed class Drawing
{
    private readonly DrawingGraph _graph;
    private DrawingLayout? _layout;

    private Drawing(DrawingGraph graph) => _graph = graph;

    /// <summary>The graph that one output reaches.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{Node}, DrawingOptions?, CancellationToken)"/>
    public static Drawing Of(Node output, DrawingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        return Of([output], options, cancellation);
    }

    /// <summary>The graph that some outputs reach: losses, predictions, metrics.</summary>
    /// <param name="outputs">What the graph computes. With gradients, the losses among them are summed and differentiated.</param>
    /// <param name="options">What else to show; the forward graph alone by default.</param>
    /// <param name="cancellation">Stops while the numbers of a feed are computed.</param>
    /// <exception cref="GraphException">The graph has a loop; gradients are asked for and there is no loss;
    /// or the feed lacks a placeholder.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Drawing Of(IReadOnlyList<Node> outputs, DrawingOptions? options = null, CancellationToken cancellation = default)
    {
        if (Required.List(outputs).Count == 0) throw new ArgumentException("There is nothing to draw: name an output.", nameof(outputs));
        var content = DrawingContent.Of(outputs, options ?? new DrawingOptions(), cancellation);
        ReadableGraph.Require(content.Boxes.Count, "drawing", "Draw layers as one box (Collapse), or a node within the graph.");
        return new Drawing(Distances.Shorten(content));
    }

    /// <summary>The boxes and arrows.</summary>
    internal DrawingGraph Graph => _graph;

    /// <summary>Where they lie.</summary>
    internal DrawingLayout Layout => _layout ??= DrawingLayout.Of(_graph);

    /// <summary>The picture as SVG 1.1 with a white ground. The full text of a shortened label is its tooltip.</summary>
    public string ToSvg() => ToSvg([]);

    /// <summary>The picture as SVG with the boxes of some nodes framed, to point at them.</summary>
    /// <param name="marked">The nodes; those that are not drawn are passed over.</param>
    public string ToSvg(IReadOnlyCollection<Node> marked) => SvgDrawing.Write(_graph, Layout, Required.Value(marked));

    /// <summary>The graph in Graphviz's DOT language: <c>dot -Tpdf graph.dot -o graph.pdf</c>.</summary>
    public string ToDot() => DotDrawing.Write(_graph);

    /// <summary>The graph as a Mermaid flow chart, which many Markdown viewers draw.</summary>
    public string ToMermaid() => MermaidDrawing.Write(_graph);

    /// <summary>Writes the picture to a file, in the format that the name's ending says: .svg, .dot or .mmd.</summary>
    /// <exception cref="ArgumentException">The name has another ending.</exception>
    /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        WholeFile.Write(path, Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".svg" => ToSvg(),
            ".dot" or ".gv" => ToDot(),
            ".mmd" => ToMermaid(),
            _ => throw new ArgumentException($"{path}: the name of a drawing must end in .svg, .dot or .mmd.", nameof(path)),
        });
    }
}
