namespace SimpleFlow;

/// <summary>An exception from the code of an op, on its way from a kernel, which knows the op, to a place that knows the node.</summary>
internal sealed class OpFailure(Op op, Exception cause) : Exception(cause.Message, cause)
{
    public Op Op { get; } = op;

    /// <summary>Whether an exception comes from a fault of an op's code. The errors of this library say already what is wrong.</summary>
    public static bool IsOfItsCode(Exception exception) =>
        exception is not (SimpleFlowException or OpFailure or OperationCanceledException or OutOfMemoryException);

    /// <summary>The error for the user.</summary>
    /// <param name="cause">What the op's code has thrown.</param>
    /// <param name="op">The op.</param>
    /// <param name="nodes">The nodes that it may have computed: one, unless several nodes of one step share an op.</param>
    public static GraphException Of(Exception cause, Op op, IEnumerable<Node> nodes) =>
        new($"The code of the op {op.Name} threw {cause.GetType().Name} for "
            + $"{string.Join(" or ", nodes.Select(node => $"`{node.Label}`"))}: {cause.Message.ReplaceLineEndings(" ")}\n"
            + "The inner exception says where. Correct the op.", cause);
}
