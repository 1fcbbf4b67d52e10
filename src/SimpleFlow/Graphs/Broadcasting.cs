namespace SimpleFlow;

/// <summary>
/// NumPy's broadcasting: shapes are aligned at their last axis, a missing axis counts as 1, and an axis of size 1 is stretched to its
/// partner's size. What is stretched is decided when the graph is built: an unknown size stands for one size that a feed fixes, and is
/// never stretched, even if that size turns out to be 1. So the gradient knows which axes to sum without waiting for a feed.
/// Graphs that come from where this is otherwise are marked (<see cref="Op.StretchesLate"/>).
/// </summary>
internal static class Broadcasting
{
    /// <summary>The common shape, or null if two sizes differ and neither is 1.</summary>
    public static Shape? TryCommon(Shape left, Shape right)
    {
        var rank = Math.Max(left.Rank, right.Rank);
        var sizes = new long?[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var a = SizeAt(left, axis, rank);
            var b = SizeAt(right, axis, rank);
            if (a == b || b == 1) sizes[axis] = a;
            else if (a == 1) sizes[axis] = b;
            else if (a is null || b is null) sizes[axis] = a ?? b;
            else return null;
        }
        return Shape.Create(sizes);
    }

    /// <summary>
    /// The shape of <paramref name="source"/> after stretching to <paramref name="target"/>, or null if that is impossible. A size that the
    /// target leaves open stays the source's.
    /// </summary>
    public static Shape? TryStretch(Shape source, Shape target)
    {
        if (source.Rank > target.Rank) return null;
        var sizes = new long?[target.Rank];
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            var own = SizeAt(source, axis, target.Rank);
            sizes[axis] = target[axis] ?? own;
            if (own is not (null or 1) && own != sizes[axis]) return null;
        }
        return Shape.Create(sizes);
    }

    public static Shape Common(Operand left, Operand right) =>
        TryCommon(left.Shape, right.Shape) ?? throw new ShapeException(
            $"the shapes do not broadcast. Left {left} is {left.Shape}, right {right} is {right.Shape}; "
                + $"{Conflict(left.Shape, right.Shape)}: a pair of sizes must be equal, or one of them 1.",
            $"Reshape one of them, or give it an axis of size 1 where it should be stretched.");

    private static string Conflict(Shape left, Shape right)
    {
        var rank = Math.Max(left.Rank, right.Rank);
        for (var axis = rank - 1; ; axis--)
        {
            var (a, b) = (SizeAt(left, axis, rank), SizeAt(right, axis, rank));
            if (a != b && a is not (null or 1) && b is not (null or 1)) return $"aligned at the last axis, {a} meets {b}";
        }
    }

    /// <summary>The axes of <paramref name="result"/> along which an operand of shape <paramref name="operand"/> was stretched.</summary>
    public static int[] StretchedAxes(Shape operand, Shape result)
    {
        var missing = result.Rank - operand.Rank;
        var axes = new List<int>();
        for (var axis = 0; axis < result.Rank; axis++)
        {
            if (axis < missing || (operand[axis - missing] == 1 && result[axis] != 1)) axes.Add(axis);
        }
        return [.. axes];
    }

    /// <summary>Refuses a fed size of 1 that would be stretched although the declared size was unknown.</summary>
    /// <param name="declared">The operand as it was built.</param>
    /// <param name="actual">Its shape in this feed.</param>
    /// <param name="result">The shape of the op's result in this feed.</param>
    /// <param name="unstretched">How many of the last axes are never stretched.</param>
    public static void RefuseLateStretching(Operand declared, Shape actual, Shape result, int unstretched)
    {
        var missing = result.Rank - actual.Rank;
        for (var axis = 0; axis < actual.Rank - unstretched; axis++)
        {
            if (declared.Shape[axis] is null && actual[axis] != result[axis + missing])
            {
                throw new ShapeException(
                    $"{declared} was built as {declared.Shape} and is {actual} in this feed, where {result} is needed: an unknown size is "
                        + "never stretched.",
                    "Feed the same number of rows everywhere, or declare the axis as 1 where it should be stretched.");
            }
        }
    }

    private static long? SizeAt(Shape shape, int axis, int rank)
    {
        var own = axis - (rank - shape.Rank);
        return own < 0 ? 1 : shape[own];
    }
}
