namespace SimpleFlow.Onnx.Operators;

/// <summary>Axes of size 1 come and go.</summary>
internal static class Ranks
{
    /// <summary>Without some axes of size 1.</summary>
    public static Node Squeezed(Node x, int[] axes)
    {
        if (axes.Length == 0) return x;
        var left = Shape.Create([.. x.Shape.Where((_, axis) => !axes.Contains(axis))]);
        // One open size follows from the others, unless one of them is 0.
        if (left.Count(size => size is null) <= 1 && (left.IsKnown || !left.Contains(0))) return x.Reshape(left);
        return (x.ElementType == ElementType.Float32 ? x : x.Cast()).Sum(axes);
    }

    /// <summary>With axes of size 1 at these places of the result.</summary>
    public static Node Unsqueezed(Node x, int[] axes) => axes.Length == 0 ? x : x.Unsqueeze([.. axes.Order()]);

    /// <summary>The order of axes that swaps two.</summary>
    public static int[] Swapped(int rank, int first, int second)
    {
        int[] order = [.. Enumerable.Range(0, rank)];
        (order[first], order[second]) = (second, first);
        return order;
    }
}
