using System.Numerics;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// y = whenTrue where the condition holds, else whenFalse. The upstream gradient goes to the one that was chosen. The other one's value
/// does not matter, not even NaN; but it does affect a gradient that is computed through it, because 0 · ∞ is NaN.
/// </summary>
public sealed record Select : Elementwise
{
    /// <summary>Creates the op with the condition as the source.</summary>
    public Select(Node whenTrue, Node whenFalse) : base(whenTrue, whenFalse) { }

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (condition, whenTrue, whenFalse) = (inputs[0], inputs[1], inputs[2]);
        if (condition.ElementType != ElementType.Bool)
            throw new ShapeException($"the condition {condition} is {condition.ElementType}; {ElementType.Bool} is needed.",
                "Make it with a comparison: x.Greater(0).");
        RequireFloat(whenTrue);
        RequireFloat(whenFalse);
        var values = Broadcasting.Common(whenTrue, whenFalse);
        var shape = Broadcasting.TryCommon(condition.Shape, values) ?? throw new ShapeException(
            $"the shapes do not broadcast. The condition {condition} is {condition.Shape}, the values {values}.",
            "Give all three shapes that broadcast to one.");
        return Signature.Float(shape);
    }

    protected internal override Formula Notation(Formula[] inputs) => new Where(inputs[1], inputs[0], inputs[2]);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input switch
    {
        1 => Flow.Select(node.InputArray[0], upstream, 0f),
        2 => Flow.Select(node.InputArray[0], 0f, upstream),
        _ => null,
    };

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (condition, whenTrue, whenFalse) = (inputs[0], inputs[1], inputs[2]);
        var result = new PlainTensor(Broadcasting.TryCommon(condition.Shape, Broadcasting.TryCommon(whenTrue.Shape, whenFalse.Shape)!)!);
        var index = new int[result.Rank];
        for (var i = 0; i < result.Count; i++)
        {
            result.IndexOf(i, index);
            var taken = condition.Elements[condition.BroadcastOffset(index)] != 0 ? whenTrue : whenFalse;
            result.Elements[i] = taken.Elements[taken.BroadcastOffset(index)];
        }
        return result;
    }

    private protected override unsafe void RunTile(float** operands, float* result, int count)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            var falseHere = Vector.Equals(Vector.Load(operands[0] + i), Vector<float>.Zero);
            Vector.ConditionalSelect(falseHere, Vector.Load(operands[2] + i), Vector.Load(operands[1] + i)).Store(result + i);
        }
        for (; i < count; i++) result[i] = operands[0][i] != 0 ? operands[1][i] : operands[2][i];
    }
}

public static partial class Flow
{
    /// <summary><paramref name="whenTrue"/> where the condition holds, else <paramref name="whenFalse"/>, element by element.</summary>
    public static Node Select(Node condition, Node whenTrue, Node whenFalse, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(condition, new Select(whenTrue, whenFalse), name, file, line);
}
