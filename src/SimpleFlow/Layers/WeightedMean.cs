namespace SimpleFlow;

/// <summary>The mean of losses and metrics whose rows do not all count alike: a quotient of two sums, which over several
/// batches must be added up one by one.</summary>
internal static class WeightedMean
{
    /// <summary>Σ value·weight / Σ weight. Where the weights add up to 0 it is 0, and nothing flows back.</summary>
    public static Node Of(Node values, Node weights, string? name, string file, int line)
    {
        var total = weights.Sum();
        return Flow.AddFlow((values * weights).Sum(), new Divide(Flow.Select(total.Equal(0f), 1f, total)), name, file, line);
    }

    /// <summary>1 for the rows that count, 0 for those of the index to ignore.</summary>
    public static Node Counted(Node target, int ignoreIndex) =>
        target.NotEqual(new Constant([ignoreIndex], Shape.Scalar, ElementType.Int32)).Cast();

    /// <summary>Refuses an index to ignore where there are no indices.</summary>
    public static void RequireIndices(Node target, int? ignoreIndex)
    {
        if (ignoreIndex is not null && target.ElementType != ElementType.Int32)
            throw new ArgumentException(
                $"ignoreIndex needs class indices, and the target `{target.Label}` is {target.ElementType}. Feed indices of Int32, or "
                    + "leave ignoreIndex out: a target row of zeros adds nothing to the sum.", nameof(ignoreIndex));
    }
}
