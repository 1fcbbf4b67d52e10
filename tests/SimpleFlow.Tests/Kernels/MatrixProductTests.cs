using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Tests.Kernels;

/// <summary>The fast product against the three plain loops, at every edge, in every width this processor has.</summary>
[Trait("Promise", "4")]
public sealed unsafe class MatrixProductTests(ITestOutputHelper output) : IDisposable
{
    private const int Block = BlockSizes.Depth;
    private const double UnitRoundoff = 1.0 / (1 << 24);

    private readonly GuardedFloats a = new(1 << 20);
    private readonly GuardedFloats b = new(1 << 20);
    private readonly GuardedFloats c = new(1 << 20);
    private readonly GuardedFloats scratch = new(1 << 20);
    private readonly Random random = new(20260731);
    private int products;

    public static TheoryData<string> Widths =>
        [.. Enum.GetValues<VectorWidth>().Where(VectorWidths.IsSupported).Select(width => width.ToString())];

    public void Dispose()
    {
        a.Dispose();
        b.Dispose();
        c.Dispose();
        scratch.Dispose();
    }

    [Theory, MemberData(nameof(Widths))]
    public void EveryRemainderOfTheTile(string width)
    {
        var (kernel, height, columns) = Kernel(width);
        for (var m = 1; m <= 2 * height + 1; m++)
            for (var n = 1; n <= 2 * columns + 1; n++)
                for (var form = 0; form < 4; form++)
                    Check(new Case(kernel, m, n, (m + n) % 7 + 1, form, Accumulate: (m + n / 2) % 2 == 0, Padding: (m + n) % 3 * 5));
        // Where a second block of the depth begins, once round the tile.
        for (var m = 1; m <= height; m++)
            for (var n = 1; n <= columns; n++)
                Check(new Case(kernel, m, n, Block + 1, (m + n) % 4, Accumulate: m % 2 == 0, Padding: n % 3));
        output.WriteLine($"{products} products compared.");
    }

    [Theory, MemberData(nameof(Widths))]
    public void EveryDepthAroundTheBlock(string width)
    {
        var (kernel, height, columns) = Kernel(width);
        foreach (var k in new[] { 0, 1, 2, Block - 1, Block, Block + 1, 3 * Block + 5 })
            foreach (var m in new[] { 1, height, height + 1, 2 * height - 1 })
                foreach (var n in new[] { 1, columns - 1, columns, 2 * columns + 3 })
                    for (var form = 0; form < 8; form++)
                        Check(new Case(kernel, m, n, k, form % 4, Accumulate: form >= 4, Padding: (m + n + form) % 2 * 3));
        output.WriteLine($"{products} products compared.");
    }

    [Theory, MemberData(nameof(Widths))]
    public void PackedOrReadWhereItIs(string width)
    {
        // Both sides of every threshold, and more columns than a block has.
        var (kernel, _, _) = Kernel(width);
        int[] rows = [1, 35, BlockSizes.RowsThatRepayPacking];
        int[] columns = [100, BlockSizes.ColumnsThatNeedPacking - 1, BlockSizes.Columns, BlockSizes.Columns + 37];
        foreach (var m in rows)
            foreach (var n in columns)
                foreach (var k in new[] { 0, 6, Block + 7 })
                    for (var form = 0; form < 4; form++)
                    {
                        if (m > 100 && k > 6 && (n < BlockSizes.Columns || form == 1)) continue;   // the oracle takes its time
                        Check(new Case(kernel, m, n, k, form, Accumulate: (m + n + k) % 2 == 0, Padding: n % 2));
                    }
    }

    [Theory, MemberData(nameof(Widths))]
    public void LargeProductsWithBothOperandsPacked(string width)
    {
        // Several blocks of rows, of columns and of the depth, none of them full.
        var (kernel, _, _) = Kernel(width);
        foreach (var (m, n, k) in new[] { (BlockSizes.RowsThatRepayPacking, BlockSizes.ColumnsThatNeedPacking, 3),
            (2 * BlockSizes.Rows + 5, BlockSizes.ColumnsBesidePackedA + 37, Block + 7) })
            for (var form = 0; form < 4; form++)
                Check(new Case(kernel, m, n, k, form, Accumulate: form % 2 == 0, Padding: k % 2));
    }

    [Theory, MemberData(nameof(Widths))]
    public void TheShapesOfSmallNetworks(string width)
    {
        var (kernel, _, _) = Kernel(width);
        foreach (var (m, k, n) in new[] { (200, 784, 64), (200, 64, 10), (784, 200, 64), (200, 10, 64), (32, 1, 20), (32, 20, 1),
            (20, 32, 1), (1, 32, 20), (20, 1, 32), (128, 400, 120), (1, 1, 1), (1, 300, 300), (300, 300, 1) })
            for (var form = 0; form < 4; form++)
                Check(new Case(kernel, m, n, k, form, Accumulate: false, Padding: 0));
    }

