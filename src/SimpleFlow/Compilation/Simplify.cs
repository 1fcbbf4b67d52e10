namespace SimpleFlow.Compilation;

/// <summary>Applies the simplifications of the ops at known shapes: neutral elements, reshapes that move nothing, products of batches that
/// are one tall product.</summary>
internal sealed class Simplify : Rules
{
    private protected override Node? Apply(Operation node) => WithoutBroadcasts(node) ?? node.Op.Simplify(node);

    /// <summary>An elementwise op stretches its own inputs: it does not need a stretched copy.</summary>
    private static Operation? WithoutBroadcasts(Operation node)
    {
        if (node.Op is not Elementwise) return null;
        for (var i = 0; i < node.InputArray.Length; i++)
        {
            if (node.InputArray[i] is not Operation { Op: Broadcast } stretched) continue;
            Node[] inputs = [.. node.InputArray];
            inputs[i] = stretched.InputArray[0];
            if (inputs.Select(input => input.Shape).Aggregate(Shape.Scalar, (common, shape) => Broadcasting.TryCommon(common, shape)!)
                .Equals(node.Shape))
                return new Operation(node.Op, inputs, node.Name, node.MadeAt);
        }
        return null;
    }
}
