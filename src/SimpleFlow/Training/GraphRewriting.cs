using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>Graphs made of other graphs: on other inputs, or without composite ops and recurrences. The original stays as it is.</summary>
public static class GraphRewriting
{
    /// <summary>
    /// The same computations on other inputs: <c>[scores].Replace(new() { [pixels] = picture / 255f })</c>. A placeholder with known
    /// sizes in place of one with open sizes fixes them. What the nodes share stays shared.
    /// </summary>
    /// <param name="nodes">What is computed.</param>
    /// <param name="replacements">A node for each placeholder that is replaced.</param>
    /// <exception cref="GraphException">A node has not the shape or the element type that the placeholder declares.</exception>
    /// <exception cref="ShapeException">The sizes of the new inputs do not fit each other.</exception>
    public static IReadOnlyList<Node> Replace(this IReadOnlyList<Node> nodes, IReadOnlyDictionary<Placeholder, Node> replacements)
    {
        foreach (var (placeholder, node) in Required.Value(replacements))
        {
            var fits = node is not null && node.ElementType == placeholder.ElementType
                && placeholder.Shape.Matches(node.Shape, (declared, given) => declared is null || given is null || declared == given);
            if (!fits)
                throw new GraphException($"`{placeholder.Label}` is {placeholder.ElementType} {placeholder.Shape}, and "
                    + $"{(node is null ? "null" : $"`{node.Label}`, {node.ElementType} {node.Shape},")} cannot take its place.");
        }
        return Rewriter.Run([.. Required.List(nodes)], (node, inputs) =>
            node is Placeholder placeholder && replacements.TryGetValue(placeholder, out var replacement) ? replacement
            : node is Operation operation ? Rewriter.With(operation, inputs) : node);
    }

    /// <summary>The same computations with each <see cref="CompositeOp"/> replaced by what it is written with, as far as the sizes of its
    /// inputs are known, and each recurrence by its steps, if their number is known: for programs that know only the library's ops. A node
    /// keeps its name.</summary>
    /// <param name="nodes">What is computed.</param>
    public static IReadOnlyList<Node> Expand(this IReadOnlyList<Node> nodes) => new Expand().Run([.. Required.List(nodes)]);

    /// <summary>
    /// The same computations, but a size that is unknown now may turn out to be 1 and be stretched, as in NumPy and ONNX. In a graph as you
    /// build it that is an error, because it usually means that rows were not fed. Gradients wait for the feed to say what was stretched.
    /// </summary>
    /// <param name="nodes">What is computed.</param>
    public static IReadOnlyList<Node> StretchLate(this IReadOnlyList<Node> nodes) =>
        Rewriter.Run([.. Required.List(nodes)], LateStretching.Marked);
}
