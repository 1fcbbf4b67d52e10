namespace SimpleFlow.Onnx.Operators;

/// <summary>Products of matrices.</summary>
internal static class Products
{
    public static IEnumerable<Operator> All =>
        [
        new("MatMul", node => node.Result(MatMul(node.Float(0), node.Float(1)))),
        new("Gemm", Gemm),
        ];

    /// <summary>As in NumPy: a vector on the left is a row, one on the right a column, and the axis that this adds is removed.</summary>
    public static Node MatMul(Node left, Node right)
    {
        var (isRow, isColumn) = (left.Shape.Rank == 1, right.Shape.Rank == 1);
        if (isRow) left = left.Unsqueeze([0]);
        if (isColumn) right = right.Unsqueeze([1]);
        var product = left.MatMul(right);
        var rank = product.Shape.Rank;
        return Ranks.Squeezed(product, [.. isRow ? [rank - 2] : (int[])[], .. isColumn ? [rank - 1] : (int[])[]]);
    }

    private static OnnxValue[] Gemm(OnnxNode node)
    {
        var (alpha, beta) = (node.Float("alpha", 1), node.Float("beta", 1));
        var product = node.Float(0).MatMul(node.Float(1), node.Flag("transA"), node.Flag("transB"));
        if (alpha != 1) product = alpha * product;
        if (!node.Has(2) || beta == 0) return node.Result(product);
        var added = node.Float(2);
        return node.Result(product + (beta == 1 ? added : beta * added));
    }
}
