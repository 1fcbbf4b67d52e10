namespace SimpleFlow.Compilation;

/// <summary>Which node's memory holds a node's value: a reshaped tensor is the same memory, and the result of an assignment is the value
/// that was assigned.</summary>
internal static class Storage
{
    public static Node Of(Node node)
    {
        while (node is Operation operation)
        {
            if (operation.Op is Reshape) node = operation.InputArray[0];
            else if (operation.Op is Assign) node = operation.InputArray[1];
            else break;
        }
        return node;
    }

    /// <summary>Whether the operation has a step of its own.</summary>
    public static bool NeedsStep(Operation node) => node.Op is not Reshape;
}
