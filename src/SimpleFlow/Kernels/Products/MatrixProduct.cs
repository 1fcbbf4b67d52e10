using static SimpleFlow.Kernels.Products.BlockSizes;

namespace SimpleFlow.Kernels.Products;

/// <summary>
/// The matrix product. A tile of C is computed in registers (<see cref="IMicroKernel"/>); around it run four loops that bring the right
/// pieces of A and B close to the processor, in <see cref="Loops{TKernel}"/>, which is the whole algorithm. See
/// <see cref="MatrixProductArguments"/> for the contract.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>
    /// Computes the <paramref name="part"/>-th of <paramref name="parts"/> disjoint pieces of C = op(A) · op(B). The pieces may be computed
    /// at the same time, and every element has the same bits for any number of them. If there are more parts than pieces of C, some do
    /// nothing.
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

    /// <summary>How many floats of scratch, on a 64-byte boundary, each part of a product of these sizes needs: 0 if nothing is
    /// packed.</summary>
    public static long ScratchFloats(int m, int n, int k, bool transposeA, bool transposeB, bool panelsB = false) =>
        ScratchFloats(VectorWidths.Best, m, n, k, transposeA, transposeB, panelsB);

    /// <summary>The same for a given micro-kernel.</summary>
    public static long ScratchFloats(VectorWidth width, int m, int n, int k, bool transposeA, bool transposeB, bool panelsB = false) =>
        width switch
        {
            VectorWidth.Bits512 => ScratchFloats<MicroKernel512>(m, n, k, transposeA, transposeB, panelsB),
            VectorWidth.Bits256 => ScratchFloats<MicroKernel256>(m, n, k, transposeA, transposeB, panelsB),
            VectorWidth.Bits128 => ScratchFloats<MicroKernel128>(m, n, k, transposeA, transposeB, panelsB),
            _ => ScratchFloats<MicroKernelScalar>(m, n, k, transposeA, transposeB, panelsB),
        };

    private static long ScratchFloats<TKernel>(int m, int n, int k, bool transposeA, bool transposeB, bool panelsB)
        where TKernel : IMicroKernel
    {
        var asIs = ScratchFloatsAsIs<TKernel>(m, n, k, transposeB, panelsB);
        return n == 1 ? Math.Max(asIs, ScratchFloatsAsIs<TKernel>(1, m, k, !transposeA, panelsB: false)) : asIs;   // see Orient
    }

    private static long ScratchFloatsAsIs<TKernel>(int m, int n, int k, bool transposeB, bool panelsB) where TKernel : IMicroKernel =>
        PackedB<TKernel>(m, n, k, transposeB, panelsB) + PackedA<TKernel>(m, n, k)
            + (HasTotals(k) ? ScratchSize.Of(2, m, Math.Min(n, Columns<TKernel>(m, n))) : 0);

    private static long PackedA<TKernel>(int m, int n, int k) where TKernel : IMicroKernel =>
        PacksA<TKernel>(m, n) ? (long)Math.Min(m, BlockSizes.Rows) * Math.Min(k, BlockSizes.Depth) : 0;

    // The floats of a packed block of B; 0 if it is read in place.
    private static long PackedB<TKernel>(int m, int n, int k, bool transposeB, bool panelsB) where TKernel : IMicroKernel =>
        PacksB(m, n, transposeB) && !panelsB
            ? (long)Math.Min(k, BlockSizes.Depth) * RoundUp(Math.Min(n, Columns<TKernel>(m, n)), TKernel.Width) : 0;

    // The rows of a transposed B are not contiguous, so it is always packed. A plain B is packed if it is wide and used often.
    private static bool PacksB(int m, int n, bool transposeB) => transposeB || IsLarge(m, n);

    private static bool PacksA<TKernel>(int m, int n) where TKernel : IMicroKernel => TKernel.PacksA && IsLarge(m, n);

    private static bool IsLarge(int m, int n) => m >= BlockSizes.RowsThatRepayPacking && n >= BlockSizes.ColumnsThatNeedPacking;

    private static int Columns<TKernel>(int m, int n) where TKernel : IMicroKernel =>
        PacksA<TKernel>(m, n) ? BlockSizes.ColumnsBesidePackedA : BlockSizes.Columns;

    private static bool IsOneColumn(in MatrixProductArguments arguments) => arguments.N == 1 && arguments.M > 1 && arguments.Ldc <= 1;

    // A single column of contiguous floats is already a row.
    private static bool IsTurned(in MatrixProductArguments arguments) => arguments.TransposeB && (arguments.K > 1 || arguments.Ldb > 1);

    private static bool HasTotals(int k) => k > LongSums.Block;

    /// <summary>Which paths a product takes.</summary>
    public static IEnumerable<KernelPath> Paths(in MatrixProductArguments arguments)
    {
        var sums = HasTotals(arguments.K) ? KernelPath.Blocks : LongSums.PathOf(arguments.K);
        if (IsOneColumn(arguments)) return [KernelPath.OneColumn, sums];
        var turned = IsTurned(arguments);
        var packing = arguments.PanelsB ? KernelPath.InPanels
            : turned ? KernelPath.TurnedAndPacked
            : PacksB(arguments.M, arguments.N, turned) ? KernelPath.Packed
            : KernelPath.InPlace;
        return VectorWidths.Best == VectorWidth.Bits256 && PacksA<MicroKernel256>(arguments.M, arguments.N)
            ? [packing, KernelPath.BothPacked, sums] : [packing, sums];
    }

    /// <summary>
    /// A result of one column would leave all but one lane of a vector empty. If its elements are contiguous, it is computed as a row, Cᵀ =
    /// op(B)ᵀ · op(A)ᵀ: the same sums, 16 of them per vector.
    /// </summary>
    private static void Orient<TKernel>(in MatrixProductArguments arguments, int part, int parts) where TKernel : IMicroKernel
    {
        if (!IsOneColumn(arguments))
        {
            Loops<TKernel>(arguments, Piece.Of(arguments.M, arguments.N, TKernel.Width, part, parts));
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
            EpiloguePart = arguments.EpiloguePart,
            EpilogueStart = arguments.EpilogueStart,
        };
        Loops<TKernel>(turned, Piece.Of(1, arguments.M, TKernel.Width, part, parts));
    }

    /// <summary>
    /// The algorithm. Outermost a block of columns, then a block of the depth k, then a block of rows;
    /// in it, for each panel of B as wide as a tile, the strips of A as high as a tile.
    /// <code>
    ///                           column        columnEnd
    ///                          ┌──────┬──────┬───────┐
    ///                firstStep │      │ panel│       │    block of B: packed to panels as wide as a tile,
    ///                          │      │      │       │    or read where it is
    ///                          └──────┴──────┴───────┘
    ///       ┌────────────┐     ┌──────┬──────┬───────┐
    ///   row │  strip     │     │      │ tile │       │    block of C: finished after the last block of k,
    ///       │  …         │     │      │ …    │       │    then handed to the epilogue while it is in the cache
    ///       └────────────┘     └──────┴──────┴───────┘
    ///        block of A: packed to strips, or a single strip, read where it is
    /// </code>
    /// The sums over the blocks of k are one chain, or several that are added to C: see <see cref="LongSums"/>.
    /// With A packed, or B in panels from the start, a panel of B stays in the level-1 cache while the block of A passes by in level 2.
    /// Otherwise a block of A is one strip, which stays in level 1 while the block of B passes by.
    /// </summary>
    private static void Loops<TKernel>(in MatrixProductArguments arguments, in Piece piece) where TKernel : IMicroKernel
    {
        if (piece.Rows == 0 || piece.Columns == 0) return;

        var (k, lda, ldb, ldc) = (arguments.K, (nint)arguments.Lda, (nint)arguments.Ldb, (nint)arguments.Ldc);

        var (transposeB, panelsB) = (IsTurned(arguments), arguments.PanelsB);
        var packsA = PacksA<TKernel>(arguments.M, arguments.N);
        var packsB = PacksB(arguments.M, arguments.N, transposeB) && !panelsB;
        var packedA = arguments.Scratch + PackedB<TKernel>(arguments.M, arguments.N, k, transposeB, panelsB);
        var (isLong, hasTotals) = (k > LongSums.Chain, HasTotals(k));
        var totals = (double*)(packedA + PackedA<TKernel>(arguments.M, arguments.N, k));

        // As with steps: 32 rows are 11 + 11 + 10, not 12 + 12 + 8.
        var mostColumns = Even(piece.Columns, Columns<TKernel>(arguments.M, arguments.N), TKernel.Width);
        var mostSteps = StepsOf(k);
        var strips = EvenCut.Pieces(piece.Rows, TKernel.Height);
        var inBlocks = packsA || panelsB;
        var stripsOfBlock = inBlocks ? Even(strips, BlockSizes.Rows / TKernel.Height, 1) : 1;
        var cut = new EvenCut(piece.Rows, strips);
        (nint rowA, nint stepA) = arguments.TransposeA ? ((nint)1, lda) : (lda, (nint)1);

        Tile tile = default;
        tile.Ldc = ldc;
        (tile.RowA, tile.StepA) = (rowA, stepA);
        tile.StepB = packsB || panelsB ? TKernel.Width : ldb;
        for (int column = piece.Column, columnEnd; column < piece.ColumnEnd; column = columnEnd)
        {
            columnEnd = column + Math.Min(mostColumns, piece.ColumnEnd - column);
            var firstStep = 0;
            var chains = 0;
            if (hasTotals) new Span<double>(totals, checked(piece.Rows * (columnEnd - column))).Clear();
            do
            {
                var depth = Math.Min(k - firstStep, mostSteps);
                tile.Depth = depth;
                var continues = arguments.Accumulate && firstStep == 0 || chains > 0;
                chains++;
                var endsBlock = hasTotals && (chains == LongSums.ChainsOfBlock || firstStep + depth == k);
                (tile.Continue, tile.Adds) = (continues && !isLong, continues && isLong);

                var b = arguments.B + (panelsB ? (nint)column * k + firstStep * TKernel.Width
                    : transposeB ? column * ldb + firstStep : firstStep * ldb + column);
                if (packsB)
                {
                    if (transposeB) Packing.Transposed(b, ldb, columnEnd - column, depth, arguments.Scratch, TKernel.Width);
                    else Packing.Plain(b, ldb, columnEnd - column, depth, arguments.Scratch, TKernel.Width);
                    b = arguments.Scratch;
                }

                for (var firstStrip = 0; firstStrip < strips; firstStrip += stripsOfBlock)
                {
                    var endStrip = Math.Min(firstStrip + stripsOfBlock, strips);
                    var row = piece.Row + cut.Before(firstStrip);
                    var rowEnd = piece.Row + cut.Before(endStrip);
                    var a = arguments.A + row * rowA + firstStep * stepA;
                    if (packsA)
                    {
                        for (var (top, strip) = (row, firstStrip); strip < endStrip; strip++)
                        {
                            var next = piece.Row + cut.Before(strip + 1);
                            Packing.Strip(a + (top - row) * rowA, rowA, stepA, next - top, depth, packedA + (nint)(top - row) * depth);
                            top = next;
                        }
                    }

                    for (nint j = column; j < columnEnd; j += TKernel.Width)
                    {
                        tile.Columns = (int)Math.Min(columnEnd - j, TKernel.Width);
                        tile.B = b + (j - column) * (packsB ? depth : panelsB ? k : 1);
                        for (var (top, strip) = (row, firstStrip); strip < endStrip; strip++)
                        {
                            var next = piece.Row + cut.Before(strip + 1);
                            tile.Rows = next - top;
                            if (packsA)
                            {
                                tile.A = packedA + (nint)(top - row) * depth;
                                (tile.RowA, tile.StepA) = arguments.TransposeA ? (1, tile.Rows) : (depth, 1);
                            }
                            else tile.A = a + (top - row) * rowA;
                            tile.C = arguments.C + top * ldc + j;
                            TKernel.Run(tile);
                            top = next;
                        }
                    }

                    // Calls for a single strip would be too short: the totals and the epilogue take all rows at once then.
                    if (!(inBlocks || endStrip == strips)) continue;
                    var first = inBlocks ? row : piece.Row;
                    for (var i = first; endsBlock && i < rowEnd; i++)
                    {
                        var total = totals + (nint)(i - piece.Row) * (columnEnd - column);
                        LongSums.Add(arguments.C + i * ldc + column, total, columnEnd - column);
                        if (firstStep + depth == k) LongSums.Round(total, arguments.C + i * ldc + column, columnEnd - column);
                    }
                    if (firstStep + depth == k)
                        arguments.Epilogue?.Finish(arguments.EpiloguePart, arguments.EpilogueStart + first * arguments.Ldc + column,
                            rowEnd - first, columnEnd - column, arguments.Ldc);
                }

                if (endsBlock) chains = 0;
                firstStep += depth;
            }
            while (firstStep < k);
        }
    }
}
