using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Floats as whole numbers, for a <see cref="Gather"/>: an index that lies among the numbers of a row. What is not a whole number
/// from 0 to 2³¹ − 1 becomes −1, which every op that takes indices refuses.</summary>
public sealed record ToIndices : Elementwise
{
    private const float Beyond = 2_147_483_648f;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        RequireFloat(inputs[0]);
        return new Signature(inputs[0].Shape, ElementType.Int32);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) =>
        new(inputs[0].Shape, Array.ConvertAll(inputs[0].Elements, x => x >= 0 && x < Beyond && x == Math.Truncate(x) ? Math.Abs(x) : -1));

    private protected override unsafe void RunTile(float** operands, float* result, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var x = operands[0][i];
            ((int*)result)[i] = x is >= 0 and < Beyond && x == (int)x ? (int)x : -1;
        }
    }
}

public static partial class Flow
{
    /// <summary>Floats as indices of <see cref="ElementType.Int32"/>, for a <see cref="Gather"/>. What is not a whole number from 0 to
    /// 2³¹ − 1 becomes −1, which every op that takes indices refuses.</summary>
    public static Node ToIndices(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ToIndices(), name, file, line);
}
