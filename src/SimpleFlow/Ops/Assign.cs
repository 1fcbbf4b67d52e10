using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Gives a variable a new value when the step ends: everything in the step that reads the variable reads its old value. The result is the
/// new value. Nothing flows back: an update is not part of what is differentiated. Only training steps assign; when a model is evaluated or
/// predicts, the result is the value, but the variable does not change.
/// </summary>
public sealed record Assign : Op
{
    /// <summary>Creates the op with the variable as the source.</summary>
    public Assign(Node value) : base(value) { }

    protected internal override Formula Notation(Formula[] inputs) => Infix.Relation(inputs[0], "←", inputs[1]);

    internal override bool HasEffect => true;

    internal override bool UsesOnlyShape(int input) => input == 0;

    internal override bool StopsGradient => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (variable, value) = (inputs[0], inputs[1]);
        if (variable.Node is not Variable) throw new ShapeException($"{variable} is not a variable.", "Only variables can be assigned.");
        if (value.ElementType != variable.ElementType)
            throw new ShapeException($"{variable} is {variable.ElementType}, its new value {value} is {value.ElementType}.",
                "Convert it with Cast().");
        if (!variable.Shape.Admits(value.Shape))
            throw new ShapeException($"{variable} is {variable.Shape}, its new value {value} is {value.Shape}.",
                "The new value must have the variable's shape, with every size known.");
        return new Signature(variable.Shape, variable.ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[1];

    internal override Node? AtInference(Operation node) => node.InputArray[1];

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("An assignment runs as part of a tile program.");
}

public static partial class Flow
{
    /// <summary>Assigns the new <paramref name="value"/> to <paramref name="variable"/> when the step ends.</summary>
    public static Node Assign(this Variable variable, Node value, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(variable, new Assign(value), name, file, line);
}
