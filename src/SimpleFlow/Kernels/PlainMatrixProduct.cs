namespace SimpleFlow.Kernels;

/// <summary>
/// The matrix product as it is defined: three loops over the same arguments as <see cref="MatrixProduct"/>. It is what the fast one
/// means, and what the tests compare it with. It needs no scratch.
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
                for (var p = 0; p < arguments.K; p++)
                {
                    var a = arguments.TransposeA ? arguments.A[(nint)p * arguments.Lda + i] : arguments.A[(nint)i * arguments.Lda + p];
                    var b = arguments.TransposeB ? arguments.B[(nint)j * arguments.Ldb + p] : arguments.B[(nint)p * arguments.Ldb + j];
                    sum = float.MultiplyAddEstimate(a, b, sum);
                }

                *c = sum;
            }

        if (arguments.M > 0 && arguments.N > 0) arguments.Epilogue?.Finish(arguments.EpiloguePart, arguments.EpilogueStart, arguments.M, arguments.N, arguments.Ldc);
    }
}
