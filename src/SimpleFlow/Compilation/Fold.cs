namespace SimpleFlow.Compilation;

/// <summary>Computes at compile time, in float64, whatever depends on constants alone, unless the result is large. A stretched constant
/// stays stretched, because elementwise steps stretch for free.</summary>
internal sealed class Fold : Pass
{
    private const int LargestFolded = 4096;

    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default) => Rewriter.Run(outputs, (node, inputs) =>
    {
        if (node is not Operation operation) return node;
        if (operation.Op.HasEffect || operation.Op is Broadcast || node.Shape.ElementCount > LargestFolded || inputs.Length == 0
            || !inputs.All(input => input is Constant))
            return Rewriter.With(operation, inputs);
        var values = Array.ConvertAll(inputs, input => new PlainTensor(input.Shape, ((Constant)input).Elements.ToArray()));
        IndexCheck.Require(operation, values);
        return new Constant(operation.Evaluate(values, default).Elements, node.Shape, node.ElementType, node.Name, node.MadeAt);
    }, cancellation);
}
