using SimpleFlow.Kernels;

namespace SimpleFlow.Compilation;

/// <summary>Which node's memory holds a node's value: a reshaped tensor is the same memory, a slice that is read in place is a piece of it,
/// and the result of an assignment is the value that was assigned.</summary>
internal static class Storage
{
    public static Node Of(Node node)
    {
        while (node is Operation operation)
        {
            if (operation.Op is Reshape or Slice { IsInPlace: true }) node = operation.InputArray[0];
            else if (operation.Op is Assign) node = operation.InputArray[1];
            else break;
        }
        return node;
    }

    /// <summary>Whether the operation has a step of its own.</summary>
    public static bool NeedsStep(Operation node) => node.Op is not (Reshape or Slice { IsInPlace: true });

    /// <summary>Whether a node's value is all that its memory holds, and not a piece of it.</summary>
    public static bool IsWhole(Node node)
    {
        while (node is Operation { Op: Reshape or Assign or Slice { IsInPlace: true } } operation)
        {
            if (operation.Op is Slice) return false;
            node = operation.InputArray[operation.Op is Assign ? 1 : 0];
        }
        return true;
    }

    /// <summary>Where a node's elements are, given where its memory begins.</summary>
    public static unsafe Region RegionOf(Node node, float* memory)
    {
        // From the owner of the memory to the node: each piece is one of what is before it.
        var path = new Stack<Operation>();
        while (node is Operation { Op: Reshape or Assign or Slice { IsInPlace: true } } view)
        {
            path.Push(view);
            node = view.InputArray[view.Op is Assign ? 1 : 0];
        }
        var region = new Region(memory, node.Shape.ToSizes());
        while (path.TryPop(out var operation))
            region = operation.Op is Slice slice ? slice.Of(region) : new Region(region.Pointer, operation.Shape.ToSizes());
        return region;
    }
}
