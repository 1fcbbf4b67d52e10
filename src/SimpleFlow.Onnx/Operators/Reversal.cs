namespace SimpleFlow.Onnx.Operators;

/// <summary>Elements along an axis in another order, which is known.</summary>
internal static class Reversal
{
    /// <summary>The elements at these places along an axis.</summary>
    public static Node At(Node x, int axis, IEnumerable<int> places)
    {
        double[] indices = [.. places.Take(Effort.MostNumbers + 1).Select(place => (double)place)];
        Effort.Require(indices.Length);
        return x.Gather(Constant.Of(indices, [indices.Length], ElementType.Int32), axis);
    }

    /// <summary>The last first; the size along the axis must be known.</summary>
    public static Node Of(Node x, int axis)
    {
        var length = (int)x.Shape[axis]!.Value;
        return At(x, axis, Enumerable.Range(0, length).Select(i => length - 1 - i));
    }
}
