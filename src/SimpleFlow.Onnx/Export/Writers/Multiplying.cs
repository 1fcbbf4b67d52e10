namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>Products of matrices.</summary>
internal static class Multiplying
{
    public static IEnumerable<Exporter> All => [Exporter.Of<MatMul>((node, op) =>
    {
        var (left, right) = (node.ShapeOf(0).Rank, node.ShapeOf(1).Rank);
        if ((op.TransposeLeft || op.TransposeRight) && left == 2 && right == 2)
            node.Result("Gemm", node.Inputs, With.Flag("transA", op.TransposeLeft), With.Flag("transB", op.TransposeRight));
        else
            node.Result("MatMul", [op.TransposeLeft ? Transposed(node, 0) : node.Input(0),
                op.TransposeRight ? Transposed(node, 1) : node.Input(1)]);
    })];

    private static string Transposed(ExportNode node, int input)
    {
        var rank = node.ShapeOf(input).Rank;
        var order = Enumerable.Range(0, rank - 2).Append(rank - 1).Append(rank - 2);
        return node.Step("Transpose", [node.Input(input)], With.Ints("perm", order.Select(axis => (long)axis)));
    }
}
