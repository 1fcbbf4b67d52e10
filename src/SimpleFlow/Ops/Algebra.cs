namespace SimpleFlow;

/// <summary>What the simplifications of several ops share.</summary>
internal static class Algebra
{
    /// <summary>
    /// Returns <paramref name="other"/> if every element of <paramref name="neutral"/> is the neutral element and stretching changes
    /// nothing, otherwise null. The sign of zero matters: because −0 + 0 is 0, −0 is neutral in sums, and 0 in differences.
    /// </summary>
    public static Node? WithoutNeutral(double neutralElement, Operation node, Node neutral, Node other) =>
        neutral is Constant constant && constant.Uniform is { } value
            && BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(neutralElement) && other.Shape.Equals(node.Shape)
            ? other : null;
}
