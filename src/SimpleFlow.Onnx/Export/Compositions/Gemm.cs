namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>A product of two matrices and a bias for each column: a dense layer.</summary>
internal static class Gemm
{
    public static Composition? Of(Operation last)
    {
        if (last.Op is not Add || last.Shape.Rank != 2) return null;
        foreach (var (sum, bias) in last.EitherWay())
        {
            if (sum.Is<MatMul>() is not { } product || product.Inputs.Any(input => input.Shape.Rank != 2)) continue;
            // The bias is stretched over the product, never the product over the bias.
            if (bias.Shape.Rank is not (1 or 2) || bias.Shape.Rank == 2 && bias.Shape[0] != 1) continue;
            if (bias.Shape[^1] is not { } columns || columns != product.Shape[1]) continue;
            var op = (MatMul)product.Op;
            return new Composition([.. product.Inputs, bias], [product], node => node.Result("Gemm", node.Inputs,
                With.Flag("transA", op.TransposeLeft), With.Flag("transB", op.TransposeRight)));
        }
        return null;
    }
}
