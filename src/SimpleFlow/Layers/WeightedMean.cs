namespace SimpleFlow;

/// <summary>Weighted means, for losses and metrics whose rows have different weights. A mean is a quotient of two sums; over several
/// batches, add up each sum separately.</summary>
internal static class WeightedMean
{
    /// <summary>Σ value·weight / Σ weight. If the weights add up to 0, the result is 0 and has no gradient.</summary>
    public static Node Of(Node values, Node weights, string? name, string file, int line)
    {
        var total = weights.Sum();
        return Flow.AddFlow((values * weights).Sum(), new Divide(Flow.Select(total.Equal(0f), 1f, total)), name, file, line);
    }

    /// <summary>1 for the rows that count, 0 for rows with the ignored index.</summary>
    public static Node Counted(Node target, int ignoreIndex) =>
        target.NotEqual(new Constant([ignoreIndex], Shape.Scalar, ElementType.Int32)).Cast();

    /// <summary>Checks that an index to ignore comes with a target of class indices.</summary>
    public static void RequireIndices(Node target, int? ignoreIndex)
    {
        if (ignoreIndex is not null && target.ElementType != ElementType.Int32)
            throw new ArgumentException(
                $"ignoreIndex needs class indices, and the target `{target.Label}` is {target.ElementType}. Feed indices of Int32, or "
                    + "leave ignoreIndex out: a target row of zeros adds nothing to the sum.", nameof(ignoreIndex));
    }
}
