using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>Replaces each composite op by what it is written with, where the sizes of its inputs are known, and each recurrence of known
/// length by its steps. The rest of the graph stays as the user wrote it.</summary>
internal sealed class Expand : Rules
{
    private protected override Node? Apply(Operation node)
    {
        var parts = node.Op is CompositeOp && Array.TrueForAll(node.InputArray, input => input.Shape.IsKnown) ? node.Op.Lower(node)
            : ScanUnrolling.Of(node);
        return parts is Operation && node.Name is { } name ? parts.Named(name, node.MadeAt.File, node.MadeAt.Line) : parts;
    }
}
