namespace SimpleFlow;

/// <summary>Writes what a node hands back to one of its inputs: <c>δ(w_1) += xᵀ·δ(l_1)</c>, where δ(node) is ∂loss/∂node.</summary>
internal static class LocalRule
{
    private const int Longest = 120;

    /// <param name="source">The input.</param>
    /// <param name="contribution">What flows back to it.</param>
    /// <param name="sweep">The gradients.</param>
    /// <param name="nameOf">Gives the name of a node of the graph; null for one that is not of the graph.</param>
    public static string Text(Node source, Contribution contribution, BackwardSweep sweep, Func<Node, string?> nameOf)
    {
        var arriving = sweep.GradientOf(contribution.Consumer);
        Formula? Known(Node node) =>
            ReferenceEquals(node, arriving) ? new Delta(nameOf(contribution.Consumer) ?? contribution.Consumer.Label)
                : nameOf(node) is { } name ? (Formula)name : null;
        var text = FormulaText.Of(new NodeFormulas(new NodeNames()).Of(contribution.Gradient, Known));
        return $"δ({nameOf(source)}) += {(text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest - 1), "…"))}";
    }
}
