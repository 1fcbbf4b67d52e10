namespace SimpleFlow.Compilation;

/// <summary>Replaces ops without a kernel by ops that have one: nodes whose shape alone matters become constants or reshapes, and axes move
/// to where the kernels need them.</summary>
internal sealed class Lower : Rules
{
    private protected override Node? Apply(Operation node) => node.Op.Lower(node);
}
