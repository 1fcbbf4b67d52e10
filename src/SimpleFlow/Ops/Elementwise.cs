using System.Diagnostics;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>An op that computes every element of its result from the elements at the same place of its inputs, which are stretched to one
/// shape.</summary>
public abstract record Elementwise : Op, ITileFunction
{
    private protected Elementwise(params Node[] operands) : base(operands) { }

    internal sealed override bool Broadcasts => true;

    /// <summary>The compiled formula: one tile of the result from one tile of each input.</summary>
    private protected abstract unsafe void RunTile(float** operands, float* result, int count);

    unsafe void ITileFunction.Run(float** operands, float* result, int count)
    {
        try
        {
            RunTile(operands, result, count);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw new OpFailure(this, exception);
        }
    }

    /// <summary>The function that runs a tile for inputs of this type.</summary>
    internal virtual ITileFunction TileFunction(ElementType inputs) => this;

    // The compiler makes tile programs of elementwise ops, alone or in groups; a single op has no kernel of its own.
    internal sealed override Kernel Compile(in Binding binding) =>
        throw new UnreachableException($"{Name} runs as part of a tile program.");

    private protected static void RequireFloat(Operand operand)
    {
        if (operand.ElementType != ElementType.Float32)
            throw new ShapeException($"{operand} is {operand.ElementType}; {ElementType.Float32} is needed.",
                "Convert it with Cast(), or feed it as floats.");
    }
}

/// <summary>
/// An elementwise op of one input. An op of your own states its formula in float64 and its gradient rule; the tile is optional. Its
/// attributes are the properties of the record, so that equal ops are equal, and it depends on nothing else.
/// </summary>
public abstract record Unary : Elementwise
{
    /// <summary>Creates the op; its input is what it is added to.</summary>
    protected Unary() { }

    /// <summary>The formula in float64. It defines what the op means.</summary>
    protected internal abstract double Plain(double x);

    /// <summary>The formula over a tile of float32 elements; <paramref name="y"/> may be the same memory as <paramref name="x"/>. By
    /// default it is <see cref="Plain"/>, element by element.</summary>
    protected virtual void Tile(ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < y.Length; i++) y[i] = (float)Plain(x[i]);
    }

    private protected sealed override unsafe void RunTile(float** operands, float* result, int count) =>
        Tile(new ReadOnlySpan<float>(operands[0], count), new Span<float>(result, count));

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        RequireFloat(inputs[0]);
        return Signature.Float(inputs[0].Shape);
    }

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) =>
        new(inputs[0].Shape, Array.ConvertAll(inputs[0].Elements, Plain));
}

/// <summary>
/// An elementwise op of two inputs, left and right, which are broadcast to one shape. An op of your own states its formula in float64 and
/// its gradient rule; the tile is optional. Its attributes are the properties of the record, so that equal ops are equal, and it depends on
/// nothing else.
/// </summary>
public abstract record Binary : Elementwise
{
    /// <summary>Creates the op with its right input; the left one is what it is added to.</summary>
    protected Binary(Node right) : base(right) { }

    /// <summary>The formula in float64. It defines what the op means.</summary>
    protected internal abstract double Plain(double left, double right);

    /// <summary>The formula over a tile of float32 elements; <paramref name="y"/> may be the same memory as an input. By default it is
    /// <see cref="Plain"/>, element by element.</summary>
    protected virtual void Tile(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> y)
    {
        for (var i = 0; i < y.Length; i++) y[i] = (float)Plain(left[i], right[i]);
    }

    private protected sealed override unsafe void RunTile(float** operands, float* result, int count) =>
        Tile(new ReadOnlySpan<float>(operands[0], count), new ReadOnlySpan<float>(operands[1], count), new Span<float>(result, count));

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        RequireFloat(inputs[0]);
        RequireFloat(inputs[1]);
        return Signature.Float(Broadcasting.Common(inputs[0], inputs[1]));
    }

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (left, right) = (inputs[0], inputs[1]);
        var result = new PlainTensor(Broadcasting.TryCommon(left.Shape, right.Shape)!);
        var index = new int[result.Rank];
        for (var i = 0; i < result.Count; i++)
        {
            result.IndexOf(i, index);
            result.Elements[i] = Plain(left.Elements[left.BroadcastOffset(index)], right.Elements[right.BroadcastOffset(index)]);
        }
        return result;
    }
}
