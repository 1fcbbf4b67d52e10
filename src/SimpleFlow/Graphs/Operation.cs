namespace SimpleFlow;

/// <summary>A node that an op computes from other nodes. Its shape and element type are checked and fixed when it is built.</summary>
public sealed class Operation : Node
{
    internal Operation(Op op, Node[] inputs, string? name = null, SourceLocation madeAt = default)
        : this(op, inputs, Infer(op, inputs), name, madeAt) { }

    private Operation(Op op, Node[] inputs, Signature signature, string? name, SourceLocation madeAt)
        : base(name, signature.Shape, signature.ElementType, inputs, madeAt) => Op = op;

    /// <summary>The op that computes it.</summary>
    public Op Op { get; }

    private static Signature Infer(Op op, Node[] inputs)
    {
        try
        {
            return op.Infer(Array.ConvertAll(inputs, input => new Operand(input, input.Shape)));
        }
        catch (ShapeException cause) when (cause.InnerException is null)
        {
            throw ShapeException.Of(op.Name, inputs, cause);
        }
    }

    /// <summary>Its shape for known input shapes; a size that was unknown when the node was built is still never stretched, unless the op
    /// says so.</summary>
    internal Shape Specialise(ReadOnlySpan<Shape> inputShapes)
    {
        var operands = new Operand[inputShapes.Length];
        for (var i = 0; i < operands.Length; i++) operands[i] = new Operand(InputArray[i], inputShapes[i]);
        try
        {
            var result = Op.Infer(operands).Shape;
            if (Op is { Broadcasts: true, StretchesLate: false })
            {
                for (var i = 0; i < operands.Length; i++)
                    Broadcasting.RefuseLateStretching(new Operand(InputArray[i], InputArray[i].Shape), inputShapes[i], result,
                        Op.UnstretchedAxes);
            }
            return result;
        }
        catch (ShapeException cause) when (cause.InnerException is null)
        {
            throw ShapeException.Of(Op.Name, InputArray, cause);
        }
    }

    /// <summary>Its value by the plain reading.</summary>
    /// <exception cref="GraphException">The op's code threw an exception.</exception>
    internal PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        try
        {
            return Op.Evaluate(inputs, step);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw OpFailure.Of(exception, Op, [this]);
        }
    }

    // As many characters as a person takes in at a glance.
    private const int LongestFormula = 48;

    internal override Formula Expression(int depth)
    {
        if (depth == 0) return "…";
        // So many inputs do not fit in any case, and building their text is costly: n layers that concatenate all earlier ones would write
        // n³ names.
        if (InputArray.Length > LongestFormula / 3) return $"{Op.Name.ToLowerInvariant()}(…)";
        var formula = Op.Written(Array.ConvertAll(InputArray, input => input.Name ?? input.Expression(depth - 1)));
        return FormulaText.Of(formula).Length <= LongestFormula ? formula : $"{Op.Name.ToLowerInvariant()}(…)";
    }
}
