using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>
/// The matrix product Y = A·B over the last two axes, [.., m, k]·[.., k, n] = [.., m, n]; the axes before them are batches and broadcast.
/// Either operand can be taken transposed. ∂loss/∂A = upstream·Bᵀ and ∂loss/∂B = Aᵀ·upstream are themselves products with transposed
/// operands: nothing is ever copied to transpose it.
/// </summary>
public sealed record MatMul : Op
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public MatMul(Node right, bool transposeLeft = false, bool transposeRight = false) : base(right) =>
        (TransposeLeft, TransposeRight) = (transposeLeft, transposeRight);

    /// <summary>Whether the left matrix is stored as [k, m].</summary>
    public bool TransposeLeft { get; }

    /// <summary>Whether the right matrix is stored as [n, k].</summary>
    public bool TransposeRight { get; }

    protected internal override string Attributes => (TransposeLeft, TransposeRight) switch
    {
        (true, true) => "Aᵀ·Bᵀ",
        (true, false) => "Aᵀ·B",
        (false, true) => "A·Bᵀ",
        _ => "",
    };

    protected internal override Formula Notation(Formula[] inputs) => new Infix(
        TransposeLeft ? new Transposed(inputs[0]) : inputs[0], "·", TransposeRight ? new Transposed(inputs[1]) : inputs[1],
        Strength.MatrixProduct);

    internal override bool Broadcasts => true;

    internal override int UnstretchedAxes => 2;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (left, right) = (inputs[0], inputs[1]);
        foreach (var operand in inputs)
        {
            if (operand.ElementType != ElementType.Float32)
                throw new ShapeException($"{operand} is {operand.ElementType}; {ElementType.Float32} is needed.",
                    "Convert it with Cast().");
            if (operand.Shape.Rank < 2)
                throw new ShapeException($"{operand} is {operand.Shape}; a matrix has at least two axes.",
                    "Reshape a vector to one row, [1, n], or one column, [n, 1].");
        }
        var (m, k) = Matrix(left.Shape, TransposeLeft);
        var (k2, n) = Matrix(right.Shape, TransposeRight);
        if (k is not null && k2 is not null && k != k2)
        {
            var advice = n != k
                ? $"Give {right} the shape {right.Shape.With(right.Shape.Rank - (TransposeRight ? 1 : 2), k)}, or pass it transposed if "
                    + "it is stored the other way."
                : TransposeRight ? $"Pass {right} as it is, without transposeRight."
                : $"Pass {right} transposed, with transposeRight: true.";
            throw new ShapeException(
                $"inner sizes differ. Left {left} is {left.Shape}{Taken(TransposeLeft)}, right {right} is "
                    + $"{right.Shape}{Taken(TransposeRight)}; {k} must equal {k2}.",
                advice);
        }
        var batch = Broadcasting.TryCommon(Batch(left.Shape), Batch(right.Shape)) ?? throw new ShapeException(
            $"the batches do not broadcast. Left {left} is {left.Shape}, right {right} is {right.Shape}; all axes before the last two "
                + "must be equal or 1.",
            "Reshape one of them, or give it an axis of size 1 where it should be repeated.");
        return Signature.Float(batch.Append([m, n]));
    }

    private static string Taken(bool transposed) => transposed ? " taken transposed" : "";

    private static (long? Rows, long? Columns) Matrix(Shape shape, bool transposed)
    {
        var (rows, columns) = (shape[shape.Rank - 2], shape[shape.Rank - 1]);
        return transposed ? (columns, rows) : (rows, columns);
    }

    private static Shape Batch(Shape shape) => shape.Slice(0, shape.Rank - 2);

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (a, b) = (node.InputArray[0], node.InputArray[1]);
        // If all batches go through one matrix, its gradient is one product over all their rows, not one per batch and then their sum.
        if (input == 1 && !TransposeLeft && b.Shape.Rank == 2 && a.Shape.Rank > 2 && AsRows(a) is { } rows
            && AsRows(upstream) is { } upstreamRows)
            (a, upstream) = (rows, upstreamRows);
        return (input, TransposeLeft, TransposeRight) switch
        {
            (0, false, var t) => upstream.MatMul(b, false, !t),            // [m, n]·[n, k] → [m, k]
            (0, true, var t) => b.MatMul(upstream, t, true),               // [k, n]·[n, m] → [k, m], as A is stored
            (_, var t, false) => a.MatMul(upstream, !t, false),            // [k, m]·[m, n] → [k, n]
            (_, var t, true) => upstream.MatMul(a, true, t),               // [n, m]·[m, k] → [n, k], as B is stored
        };
    }

    /// <summary>[.., rows, columns] as one matrix, or null if the columns are unknown or there are none: then the rows do not follow from
    /// the number of elements.</summary>
    private static Node? AsRows(Node x) => x.Shape[x.Shape.Rank - 1] is > 0 and var columns ? x.Reshape([null, columns]) : null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (a, b) = (inputs[0], inputs[1]);
        var (m, k, n) = Sizes(a.Shape, b.Shape);
        var batch = Broadcasting.TryCommon(Batch(a.Shape), Batch(b.Shape))!;
        var y = new PlainTensor(batch.Append([m, n]));
        for (var i = 0; i < batch.ElementCount; i++)
        {
            var (fromA, fromB) = (MatrixOffset(a.Sizes, batch, i), MatrixOffset(b.Sizes, batch, i));
            for (var row = 0; row < m; row++)
            {
                for (var column = 0; column < n; column++)
                {
                    double sum = 0;
                    for (var inner = 0; inner < k; inner++)
                    {
                        sum += a.Elements[fromA + (TransposeLeft ? inner * m + row : row * k + inner)]
                             * b.Elements[fromB + (TransposeRight ? column * k + inner : inner * n + column)];
                    }
                    y.Elements[(i * m + row) * n + column] = sum;
                }
            }
        }
        return y;
    }

    private (int M, int K, int N) Sizes(Shape left, Shape right)
    {
        var (m, k) = Matrix(left, TransposeLeft);
        return ((int)m!, (int)k!, (int)Matrix(right, TransposeRight).Columns!);
    }

    /// <summary>Where in an operand the matrix of the <paramref name="position"/>-th product of the batch begins.</summary>
    private static int MatrixOffset(int[] sizes, Shape batch, int position)
    {
        var offset = 0;
        var stride = sizes[^1] * sizes[^2];
        for (int axis = sizes.Length - 3, of = batch.Rank - 1; of >= 0; axis--, of--)
        {
            var index = position % (int)batch[of]!;
            position /= (int)batch[of]!;
            if (axis < 0) continue;
            if (sizes[axis] != 1) offset += index * stride;
            stride *= sizes[axis];
        }
        return offset;
    }

    internal override Node? Simplify(Operation node)
    {
        // A batch of row blocks times one matrix is one tall product.
        var (a, b) = (node.InputArray[0], node.InputArray[1]);
        if (a.Shape.Rank == 2 || b.Shape.Rank != 2 || TransposeLeft) return null;
        return a.Reshape([Batch(a.Shape).Append([a.Shape[a.Shape.Rank - 2]]).ElementCount, a.Shape[a.Shape.Rank - 1]])
            .MatMul(b, false, TransposeRight).Reshape(node.Shape);
    }

    internal override double Flops(Operation node)
    {
        var (m, k, n) = Sizes(node.InputArray[0].Shape, node.InputArray[1].Shape);
        return 2.0 * m * k * n * Batch(node.Shape).ElementCount;
    }

    internal override double Cost(Operation node) => Flops(node) / 100;    // at about 100 GFLOP/s

    // A row cut into blocks must not leave a remainder of one to three elements: see TileKernel.
    internal override bool HandsOn(Operation node) => node.Shape[node.Shape.Rank - 1] % 4 == 0;

    internal override long ScratchFloats(Operation node, int parts) =>
        parts * ScratchPerPart(Sizes(node.InputArray[0].Shape, node.InputArray[1].Shape));

    private long ScratchPerPart((int M, int K, int N) sizes) =>
        (MatrixProduct.ScratchFloats(sizes.M, sizes.N, sizes.K, TransposeLeft, TransposeRight) + 15) / 16 * 16;

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var (a, b) = (binding.Inputs[0], binding.Inputs[1]);
        var (m, k, n) = Sizes(Shape.Of(a.Sizes), Shape.Of(b.Sizes));
        var batch = Batch(binding.Node.Shape);
        // If the matrices have no elements, nothing is computed, however many products there are.
        var starts = new (int A, int B)[m == 0 || n == 0 ? 0 : batch.ElementCount];
        for (var i = 0; i < starts.Length; i++) starts[i] = (MatrixOffset(a.Sizes, batch, i), MatrixOffset(b.Sizes, batch, i));
        var product = new MatrixProductArguments
        {
            M = m,
            N = n,
            K = k,
            A = a.Pointer,
            Lda = a.Sizes[^1],
            TransposeA = TransposeLeft,
            B = b.Pointer,
            Ldb = b.Sizes[^1],
            TransposeB = TransposeRight,
            C = binding.Output.Pointer,
            Ldc = n,
            Scratch = binding.Scratch,
        };
        return new MatrixProductKernel(product, starts, ScratchPerPart((m, k, n)), binding.Program);
    }
}

public static partial class Flow
{
    /// <summary>The matrix product of the last two axes.</summary>
    public static Node MatMul(this Node left, Node right, bool transposeLeft = false, bool transposeRight = false, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(left, new MatMul(right, transposeLeft, transposeRight), name, file, line);
}
