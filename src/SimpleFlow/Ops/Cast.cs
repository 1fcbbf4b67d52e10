using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>Converts whole numbers and truth values to floats. Whole numbers beyond ±2²⁴ are rounded to the nearest float. Nothing flows
/// back.</summary>
public sealed record Cast : Elementwise
{
    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[0].Shape);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        node.InputArray[0].ElementType == ElementType.Float32 ? upstream : null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

    internal override Node? Simplify(Operation node) => node.InputArray[0].ElementType == ElementType.Float32 ? node.InputArray[0] : null;

    internal override ITileFunction TileFunction(ElementType inputs) => inputs == ElementType.Int32 ? IntegerTile.Instance : this;

    // Truth values are 1.0 and 0.0 already.
    private protected override unsafe void RunTile(float** operands, float* result, int count) =>
        new ReadOnlySpan<float>(operands[0], count).CopyTo(new Span<float>(result, count));

    private sealed class IntegerTile : ITileFunction
    {
        public static readonly IntegerTile Instance = new();

        public unsafe void Run(float** operands, float* result, int count) =>
            TensorPrimitives.ConvertTruncating<int, float>(MemoryMarshal.Cast<float, int>(new ReadOnlySpan<float>(operands[0], count)),
                new Span<float>(result, count));
    }
}

public static partial class Flow
{
    /// <summary>The elements as floats.</summary>
    public static Node Cast(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Cast(), name, file, line);
}
