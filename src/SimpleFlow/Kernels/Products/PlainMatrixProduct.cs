namespace SimpleFlow.Kernels.Products;

/// <summary>
/// The matrix product by its definition: three loops over the same arguments as <see cref="MatrixProduct"/>. It defines what the fast one
/// must compute, and the tests compare the two. It needs no scratch.
/// </summary>
internal static unsafe class PlainMatrixProduct
{
    /// <summary>C = op(A) · op(B), or C += op(A) · op(B).</summary>
    public static void Multiply(in MatrixProductArguments arguments)
    {
        for (var i = 0; i < arguments.M; i++)
            for (var j = 0; j < arguments.N; j++)
            {
                var c = arguments.C + (nint)i * arguments.Ldc + j;
                var sum = arguments.Accumulate ? *c : 0f;
                *c = arguments.K <= LongSums.Chain ? Chain(arguments, i, j, 0, arguments.K, sum) : Chains(arguments, i, j, sum);
            }

        if (arguments.M > 0 && arguments.N > 0)
            arguments.Epilogue?.Finish(arguments.EpiloguePart, arguments.EpilogueStart, arguments.M, arguments.N, arguments.Ldc);
    }

    private static float Chain(in MatrixProductArguments arguments, int i, int j, int first, int end, float sum)
    {
        for (var p = first; p < end; p++)
        {
            var a = arguments.TransposeA ? arguments.A[(nint)p * arguments.Lda + i] : arguments.A[(nint)i * arguments.Lda + p];
            var b = arguments.TransposeB ? arguments.B[(nint)j * arguments.Ldb + p] : arguments.B[(nint)p * arguments.Ldb + j];
            sum = float.MultiplyAddEstimate(a, b, sum);
        }

        return sum;
    }

    private static float Chains(in MatrixProductArguments arguments, int i, int j, float sum)
    {
        var (steps, chains, total) = (BlockSizes.StepsOf(arguments.K), 0, 0.0);
        for (int first = 0, end; first < arguments.K; first = end)
        {
            end = first + Math.Min(steps, arguments.K - first);
            sum += Chain(arguments, i, j, first, end, 0);
            if (++chains < LongSums.ChainsOfBlock || arguments.K <= LongSums.Block) continue;
            total += sum;
            (chains, sum) = (0, 0);
        }

        return (float)(total + sum);
    }
}
