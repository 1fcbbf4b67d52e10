using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Compilation;

/// <summary>A pattern for formulas: an op on patterns, or a letter, which stands for any value, and for the same one wherever it
/// occurs.</summary>
/// <param name="Op">The op; null for a letter.</param>
/// <param name="Letter">The letter's number, from 0.</param>
/// <param name="Inputs">The patterns of the op's inputs.</param>
internal sealed record Pattern(Type? Op, int Letter, params Pattern[] Inputs)
{
    public static Pattern A { get; } = new(null, 0);

    public static Pattern B { get; } = new(null, 1);

    public static Pattern C { get; } = new(null, 2);

    public static Pattern D { get; } = new(null, 3);

    public static Pattern E { get; } = new(null, 4);

    public static Pattern F { get; } = new(null, 5);

    public static Pattern Sum(Pattern left, Pattern right) => new(typeof(Add), 0, left, right);

    public static Pattern Difference(Pattern left, Pattern right) => new(typeof(Subtract), 0, left, right);

    public static Pattern Product(Pattern left, Pattern right) => new(typeof(Multiply), 0, left, right);

    public static Pattern Quotient(Pattern left, Pattern right) => new(typeof(Divide), 0, left, right);

    public static Pattern Root(Pattern of) => new(typeof(Sqrt), 0, of);

    public static Pattern Faded(Pattern of) => new(typeof(Decay), 0, of);

    /// <summary>How many letters it has.</summary>
    public int Letters => Op is null ? Letter + 1 : Inputs.Max(input => input.Letters);

    /// <summary>Whether swapping the inputs changes no bit of the result.</summary>
    public bool IsSymmetric => Op == typeof(Add) || Op == typeof(Multiply);

    /// <summary>Whether an instruction computes this op.</summary>
    public bool IsOf(TileInstruction instruction) => instruction.Function.GetType() == Op;
}
