namespace SimpleFlow.Kernels;

/// <summary>
/// The matrix product. A tile of C is computed in registers (<see cref="IMicroKernel"/>); around it run four loops that bring the right
/// pieces of A and B close to the processor, in <see cref="Loops{TKernel}"/>, which is the whole algorithm. See
/// <see cref="MatrixProductArguments"/> for the contract.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>
    /// Computes the <paramref name="part"/>-th of <paramref name="parts"/> disjoint pieces of C = op(A) · op(B). The pieces may be computed
    /// at the same time, and every element has the same bits for any number of them. Where there are more parts than C can be cut into,
    /// some do nothing.
    /// </summary>
    public static void Multiply(in MatrixProductArguments arguments, int part = 0, int parts = 1) =>
        Multiply(arguments, VectorWidths.Best, part, parts);

    /// <summary>The same with a given micro-kernel, which must be supported here.</summary>
    public static void Multiply(in MatrixProductArguments arguments, VectorWidth width, int part, int parts)
    {
        if (arguments.M <= 0 || arguments.N <= 0) return;

        switch (width)
        {
            case VectorWidth.Bits512: Orient<MicroKernel512>(arguments, part, parts); break;
            case VectorWidth.Bits256: Orient<MicroKernel256>(arguments, part, parts); break;
            case VectorWidth.Bits128: Orient<MicroKernel128>(arguments, part, parts); break;
            default: Orient<MicroKernelScalar>(arguments, part, parts); break;
        }
    }

    /// <summary>How many floats of scratch, on a 64-byte boundary, each part of a product of these sizes needs: 0 where nothing is packed.</summary>
    public static long ScratchFloats(int m, int n, int k, bool transposeA, bool transposeB) =>
        ScratchFloats(VectorWidths.Best, m, n, k, transposeA, transposeB);

    /// <summary>The same for a given micro-kernel.</summary>
    public static long ScratchFloats(VectorWidth width, int m, int n, int k, bool transposeA, bool transposeB) => width switch
    {
        VectorWidth.Bits512 => ScratchFloats<MicroKernel512>(m, n, k, transposeA, transposeB),
        VectorWidth.Bits256 => ScratchFloats<MicroKernel256>(m, n, k, transposeA, transposeB),
        VectorWidth.Bits128 => ScratchFloats<MicroKernel128>(m, n, k, transposeA, transposeB),
        _ => ScratchFloats<MicroKernelScalar>(m, n, k, transposeA, transposeB),
    };

    private static long ScratchFloats<TKernel>(int m, int n, int k, bool transposeA, bool transposeB) where TKernel : IMicroKernel
    {
        var asIs = ScratchFloats<TKernel>(m, n, k, transposeB);
        return n == 1 ? Math.Max(asIs, ScratchFloats<TKernel>(1, m, k, !transposeA)) : asIs;   // see Orient
    }

    private static long ScratchFloats<TKernel>(int m, int n, int k, bool transposeB) where TKernel : IMicroKernel =>
        Packs(m, n, transposeB) ? (long)Math.Min(k, BlockSizes.Depth) * RoundUp(Math.Min(n, BlockSizes.Columns), TKernel.Width) : 0;

    // The rows of a transposed B are not rows in memory: it is packed always. A plain B is packed when it is wide and used often.
    private static bool Packs(int m, int n, bool transposeB) =>
        transposeB || (m >= BlockSizes.RowsThatRepayPacking && n >= BlockSizes.ColumnsThatNeedPacking);

    /// <summary>
    /// A result of one column would leave all lanes of a vector but one empty. Where its elements lie side by side it is computed as a row,
    /// Cᵀ = op(B)ᵀ · op(A)ᵀ: the same sums, and 16 of them in a vector.
    /// </summary>
    private static void Orient<TKernel>(in MatrixProductArguments arguments, int part, int parts) where TKernel : IMicroKernel
    {
        if (arguments.N > 1 || arguments.M == 1 || arguments.Ldc > 1)
        {
            Loops<TKernel>(arguments, Piece.Of(arguments.M, arguments.N, TKernel.Width, part, parts), isTurned: false);
            return;
        }

        var turned = new MatrixProductArguments
        {
            M = 1,
            N = arguments.M,
            K = arguments.K,
            A = arguments.B,
            Lda = arguments.Ldb,
            TransposeA = !arguments.TransposeB,
            B = arguments.A,
            Ldb = arguments.Lda,
            TransposeB = !arguments.TransposeA,
            C = arguments.C,
            Ldc = arguments.M,
            Accumulate = arguments.Accumulate,
            Scratch = arguments.Scratch,
            Epilogue = arguments.Epilogue,
            EpilogueContext = arguments.EpilogueContext,
        };
        Loops<TKernel>(turned, Piece.Of(1, arguments.M, TKernel.Width, part, parts), isTurned: true);
    }

    /// <summary>
    /// The algorithm. Outermost a block of columns, then a block of the depth k, so that a block of B (Depth × Columns) fits in the level-2
    /// cache; then strips of A as high as a tile, which fit in level 1; then the tiles of that strip.
    /// <code>
    ///                           column        columnEnd
    ///                          ┌──────┬──────┬───────┐
    ///                firstStep │      │ panel│       │    block of B: packed to panels as wide as a tile,
    ///                          │      │      │       │    or read where it is
    ///                          └──────┴──────┴───────┘
    ///       ┌────────────┐     ┌──────┬──────┬───────┐
    ///   row │ strip of A │     │      │ tile │       │    strip of C: finished after the last block of k,
    ///       └────────────┘     └──────┴──────┴───────┘    then handed to the epilogue while it is in the cache
    /// </code>
    /// </summary>
    private static void Loops<TKernel>(in MatrixProductArguments arguments, in Piece piece, bool isTurned) where TKernel : IMicroKernel
    {
        if (piece.Rows == 0 || piece.Columns == 0) return;

        var (k, lda, ldb, ldc) = (arguments.K, (nint)arguments.Lda, (nint)arguments.Ldb, (nint)arguments.Ldc);

        // A single column of floats side by side is a row as it stands.
        var transposeB = arguments.TransposeB && (k > 1 || ldb > 1);
        var packs = Packs(arguments.M, arguments.N, transposeB);

        // Strips of equal height (give or take one row) waste nothing: 32 rows are 11 + 11 + 10, not 12 + 12 + 8.
        var strips = (piece.Rows + TKernel.Height - 1) / TKernel.Height;
        var (height, higher) = (piece.Rows / strips, piece.Rows % strips);

        Tile tile = default;
        tile.Ldc = ldc;
        tile.RowA = arguments.TransposeA ? 1 : lda;
        tile.StepA = arguments.TransposeA ? lda : 1;
        tile.StepB = packs ? TKernel.Width : ldb;
        for (var column = piece.Column; column < piece.ColumnEnd; column += BlockSizes.Columns)
        {
            var columnEnd = Math.Min(column + BlockSizes.Columns, piece.ColumnEnd);
            var firstStep = 0;
            do
            {
                var depth = Math.Min(k - firstStep, BlockSizes.Depth);
                var isLast = firstStep + depth == k;
                tile.Depth = depth;
                tile.Continue = arguments.Accumulate || firstStep > 0;

                var b = arguments.B + (transposeB ? column * ldb + firstStep : firstStep * ldb + column);
                if (packs)
                {
                    if (transposeB) Packing.Transposed(b, ldb, columnEnd - column, depth, arguments.Scratch, TKernel.Width);
                    else Packing.Plain(b, ldb, columnEnd - column, depth, arguments.Scratch, TKernel.Width);
                    b = arguments.Scratch;
                }

                var row = piece.Row;
                for (var strip = 0; strip < strips; strip++)
                {
                    tile.Rows = height + (strip < higher ? 1 : 0);
                    tile.A = arguments.A + (arguments.TransposeA ? firstStep * lda + row : row * lda + firstStep);
                    var c = arguments.C + row * ldc;
                    for (var j = column; j < columnEnd; j += TKernel.Width)
                    {
                        tile.Columns = Math.Min(columnEnd - j, TKernel.Width);
                        tile.B = b + (nint)(j - column) * (packs ? depth : 1);
                        tile.C = c + j;
                        TKernel.Run(tile);
                    }

                    if (isLast && arguments.Epilogue != null)
                    {
                        if (isTurned) arguments.Epilogue(arguments.EpilogueContext, c + column, 1, column, 0, columnEnd - column, 1);
                        else arguments.Epilogue(arguments.EpilogueContext, c + column, arguments.Ldc, row, column, tile.Rows, columnEnd - column);
                    }

                    row += tile.Rows;
                }

                firstStep += depth;
            }
            while (firstStep < k);
        }
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
