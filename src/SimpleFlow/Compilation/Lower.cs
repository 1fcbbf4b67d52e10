namespace SimpleFlow.Compilation;

/// <summary>Replaces ops that have no kernel of their own by ops that have: what is only a shape becomes a constant or a reshape, axes are
/// brought to where the kernels want them.</summary>
internal sealed class Lower : Rules
{
    private protected override Node? Apply(Operation node) => node.Op.Lower(node);
}
