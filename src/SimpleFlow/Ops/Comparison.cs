using System.Numerics;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>Compares two tensors of one element type; the result is <see cref="ElementType.Bool"/>.</summary>
public abstract record Comparison : Elementwise
{
    private protected Comparison(Node right) : base(right) { }

    private protected abstract string Sign { get; }

    /// <summary>The comparison itself, for numbers in float64 and for tiles of either type.</summary>
    private protected abstract IComparisonReadings Readings { get; }

    protected internal override Formula Notation(Formula[] inputs) => Infix.Relation(inputs[0], Sign, inputs[1]);

    internal sealed override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        if (inputs[0].ElementType != inputs[1].ElementType || inputs[0].ElementType == ElementType.Bool)
        {
            throw new ShapeException(
                $"the element types differ or are not numbers. Left {inputs[0]} is {inputs[0].ElementType}, right {inputs[1]} is "
                    + $"{inputs[1].ElementType}.",
                "Compare numbers with numbers of the same type; Cast() makes floats of whole numbers and truth values.");
        }
        return new Signature(Broadcasting.Common(inputs[0], inputs[1]), ElementType.Bool);
    }

    protected internal sealed override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (left, right) = (inputs[0], inputs[1]);
        var result = new PlainTensor(Broadcasting.TryCommon(left.Shape, right.Shape)!);
        var index = new int[result.Rank];
        for (var i = 0; i < result.Count; i++)
        {
            result.IndexOf(i, index);
            result.Elements[i] = Readings.Holds(left.Elements[left.BroadcastOffset(index)], right.Elements[right.BroadcastOffset(index)])
                ? 1 : 0;
        }
        return result;
    }

    private protected sealed override unsafe void RunTile(float** operands, float* result, int count) =>
        Readings.Run(operands, result, count);

    internal sealed override ITileFunction TileFunction(ElementType inputs) => inputs == ElementType.Int32 ? Readings.Integers : this;
}

/// <summary>Whether a comparison holds: for two numbers, and for vectors of them as masks.</summary>
internal interface IComparisonRule
{
    static abstract bool Holds(double left, double right);

    static abstract Vector<int> Holds(Vector<float> left, Vector<float> right);

    static abstract Vector<int> Holds(Vector<int> left, Vector<int> right);
}

/// <summary>A rule in the forms the op needs.</summary>
internal interface IComparisonReadings : ITileFunction
{
    bool Holds(double left, double right);

    ITileFunction Integers { get; }
}

/// <summary>Compiles each rule into its own loops: a call per vector would cost more than the comparison.</summary>
internal sealed unsafe class ComparisonReadings<TRule> : IComparisonReadings where TRule : struct, IComparisonRule
{
    public static readonly ComparisonReadings<TRule> Instance = new();

    public bool Holds(double left, double right) => TRule.Holds(left, right);

    public ITileFunction Integers { get; } = new IntegerTile();

    public void Run(float** operands, float* result, int count) =>
        VectorMap.Run(new ReadOnlySpan<float>(operands[0], count), new ReadOnlySpan<float>(operands[1], count),
            new Span<float>(result, count), default(Floats));

    private static Vector<float> Truth(Vector<int> mask) =>
        Vector.ConditionalSelect(Vector.AsVectorSingle(mask), Vector<float>.One, Vector<float>.Zero);

    private readonly struct Floats : IVectorFormula2
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b) => Truth(TRule.Holds(a, b));
    }

    private readonly struct Whole : IVectorFormula2
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b) => Truth(TRule.Holds(Vector.AsVectorInt32(a), Vector.AsVectorInt32(b)));
    }

    private sealed class IntegerTile : ITileFunction
    {
        public void Run(float** operands, float* result, int count) =>
            VectorMap.Run(new ReadOnlySpan<float>(operands[0], count), new ReadOnlySpan<float>(operands[1], count),
                new Span<float>(result, count), default(Whole));
    }
}