    [Theory, MemberData(nameof(Widths))]
    public void EveryNumberOfPartsGivesTheSameBits(string width)
    {
        var (kernel, height, columns) = Kernel(width);
        foreach (var (m, n, k) in new[] { (1, 1, 3), (1, 300, 20), (300, 1, 20), (height, columns, 9), (height + 1, columns + 1, 9),
            (100, 70, Block + 3), (50, 520, Block + 3), (520, 50, 11), (BlockSizes.RowsThatRepayPacking, 300, 11),
            (BlockSizes.RowsThatRepayPacking + 1, BlockSizes.ColumnsThatNeedPacking + 1, 11) })
            for (var form = 0; form < 4; form++)
            {
                uint[]? whole = null;
                foreach (var parts in new[] { 1, 2, 3, 8, 40 })
                {
                    var product = Prepare(new Case(kernel, m, n, k, form, Accumulate: true, Padding: n == 1 ? 0 : 2), seed: 7);
                    for (var part = parts - 1; part >= 0; part--) MatrixProduct.Multiply(product, kernel, part, parts);
                    var bits = Bits(product);
                    whole ??= bits;
                    Assert.True(whole.AsSpan().SequenceEqual(bits), $"{m}×{n}×{k}, form {form}, {parts} parts");
                }
            }
    }

    [Theory, MemberData(nameof(Widths))]
    public void EveryWidthGivesTheBitsOfThePlainLoops(string width)
    {
        // One chain of fused multiply-adds per element leaves no freedom. Without the instruction only the bound holds, tested elsewhere.
        Assert.SkipUnless(Fma.IsSupported || AdvSimd.IsSupported, "This processor has no fused multiply-add.");
        var (kernel, _, _) = Kernel(width);
        foreach (var (m, n, k) in new[] { (13, 37, 3 * Block + 5), (60, 300, Block + 1), (7, 10, 20), (7, 37, LongSums.Chain),
            (13, 37, LongSums.Chain + 1), (1, 3, LongSums.Block), (3, 5, LongSums.Block + 1), (2, 3, 2 * LongSums.Block + 7) })
            for (var form = 0; form < 8; form++)
            {
                var shape = new Case(kernel, m, n, k, form % 4, Accumulate: form >= 4, Padding: 1);
                var plain = Prepare(shape, seed: 3);
                PlainMatrixProduct.Multiply(plain);
                var expected = Bits(plain);
                var fast = Prepare(shape, seed: 3);
                MatrixProduct.Multiply(fast, kernel, 0, 1);
                Assert.Equal(expected, Bits(fast));
            }
    }

    [Theory, MemberData(nameof(Widths))]
    public void TheEpilogueSeesEveryFinishedElementOnce(string width)
    {
        var (kernel, height, columns) = Kernel(width);
        foreach (var (m, n, k) in new[] { (1, 1, 0), (1, 1, 1), (height + 1, columns + 1, 5), (61, 10, 3),
            (50, BlockSizes.Columns + 9, Block + 3), (1, 70, Block + 1), (70, 1, Block + 1),
            (BlockSizes.RowsThatRepayPacking, BlockSizes.ColumnsThatNeedPacking + 3, Block + 1) })
            foreach (var padding in new[] { 0, 4 })
                for (var form = 0; form < 4; form++)
                    foreach (var parts in new[] { 1, 3 })
                    {
                        var shape = new Case(kernel, m, n, k, form, Accumulate: form % 2 == 0, padding);
                        var plain = Prepare(shape, seed: 5);
                        MatrixProduct.Multiply(plain, kernel, 0, 1);
                        var finished = Bits(plain);

                        // Every visit overwrites the element with a count, which the next visit would find instead of the finished value.
                        var product = Prepare(shape, seed: 5);
                        var log = new EpilogueLog(product, finished, start: 7);
                        for (var part = 0; part < parts;
                        part++)
                            MatrixProduct.Multiply(product with { Epilogue = log, EpiloguePart = part, EpilogueStart = 7 }, kernel,
                            part, parts);
                        Assert.Equal(0, log.Mistakes);
                        Assert.Equal((long)m * n, log.Visited);
                        Assert.All(Bits(product), bits => Assert.Equal(Visited, bits));
                        AssertUntouchedAround(product, shape);
                    }
    }

