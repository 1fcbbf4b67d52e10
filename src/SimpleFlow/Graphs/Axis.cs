namespace SimpleFlow;

/// <summary>Resolves axes as users write them: a negative axis counts from the last.</summary>
internal static class Axis
{
    /// <summary>The axis counted from 0.</summary>
    public static int Of(int axis, Operand operand)
    {
        var rank = operand.Shape.Rank;
        if (axis < -rank || axis >= rank)
            throw new ShapeException($"axis {axis} does not exist: {operand} is {operand.Shape}.",
                rank == 0 ? "A scalar has no axes." : rank == 1 ? "Its only axis is 0, or -1 counted from the last."
                    : $"Axes run from 0 to {rank - 1}, or from -{rank} to -1 counted from the last.");
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>The axis counted from 0, for a shape that is known to have it.</summary>
    public static int Of(int axis, int rank) => axis < 0 ? axis + rank : axis;

    /// <summary>The axis counted from 0, and its size, for what is made of as many nodes or numbers as the axis is long.</summary>
    /// <exception cref="ShapeException">The axis does not exist, or its size is unknown.</exception>
    public static (int Axis, int Size) Known(string user, Node x, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        try
        {
            var own = Of(axis, new Operand(x, x.Shape));
            return x.Shape[own] is { } size ? (own, (int)size) : throw new ShapeException(
                $"the size of `{x.Label}` {x.Shape} along axis {own} must be known.", "Declare it where the placeholder is made.");
        }
        catch (ShapeException broken)
        {
            throw ShapeException.Of(user, [x], broken);
        }
    }

    /// <summary>The axes counted from 0, ascending; null means all of them.</summary>
    public static int[] All(IReadOnlyList<int>? axes, Operand operand)
    {
        var own = All(axes, operand.Shape.Rank, axis => Of(axis, operand));
        for (var i = 1; i < own.Length; i++)
        {
            if (own[i] == own[i - 1])
                throw new ShapeException($"an axis of {operand} {operand.Shape} is named twice in {axes}.",
                    "Name each axis once; a negative one counts from the last.");
        }
        return own;
    }

    public static int[] All(IReadOnlyList<int>? axes, int rank) => All(axes, rank, axis => Of(axis, rank));

    private static int[] All(IReadOnlyList<int>? axes, int rank, Func<int, int> fromZero)
    {
        var own = new int[axes?.Count ?? rank];
        for (var i = 0; i < own.Length; i++) own[i] = axes is null ? i : fromZero(axes[i]);
        Array.Sort(own);
        return own;
    }

    /// <summary>The product of the sizes before, along and after <paramref name="axis"/>.</summary>
    public static (int Outer, int Length, int Inner) Split(int[] sizes, int axis)
    {
        var (outer, inner) = (1, 1);
        for (var i = 0; i < axis; i++) outer *= sizes[i];
        for (var i = axis + 1; i < sizes.Length; i++) inner *= sizes[i];
        return (outer, sizes[axis], inner);
    }
}
