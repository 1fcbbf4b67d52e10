using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow;

/// <summary>
/// A <see cref="MatMul"/> whose right matrix was brought into panels, as predictions prepare it once: inputs are the left matrix,
/// [.., m, k], and the panels [n / width, k, width], where the columns of a panel lie side by side.
/// </summary>
internal sealed record PackedMatMul : Op
{
    public PackedMatMul(Node panels) : base(panels) { }

    protected internal override Formula Notation(Formula[] inputs) => new Infix(inputs[0], "·", inputs[1], Strength.MatrixProduct);

    /// <summary>Whether a product gains from it. If the left matrix is transposed, its rows would not be one tall matrix.</summary>
    public static bool Suits(Operation product) => VectorWidths.Best != VectorWidth.Scalar
        && product is { Op: MatMul { TransposeLeft: false }, InputArray: [_, { Shape: { Rank: 2, IsKnown: true } } right] }
        && right.Shape.ElementCount > 0 && product.Shape[product.Shape.Rank - 1] % TileShape.Best.Width == 0;

    /// <summary>The same product with its right matrix in panels.</summary>
    public static Operation Of(Operation product)
    {
        var right = product.InputArray[1];
        var panels = Pack(((MatMul)product.Op).TransposeRight ? right.Transpose() : right, TileShape.Best.Width);
        return new Operation(new PackedMatMul(panels), [product.InputArray[0], panels], product.Name, product.MadeAt);
    }

    private static Node Pack(Node right, long width) =>
        right.Reshape(Shape.Create([right.Shape[0], right.Shape[1] / width, width])).Transpose([1, 0, 2]);

    private static Node Unpack(Node panels) =>
        panels.Transpose([1, 0, 2]).Reshape(Shape.Create([panels.Shape[1], panels.Shape[0] * panels.Shape[2]]));

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (left, panels) = (inputs[0].Shape, inputs[1].Shape);
        return Signature.Float(left.With(left.Rank - 1, panels[0] * panels[2]));
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (left, panels) = (node.InputArray[0], node.InputArray[1]);
        var right = Unpack(panels);
        var product = new MatMul(right).Gradient(new Operation(new MatMul(right), [left, right], null, node.MadeAt), upstream, input)!;
        return input == 0 ? product : Pack(product, panels.Shape[2]!.Value);
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (left, panels) = (inputs[0], inputs[1]);
        var (k, width) = (panels.Sizes[1], panels.Sizes[2]);
        var right = new PlainTensor(Shape.Of(k, panels.Sizes[0] * width));
        for (var i = 0; i < right.Count; i++)
        {
            var (inner, column) = Math.DivRem(i, panels.Sizes[0] * width);
            right.Elements[i] = panels.Elements[(column / width * k + inner) * width + column % width];
        }
        return new MatMul(Operands[0]).Evaluate([left, right], step);
    }

    // All rows are those of one tall matrix.
    internal override Node? Simplify(Operation node)
    {
        var left = node.InputArray[0].Shape;
        return left.Rank == 2 ? null
            : Flow.AddFlow(node.InputArray[0].Reshape([left.Slice(0, left.Rank - 1).ElementCount, left[left.Rank - 1]]),
                new PackedMatMul(node.InputArray[1])).Reshape(node.Shape);
    }

    private static (int M, int K, int N) Sizes(Operation node)
    {
        var (left, panels) = (node.InputArray[0].Shape, node.InputArray[1].Shape.ToSizes());
        return ((int)left.Slice(0, left.Rank - 1).ElementCount, panels[1], panels[0] * panels[2]);
    }

    internal override double Flops(Operation node)
    {
        var (m, k, n) = Sizes(node);
        return 2.0 * m * k * n;
    }

    internal override double Cost(Operation node) => Flops(node) / 100;    // at about 100 GFLOP/s

    // Its rows are a multiple of a tile's width.
    internal override bool HandsOn(Operation node) => true;

    internal override long ScratchFloats(Operation node, int parts) => parts * ScratchPerPart(Sizes(node));

    private static long ScratchPerPart((int M, int K, int N) sizes) =>
        ScratchSize.Aligned(MatrixProduct.ScratchFloats(sizes.M, sizes.N, sizes.K, transposeA: false, transposeB: false, panelsB: true));

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var (m, k, n) = Sizes(binding.Node);
        var product = new MatrixProductArguments
        {
            M = m,
            N = n,
            K = k,
            A = binding.Inputs[0].Pointer,
            Lda = k,
            B = binding.Inputs[1].Pointer,
            PanelsB = true,
            C = binding.Output.Pointer,
            Ldc = n,
            Scratch = binding.Scratch,
        };
        return new MatrixProductKernel(product, m == 0 ? [] : [(0, 0)], ScratchPerPart((m, k, n)), binding.Program);
    }
}
