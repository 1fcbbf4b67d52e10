namespace SimpleFlow;

/// <summary>What several ops' simplifications share.</summary>
internal static class Algebra
{
    /// <summary><paramref name="other"/>, where <paramref name="neutral"/> is everywhere the neutral element and stretching changes nothing; else null.</summary>
    public static Node? WithoutNeutral(double neutralElement, Operation node, Node neutral, Node other) =>
        neutral is Constant constant && constant.Uniform == neutralElement && other.Shape.Equals(node.Shape) ? other : null;
}
