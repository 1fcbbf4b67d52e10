using System.Numerics;
using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Tests.Compilation;

namespace SimpleFlow.Tests.Kernels;

/// <summary>The arithmetic with sizes that kernels are steered by, at the limits of 32 bits, against whole numbers of any length.</summary>
[Trait("Promise", "4")]
public class SizeArithmeticTests
{
    private static readonly int[] Sizes = [1, 2, 3, 46_341, 65_536, 1 << 30, int.MaxValue - 1, int.MaxValue];

    private static readonly int[] SizesOrNothing = [0, .. Sizes];

    [Fact]
    public void A_cut_covers_the_whole_in_pieces_that_differ_by_one()
    {
        foreach (var whole in SizesOrNothing)
        {
            foreach (var pieces in Sizes)
            {
                var cut = new EvenCut(whole, pieces);
                Assert.Equal((0, whole), (cut.Before(0), cut.Before(pieces)));
                foreach (var piece in Some(pieces - 1))
                {
                    long length = cut.Before(piece + 1) - cut.Before(piece);
                    Assert.InRange(length, whole / pieces, whole / pieces + 1L);
                    Assert.InRange((BigInteger)cut.Before(piece) * pieces, (BigInteger)whole * piece,
                        (BigInteger)whole * piece + (BigInteger)pieces * pieces);
                }
                Assert.Equal(((BigInteger)whole + pieces - 1) / pieces, EvenCut.Pieces(whole, pieces));
            }
        }
    }

    [Fact]
    public void Parts_of_a_kernel_follow_each_other_and_begin_at_grains()
    {
        foreach (var count in SizesOrNothing)
        {
            foreach (var parts in (int[])[1, 2, 3, 7, 256])
            {
                foreach (var grain in (int[])[1, 16, 64, 1021, 1024])
                {
                    var end = 0;
                    for (var part = 0; part < parts; part++)
                    {
                        var (start, next) = Cutting.Cut(count, part, parts, grain);
                        Assert.Equal(end, start);
                        Assert.True(next >= start && (next == count || next % grain == 0));
                        end = next;
                    }
                    Assert.Equal(count, end);
                }
            }
        }
    }

    [Fact]
    public void Pieces_of_a_product_cover_it_once()
    {
        foreach (var (m, n) in from m in Sizes from n in Sizes select (m, n))
        {
            foreach (var (width, parts) in ((int, int)[])[(4, 2), (16, 3), (32, 8), (32, 12)])
            {
                var covered = BigInteger.Zero;
                for (var part = 0; part < parts; part++)
                {
                    var piece = Piece.Of(m, n, width, part, parts);
                    Assert.True(piece.Row >= 0 && piece.RowEnd <= m && piece.Rows >= 0 && piece.Column >= 0 && piece.ColumnEnd <= n
                        && piece.Columns >= 0, $"{m} × {n}: {piece}");
                    Assert.True(piece.ColumnEnd == n || piece.ColumnEnd % width == 0);
                    covered += (BigInteger)piece.Rows * piece.Columns;
                }
                Assert.Equal((BigInteger)m * n, covered);
            }
        }
    }

    [Fact]
    public void A_window_slides_as_whole_numbers_of_any_length_say()
    {
        int[] lengths = [0, 1, 2, 5, 65_537, 1 << 30, int.MaxValue];
        int[] paddings = [0, 1, 2, 1 << 30, int.MaxValue - 1];
        int[] sizes = [1, 2, 3, 65_536, int.MaxValue];
        var windows = 0;
        foreach (var (length, size, stride, before, after, dilation) in
            from length in lengths
            from size in sizes
            from stride in Sizes
            from before in paddings
            from after in paddings
            from dilation in Sizes
            select (length, size, stride, before, after, dilation))
        {
            // What the shape rule lets through.
            var padded = (BigInteger)length + before + after;
            var extent = (BigInteger)dilation * (size - 1) + 1;
            if (padded > int.MaxValue || extent > padded) continue;
            windows++;
            var sliding = new Sliding(size, stride, before, after, dilation);
            Assert.Equal(extent, sliding.Extent);
            var places = (int)((padded - extent) / stride + 1);
            Assert.Equal(places, sliding.Places(length));
            foreach (var place in Some(places - 1))
            {
                foreach (var element in Some(size - 1)) Assert.Equal(At(place, element), sliding.At(place, element));
                Assert.Equal(Between(element => At(place, element), size, length), sliding.Under(place, length));
            }
            foreach (var element in Some(size - 1))
                Assert.Equal(Between(place => At(place, element), places, length), sliding.Inside(element, length, places));

            BigInteger At(int place, int element) => (BigInteger)place * stride - before + (BigInteger)element * dilation;
        }
        Assert.True(windows > 1000);
    }

