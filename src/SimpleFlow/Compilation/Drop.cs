namespace SimpleFlow.Compilation;

/// <summary>Drops nodes of which only the shape is used: the shape is known by now, and what no output needs is not computed.</summary>
internal sealed class Drop : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default) => Rewriter.Run(outputs, (node, inputs) =>
    {
        if (node is not Operation operation) return node;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (operation.Op.UsesOnlyShape(i) && inputs[i] is (Operation or Placeholder)) inputs[i] = new ShapeOnly(inputs[i]);
        }
        return Rewriter.With(operation, inputs);
    }, cancellation);
}

/// <summary>Stands for a node of which only the shape is used.</summary>
internal sealed class ShapeOnly(Node node) : Node(node.Name, node.Shape, node.ElementType, [], node.MadeAt)
{
    internal override Formula Expression(int depth) => $"shape {Shape}";
}