    [Fact]
    public void NothingToDoTouchesNothing()
    {
        foreach (var width in Enum.GetValues<VectorWidth>().Where(VectorWidths.IsSupported))
            foreach (var (m, n) in new[] { (0, 5), (5, 0), (0, 0) })
            {
                var product = Prepare(new Case(width, m, n, 4, 0, Accumulate: false, Padding: 3), seed: 1);
                var log = new EpilogueLog(product, [], start: 0);
                MatrixProduct.Multiply(product with { Epilogue = log }, width, 0, 1);
                Assert.Equal(0, log.Visited);
                AssertUntouchedAround(product, new Case(width, m, n, 4, 0, Accumulate: false, Padding: 3));
            }
    }

    [Fact]
    public void PiecesCoverEverythingOnce()
    {
        for (var m = 1; m <= 40; m += 3)
            for (var n = 1; n <= 140; n += 13)
                for (var parts = 1; parts <= 12; parts++)
                {
                    var visits = new int[m, n];
                    for (var part = 0; part < parts; part++)
                    {
                        var piece = Piece.Of(m, n, 32, part, parts);
                        for (var i = piece.Row; i < piece.RowEnd; i++)
                            for (var j = piece.Column; j < piece.ColumnEnd; j++)
                                visits[i, j]++;
                    }

                    Assert.All(visits.Cast<int>(), count => Assert.Equal(1, count));
                }
    }

    [Fact]
    public void PanelsThatWereMadeBeforeGiveTheSameBits()
    {
        var width = TileShape.Best.Width;
        foreach (var m in (int[])[0, 1, 5, 13, 100, 130])
            foreach (var n in (int[])[1, 2, 9, 16])
                foreach (var k in (int[])[0, 1, 7, 300, LongSums.Block + 1])
                {
                    if ((long)Math.Max(m, n * width) * k > 1 << 20) continue;        // more than the guarded memory holds
                    var asStored = Prepare(new Case(VectorWidths.Best, m, n * width, k, 0, Accumulate: false, Padding: 0), seed: m + n + k);
                    MatrixProduct.Multiply(asStored);
                    var bits = Bits(asStored);
                    var stored = new ReadOnlySpan<float>(asStored.B, k * n * width).ToArray();
                    using var panels = new GuardedFloats(stored.Length);
                    var to = panels.Take(stored.Length);
                    for (var i = 0; i < stored.Length; i++)
                        to[(i % (n * width) / width * k + i / (n * width)) * width + i % width] = stored[i];
                    foreach (var parts in (int[])[1, 3])
                    {
                        FillWithNaN(c, m, n * width, asStored.Ldc);
                        var floats = MatrixProduct.ScratchFloats(m, n * width, k, transposeA: false, transposeB: false, panelsB: true);
                        var product = asStored with { B = to, Ldb = 0, PanelsB = true, Scratch = scratch.Take(floats, 64) };
                        for (var part = 0; part < parts; part++) MatrixProduct.Multiply(product, part, parts);
                        Assert.Equal(bits, Bits(product));
                    }
                }
    }

    [Fact]
    public void WithoutAWidthTheBestOneIsUsed()
    {
        var shape = new Case(VectorWidths.Best, 20, 40, 30, 2, Accumulate: false, Padding: 0);
        var expected = Prepare(shape, seed: 2);
        MatrixProduct.Multiply(expected, VectorWidths.Best, 0, 1);
        var bits = Bits(expected);
        var product = Prepare(shape, seed: 2);
        MatrixProduct.Multiply(product);
        Assert.Equal(bits, Bits(product));
        Assert.Equal(MatrixProduct.ScratchFloats(VectorWidths.Best, 20, 40, 30, false, true),
            MatrixProduct.ScratchFloats(20, 40, 30, false, true));
    }

    private const uint Visited = 0x4640_E400;

    private static (VectorWidth Kernel, int Height, int Width) Kernel(string width) => Enum.Parse<VectorWidth>(width) switch
    {
        VectorWidth.Bits512 => (VectorWidth.Bits512, MicroKernel512.Height, MicroKernel512.Width),
        VectorWidth.Bits256 => (VectorWidth.Bits256, MicroKernel256.Height, MicroKernel256.Width),
        VectorWidth.Bits128 => (VectorWidth.Bits128, MicroKernel128.Height, MicroKernel128.Width),
        _ => (VectorWidth.Scalar, MicroKernelScalar.Height, MicroKernelScalar.Width),
    };

