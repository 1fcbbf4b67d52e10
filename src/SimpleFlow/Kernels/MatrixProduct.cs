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

    private static long ScratchFloats<TKernel>(int m, int n, int k, bool transposeA, bool transposeB) where TKernel : IMicroKernel =>
        (PacksA<TKernel>(n) ? ScratchOfA<TKernel>(k) : 0)
        + (PacksB<TKernel>(m, n, transposeB) ? (long)Math.Min(k, BlockSizes.Depth) * RoundUp(Math.Min(n, BlockSizes.Columns), TKernel.Width) : 0);

    private static int ScratchOfA<TKernel>(int k) where TKernel : IMicroKernel =>
        RoundUp(Math.Min(k, BlockSizes.Depth) * TKernel.Height, 16);

    // Packing A costs about the same whichever way it is stored, and is repaid by the columns it is used for.
    private static bool PacksA<TKernel>(int n) where TKernel : IMicroKernel => n >= BlockSizes.ColumnsThatRepayPackingA;

    // The rows of a transposed B are not rows in memory: it is packed always. A plain B is packed when it is wide and used often.
    private static bool PacksB<TKernel>(int m, int n, bool transposeB) where TKernel : IMicroKernel =>
        transposeB || (n >= BlockSizes.ColumnsThatNeedPackingB && m >= BlockSizes.RowsThatRepayPackingB);

    private static void Orient<TKernel>(in MatrixProductArguments arguments, int part, int parts) where TKernel : IMicroKernel
    {
        var piece = Piece.Of(arguments.M, arguments.N, TKernel.Width, part, parts);
        if (piece.Rows > 0 && piece.Columns > 0) Loops<TKernel>(arguments, piece);
    }

    /// <summary>
    /// The algorithm. Outermost a block of columns, then a block of the depth k, so that a block of B (Depth × Columns) fits in the level-2
    /// cache; then strips of A as high as a tile, which fit in level 1; then the tiles of that strip.
    /// <code>
    ///                         column        columnEnd
    ///                        ┌──────┬──────┬─────────┐
    ///              firstStep │      │ tile │         │    block of B: packed to panels as wide as a tile,
    ///                        │ B    │      │         │    or read where it is
    ///                        └──────┴──────┴─────────┘
    ///       ┌──────────┐     ┌──────┬──────┬─────────┐
    ///   row │ strip, A │     │      │ tile │         │    strip of C: finished after the last block of k,
    ///       └──────────┘     └──────┴──────┴─────────┘    then handed to the epilogue
    /// </code>
    /// </summary>
    private static void Loops<TKernel>(in MatrixProductArguments arguments, in Piece piece) where TKernel : IMicroKernel
    {
        var (k, lda, ldb, ldc) = (arguments.K, (nint)arguments.Lda, (nint)arguments.Ldb, (nint)arguments.Ldc);
        var packsA = PacksA<TKernel>(arguments.N);
        var packsB = PacksB<TKernel>(arguments.M, arguments.N, arguments.TransposeB);
        var stripOfA = arguments.Scratch;
        var blockOfB = arguments.Scratch + (packsA ? ScratchOfA<TKernel>(k) : 0);

        // Strips of equal height (give or take one row) waste nothing: 32 rows are 11 + 11 + 10, not 12 + 12 + 8.
        var strips = (piece.Rows + TKernel.Height - 1) / TKernel.Height;
        var (height, higher) = (piece.Rows / strips, piece.Rows % strips);

        Tile tile = default;
        tile.Ldc = ldc;
        tile.RowA = packsA || arguments.TransposeA ? 1 : lda;
        tile.StepA = packsA ? TKernel.Height : arguments.TransposeA ? lda : 1;
        tile.StepB = packsB ? TKernel.Width : ldb;
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

                var b = arguments.B + (arguments.TransposeB ? column * ldb + firstStep : firstStep * ldb + column);
                if (packsB)
                {
                    PackB<TKernel>(b, ldb, arguments.TransposeB, columnEnd - column, depth, blockOfB);
                    b = blockOfB;
                }

                var row = piece.Row;
                for (var strip = 0; strip < strips; strip++)
                {
                    tile.Rows = height + (strip < higher ? 1 : 0);
                    var a = arguments.A + (arguments.TransposeA ? firstStep * lda + row : row * lda + firstStep);
                    if (packsA)
                    {
                        if (arguments.TransposeA) Packing.Along(a, lda, tile.Rows, depth, stripOfA, TKernel.Height);
                        else Packing.Across(a, lda, tile.Rows, depth, stripOfA, TKernel.Height);
                        a = stripOfA;
                    }

                    tile.A = a;

                    var c = arguments.C + row * ldc;
                    for (var j = column; j < columnEnd; j += TKernel.Width)
                    {
                        tile.Columns = Math.Min(columnEnd - j, TKernel.Width);
                        tile.B = b + (nint)(j - column) * (packsB ? depth : 1);
                        tile.C = c + j;
                        TKernel.Run(tile);
                    }

                    if (isLast && arguments.Epilogue != null)
                        arguments.Epilogue(arguments.EpilogueContext, c + column, arguments.Ldc, row, column, tile.Rows, columnEnd - column);
                    row += tile.Rows;
                }

                firstStep += depth;
            }
            while (firstStep < k);
        }
    }

    private static void PackB<TKernel>(float* b, nint ldb, bool transposed, int columns, int depth, float* block) where TKernel : IMicroKernel
    {
        for (var j = 0; j < columns; j += TKernel.Width)
        {
            var used = Math.Min(columns - j, TKernel.Width);
            if (transposed) Packing.Across(b + j * ldb, ldb, used, depth, block, TKernel.Width);
            else Packing.Along(b + j, ldb, used, depth, block, TKernel.Width);
            block += (nint)depth * TKernel.Width;
        }
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
