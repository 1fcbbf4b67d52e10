namespace SimpleFlow;

/// <summary>What several ops' simplifications share.</summary>
internal static class Algebra
{
    /// <summary>
    /// <paramref name="other"/>, where <paramref name="neutral"/> is everywhere the neutral element and stretching changes nothing; else
    /// null. The sign of a zero counts: −0 + 0 is 0, so that −0 is neutral in sums, and 0 in differences.
    /// </summary>
    public static Node? WithoutNeutral(double neutralElement, Operation node, Node neutral, Node other) =>
        neutral is Constant constant && constant.Uniform is { } value
            && BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(neutralElement) && other.Shape.Equals(node.Shape)
            ? other : null;
}
