namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>Takes nodes apart to see what they are made of.</summary>
internal static class Parts
{
    /// <summary>The inputs of a node of this op, or null if it is another one.</summary>
    public static Operation? Is<T>(this Node node) where T : Op => node is Operation { Op: T } operation ? operation : null;

    /// <summary>The two inputs of a node whose order does not matter, in both orders.</summary>
    public static IEnumerable<(Node, Node)> EitherWay(this Operation node) =>
        [(node.Inputs[0], node.Inputs[1]), (node.Inputs[1], node.Inputs[0])];

    /// <summary>The value of a constant of one element, or null.</summary>
    public static float? Number(this Node node) =>
        node is Constant { ElementType: ElementType.Float32 } constant && constant.Elements.Length == 1 ? (float)constant.Elements[0]
            : null;

    /// <summary>A variable or constant with one element for each channel of x, shaped to be stretched over the rest; what it takes to
    /// shape it so is part of the composition.</summary>
    /// <param name="node">What is stretched over x.</param>
    /// <param name="x">[batch, channels, ..].</param>
    /// <param name="inside">Gets the node that shapes it.</param>
    public static Node? PerChannel(Node node, Node x, List<Node> inside)
    {
        if (x.Shape.Rank < 2 || x.Shape[1] is not { } channels || node.Shape.Rank > x.Shape.Rank) return null;
        var axis = 1 - (x.Shape.Rank - node.Shape.Rank);
        if (axis < 0 || node.Shape[axis] != channels || node.Shape.Where((size, i) => i != axis && size != 1).Any()) return null;
        if (node.Is<SimpleFlow.Unsqueeze>() is { } shaped && shaped.Inputs[0] is Variable or Constant)
        {
            inside.Add(shaped);
            return shaped.Inputs[0];
        }
        return node is Variable or Constant ? node : null;
    }
}
