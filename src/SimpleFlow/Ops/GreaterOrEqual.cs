using System.Numerics;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = left ≥ right, as truth values. False where an operand is NaN. A step has no slope: nothing flows back.</summary>
public sealed record GreaterOrEqual : Comparison
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public GreaterOrEqual(Node right) : base(right) { }

    private protected override string Sign => "≥";

    private protected override IComparisonReadings Readings => ComparisonReadings<Rule>.Instance;

    private readonly struct Rule : IComparisonRule
    {
        public static bool Holds(double left, double right) => left >= right;

        public static Vector<int> Holds(Vector<float> left, Vector<float> right) => Vector.GreaterThanOrEqual(left, right);

        public static Vector<int> Holds(Vector<int> left, Vector<int> right) => Vector.GreaterThanOrEqual(left, right);
    }
}

public static partial class Flow
{
    /// <summary>Whether left ≥ right, element by element.</summary>
    public static Node GreaterOrEqual(this Node left, Node right, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(left, new GreaterOrEqual(right), name, file, line);
}