    [Fact]
    public void Scratch_that_no_machine_has_stays_too_much()
    {
        foreach (var (a, b, c, d) in from a in SizesOrNothing
                                     from b in Sizes
                                     from c in SizesOrNothing
                                     from d in (int[])[1, 8, 16, 32]
                                     select (a, b, c, d))
            Assert.Equal(BigInteger.Min(ScratchSize.Most, (BigInteger)a * b * c * d), ScratchSize.Of(a, b, c, d));
        Assert.True((BigInteger)ScratchSize.Most * 256 * 16 * sizeof(float) < long.MaxValue);
    }

    /// <summary>A plan whose scratch would leave 64 bits, and be as small as 0, is refused and not run.</summary>
    [Fact]
    public void A_plan_that_wants_such_scratch_is_refused()
    {
        // Patches of 2²⁷ elements at 2²⁹ places, 2⁵⁶ floats for each of 256 parts.
        var (x, w) = (new Placeholder("x", [1, 1 << 27, 1, 1]), new Placeholder("w", [1, 1 << 27, 1, 1]));
        var y = x.Conv2D(w, padding: (0, (1 << 29) - 1, 0, 0));
        Dictionary<Placeholder, Shape> fed = new() { [x] = x.Shape, [w] = w.Shape };
        var plan = Compiler.Compile([y], fed, Reading.OneThread with { Threads = 256 });
        Assert.True(plan.ScratchLength >= ScratchSize.Most);
        Assert.Throws<MemoryException>(() => new SimpleFlow.Execution.Executable(plan, new StepClock()));

        // The padded image alone has 2³⁰ rows of 2²⁹ pixels of 32 images, 2⁶⁴ in all: lanes of it are not even thought of.
        var images = new ConvolutionGeometry(32, 1, 1, 1, 1, 1, new Sliding(4, 1, 0, (1 << 30) - 1, ((1 << 30) - 1) / 3),
            new Sliding(2, 1, 0, (1 << 29) - 1, (1 << 29) - 1));
        Assert.Equal((1, 1), (images.Down, images.Across));
        Assert.Null(ImageLanes.For(images));
        Assert.Null(ImageLanes.ForWeightGradient(images));
        Assert.Equal(ScratchSize.Most, LaneConvolution.PixelFloats(ImageLanes.Of(VectorWidth.Bits128), images, rows: 1));
    }

    private static int[] Some(int last) => [.. new SortedSet<int> { 0, Math.Min(1, last), last / 2, Math.Max(0, last - 1), last }];

    /// <summary>From which index on, and up to which, a rising sequence lies in [0, length): by bisection.</summary>
    private static (int First, int End) Between(Func<int, BigInteger> at, int count, int length)
    {
        var first = Below(0);
        return (first, Math.Max(first, Below(length)));

        int Below(BigInteger bound)
        {
            var (low, high) = (0, count);
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                if (at(middle) < bound) low = middle + 1;
                else high = middle;
            }
            return low;
        }
    }

    private sealed class Cutting : Kernel
    {
        public static (int Start, int End) Cut(int count, int part, int parts, int grain) => Piece(count, part, parts, grain);

        public override void Run(int part, int parts) { }
    }
}
