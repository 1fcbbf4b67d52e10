using System.Numerics;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = left ≠ right, as truth values. True where an operand is NaN. A step has no slope: nothing flows back.</summary>
public sealed record NotEqual : Comparison
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public NotEqual(Node right) : base(right) { }

    private protected override string Sign => "≠";

    private protected override IComparisonReadings Readings => ComparisonReadings<Rule>.Instance;

    private readonly struct Rule : IComparisonRule
    {
        public static bool Holds(double left, double right) => left != right;

        public static Vector<int> Holds(Vector<float> left, Vector<float> right) => ~Vector.Equals(left, right);

        public static Vector<int> Holds(Vector<int> left, Vector<int> right) => ~Vector.Equals(left, right);
    }
}

public static partial class Flow
{
    /// <summary>Whether left ≠ right, element by element.</summary>
    public static Node NotEqual(this Node left, Node right, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(left, new NotEqual(right), name, file, line);
}
