using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>Replaces each composite op by what it is written with, where the sizes of its inputs are known. The rest of the graph stays as
/// the user wrote it.</summary>
internal sealed class Expand : Rules
{
    private protected override Node? Apply(Operation node)
    {
        if (node.Op is not CompositeOp || !Array.TrueForAll(node.InputArray, input => input.Shape.IsKnown)) return null;
        var parts = node.Op.Lower(node);
        return parts is Operation && node.Name is { } name ? parts.Named(name, node.MadeAt.File, node.MadeAt.Line) : parts;
    }
}
