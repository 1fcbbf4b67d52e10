namespace SimpleFlow.Onnx.Operators;

/// <summary>Determinants of square matrices.</summary>
internal static class Determinants
{
    public static IEnumerable<Operator> All => [new("Det", node => node.Result(Flow.AddFlow(node.Float(0), new Determinant())))];
}

/// <summary>The determinant of the matrices in the last two axes. Its derivative by an element is the element's cofactor: the signed
/// determinant of the matrix without its row and column.</summary>
internal sealed record Determinant : CustomOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        if (x.Rank < 2 || (x[^1] is { } columns && x[^2] is { } rows && columns != rows))
            throw new ShapeException("a determinant needs square matrices, [n, n] in the last two axes.", "Correct the file.");
        return Shape.Create([.. x.Take(x.Rank - 2)]);
    }

    protected override Node? Gradient(Operation node, Node upstream, int input)
    {
        var x = node.Inputs[0];
        var (rank, size) = (x.Shape.Rank, (int)(x.Shape[^1] ?? x.Shape[^2] ?? throw new GraphException(
            $"The derivative of the determinant `{node.Label}` needs matrices of a known size.")));
        if (size == 1) return upstream.Unsqueeze([rank - 2, rank - 1]);
        var rows = Enumerable.Range(0, size).Select(row => Flow.Concat([.. Enumerable.Range(0, size).Select(column =>
        {
            var rest = Reversal.At(Reversal.At(x, rank - 2, Without(row, size)), rank - 1, Without(column, size));
            var minor = Flow.AddFlow(rest, new Determinant());
            return ((row + column) % 2 == 0 ? minor : -minor).Unsqueeze([rank - 2, rank - 1]);
        })], rank - 1));
        return upstream.Unsqueeze([rank - 2, rank - 1]) * Flow.Concat([.. rows], rank - 2);
    }

    private static IEnumerable<int> Without(int one, int size) => Enumerable.Range(0, size).Where(i => i != one);

    // Gauss's elimination with the largest pivot of each column.
    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        var size = inputs[0].Size(-1);
        for (var i = 0; i < result.Values.Length; i++)
        {
            var matrix = inputs[0].Values.Slice(i * size * size, size * size);
            var product = 1.0;
            for (var column = 0; column < size && product != 0; column++)
            {
                var pivot = column;
                for (var row = column + 1; row < size; row++)
                    if (Math.Abs(matrix[row * size + column]) > Math.Abs(matrix[pivot * size + column])) pivot = row;
                if (pivot != column)
                {
                    for (var k = 0; k < size; k++)
                        (matrix[pivot * size + k], matrix[column * size + k]) = (matrix[column * size + k], matrix[pivot * size + k]);
                    product = -product;
                }
                var head = matrix[column * size + column];
                product *= head;
                for (var row = column + 1; row < size && head != 0; row++)
                {
                    var share = matrix[row * size + column] / head;
                    for (var k = column; k < size; k++) matrix[row * size + k] -= share * matrix[column * size + k];
                }
            }
            result.Values[i] = product;
        }
    }
}
