using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Builds graphs: one method for every op, each in its op's file. All are shorthand for <see cref="AddFlow"/>.</summary>
public static partial class Flow
{
    /// <summary>Adds an op to the flow: a node that applies <paramref name="op"/> to <paramref name="source"/> and the operands that the op
    /// was written with.</summary>
    /// <param name="source">The op's first input.</param>
    /// <param name="op">What to compute: <c>new MatMul(w)</c>, <c>new Relu()</c>.</param>
    /// <param name="name">A name for messages and pictures; by default the expression.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The inputs' shapes or element types do not fit the op.</exception>
    public static Node AddFlow(Node source, Op op, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(op);
        foreach (var operand in op.Operands) ArgumentNullException.ThrowIfNull(operand, nameof(op));
        return new Operation(op, [source, .. op.Operands], name, new SourceLocation(file, line));
    }

    /// <summary>The same operation under a name: what a function has built gets the name that its caller knows it by. What is no operation
    /// has a name already, and is returned as it is.</summary>
    /// <param name="node">The operation; it keeps its own name.</param>
    /// <param name="name">The name of the copy.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Named(this Node node, string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is Operation operation
            ? new Operation(operation.Op, operation.InputArray, Required.Text(name), new SourceLocation(file, line)) : node;
    }
}