    private void Check(Case shape)
    {
        products++;
        var product = Prepare(shape, random.Next());
        var start = new float[shape.M * shape.N];
        for (var i = 0; i < shape.M; i++)
            for (var j = 0; j < shape.N; j++)
                start[i * shape.N + j] = product.C[(long)i * product.Ldc + j];

        MatrixProduct.Multiply(product, shape.Width, 0, 1);

        // A sum of k products, each fused or rounded once, is off by at most γ(k+1) · Σ|a||b|; a start value counts as one more term.
        var gamma = (shape.K + 1) * UnitRoundoff / (1 - (shape.K + 1) * UnitRoundoff);
        var (aRow, aStep) = product.TransposeA ? (1, product.Lda) : (product.Lda, 1);
        var (bStep, bColumn) = product.TransposeB ? (1, product.Ldb) : (product.Ldb, 1);
        for (var i = 0; i < shape.M; i++)
            for (var j = 0; j < shape.N; j++)
            {
                double sum = shape.Accumulate ? start[i * shape.N + j] : 0, magnitude = Math.Abs(sum);
                float* x = product.A + (long)i * aRow, y = product.B + (long)j * bColumn;
                for (var p = 0; p < shape.K; p++, x += aStep, y += bStep)
                {
                    var term = (double)*x * *y;
                    sum += term;
                    magnitude += Math.Abs(term);
                }

                var actual = product.C[(long)i * product.Ldc + j];
                if (!(Math.Abs(actual - sum) <= gamma * magnitude)) Assert.Fail($"{shape}: C[{i},{j}] is {actual}, should be {sum}");
            }

        AssertUntouchedAround(product, shape);
    }

    private MatrixProductArguments Prepare(Case shape, int seed)
    {
        var values = new Random(seed);
        var (transposeA, transposeB) = ((shape.Form & 1) != 0, (shape.Form & 2) != 0);
        var lda = Fill(a, transposeA ? shape.K : shape.M, transposeA ? shape.M : shape.K, shape.Padding, values);
        var ldb = Fill(b, transposeB ? shape.N : shape.K, transposeB ? shape.K : shape.N, shape.Padding, values);
        var ldc = Fill(c, shape.M, shape.N, shape.Padding, values);
        if (!shape.Accumulate) FillWithNaN(c, shape.M, shape.N, ldc);
        return new MatrixProductArguments
        {
            M = shape.M,
            N = shape.N,
            K = shape.K,
            A = a.Pointer,
            Lda = lda,
            TransposeA = transposeA,
            B = b.Pointer,
            Ldb = ldb,
            TransposeB = transposeB,
            C = c.Pointer,
            Ldc = ldc,
            Accumulate = shape.Accumulate,
            Scratch = scratch.Take(MatrixProduct.ScratchFloats(shape.Width, shape.M, shape.N, shape.K, transposeA, transposeB), 64),
        };
    }

    // Rows of random values; the padding between them stays NaN, and after the last row there is none.
    private static int Fill(GuardedFloats operand, int rows, int columns, int padding, Random values)
    {
        var leadingDimension = columns + padding;
        var start = operand.Take(rows == 0 ? 0 : (long)(rows - 1) * leadingDimension + columns);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                start[(long)i * leadingDimension + j] = values.NextSingle() - 0.5f;
        return leadingDimension;
    }

    private static void FillWithNaN(GuardedFloats operand, int rows, int columns, int leadingDimension)
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                operand.Pointer[(long)i * leadingDimension + j] = float.NaN;
    }

    private static uint[] Bits(in MatrixProductArguments product)
    {
        var bits = new uint[product.M * product.N];
        for (var i = 0; i < product.M; i++)
            for (var j = 0; j < product.N; j++)
                bits[i * product.N + j] = BitConverter.SingleToUInt32Bits(product.C[(long)i * product.Ldc + j]);
        return bits;
    }

    private void AssertUntouchedAround(in MatrixProductArguments product, Case shape)
    {
        Assert.True(a.CanariesLive() && b.CanariesLive() && c.CanariesLive() && scratch.CanariesLive(), $"{shape}: a canary died");
        for (var i = 0; i < product.M - 1; i++)
            for (var j = product.N; j < product.Ldc; j++)
                Assert.True(c.IsUntouched((long)i * product.Ldc + j), $"{shape}: the padding of row {i} was written");
    }

    /// <summary>One product; bit 0 of the form transposes A, bit 1 transposes B.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Case(VectorWidth Width, int M, int N, int K, int Form, bool Accumulate, int Padding);

    private sealed class EpilogueLog(MatrixProductArguments product, uint[] expected, int start) : IEpilogue
    {
        public long Visited { get; private set; }

        public long Mistakes { get; private set; }

        public void Finish(int part, int from, int rows, int columns, int stride)
        {
            if (stride != product.Ldc && rows > 1) Mistakes++;
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                {
                    var (row, column) = Math.DivRem(from - start + i * stride + j, product.Ldc);
                    var element = (uint*)product.C + (long)row * product.Ldc + column;
                    if (*element != expected[(long)row * product.N + column]) Mistakes++;
                    *element = MatrixProductTests.Visited;
                    Visited++;
                }
        }
    }
}
