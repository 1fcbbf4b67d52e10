using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Tests.Ops;

public class Conv2DTests
{
    internal sealed record Case(int[] Images, int[] Weights, ConvolutionAttributes Sweep)
    {
        public override string ToString() => $"[{string.Join(", ", Images)}] ∗ [{string.Join(", ", Weights)}] {Sweep}";
    }

    private static Case Of(int[] images, int[] weights, Size2D? stride = null, Padding padding = default, Size2D? dilation = null,
        int groups = 1) =>
        new(images, weights, new ConvolutionAttributes(stride ?? 1, padding, dilation ?? 1, groups));

    private static readonly Case[] Small =
        [
        Of([2, 1, 4, 5], [2, 1, 3, 2]),
        Of([1, 2, 3, 3], [3, 2, 1, 1]),                                    // one pixel: no patches
        Of([2, 2, 4, 4], [2, 2, 1, 1], stride: 2),
        Of([1, 1, 3, 3], [1, 1, 1, 1], padding: 1),                        // one pixel, but not all places are pixels
        Of([2, 2, 5, 6], [3, 2, 3, 3], stride: (2, 1), padding: 1),
        Of([1, 2, 5, 4], [2, 2, 2, 3], padding: (0, 2, 1, 0)),
        Of([1, 1, 6, 7], [2, 1, 2, 3], dilation: (3, 2)),
        Of([1, 2, 7, 6], [2, 2, 3, 2], stride: (2, 3), padding: (3, 1, 0, 2), dilation: (2, 1)),
        Of([2, 4, 3, 4], [6, 2, 2, 2], padding: (1, 0), groups: 2),
        Of([1, 3, 3, 3], [3, 1, 2, 2], groups: 3),                         // every channel by itself
        Of([1, 4, 2, 3], [4, 2, 1, 1], groups: 2),
        Of([1, 1, 1, 1], [1, 1, 1, 1]),
        Of([1, 1, 2, 2], [1, 1, 2, 2]),                                    // a single place
        Of([1, 1, 1, 1], [1, 1, 3, 3], padding: 2),                        // larger than the image
        Of([1, 1, 2, 1], [1, 1, 2, 2], padding: (0, 3), dilation: (1, 4)), // elements that never meet the image
        Of([0, 2, 3, 3], [2, 2, 2, 2]),
        Of([2, 2, 3, 3], [0, 2, 2, 2]),
        Of([2, 0, 3, 3], [2, 0, 2, 2], padding: 1),
        Of([1, 1, 0, 3], [1, 1, 1, 2], padding: (1, 0)),
    ];

    // Large enough for whole vectors, several blocks of places, several tiles, and sums over more than one block of the product's depth.
    private static readonly Case[] Large =
        [
        Of([3, 1, 28, 28], [6, 1, 5, 5], padding: 2),
        Of([3, 6, 14, 14], [16, 6, 5, 5]),
        Of([2, 32, 26, 26], [40, 32, 3, 3]),
        Of([2, 20, 17, 37], [12, 20, 3, 3], padding: 1),
        Of([2, 12, 33, 19], [10, 6, 4, 3], stride: (2, 2), padding: (3, 1, 2, 0), dilation: (1, 2), groups: 2),
        Of([2, 48, 9, 40], [33, 48, 1, 1]),
        Of([3, 8, 8, 8], [1, 8, 8, 8]),                                    // one number for each image
    ];

    // Batches that fill the lanes of a vector with images: full blocks and begun ones, all rests of filters and elements,
    // several chunks of rows, and what has no reverse.
    private static readonly Case[] Batches =
        [
        Of([32, 1, 28, 28], [6, 1, 5, 5], padding: 2),
        Of([32, 6, 14, 14], [16, 6, 5, 5]),
        Of([16, 3, 5, 6], [1, 3, 3, 2], padding: (1, 2, 0, 3)),
        Of([37, 2, 7, 9], [7, 2, 3, 3], padding: 1),
        Of([33, 2, 9, 8], [5, 2, 3, 2], stride: (2, 3), padding: (2, 0, 1, 1)),
        Of([20, 4, 9, 11], [6, 2, 2, 3], dilation: (2, 3), groups: 2, padding: (2, 1)),
        Of([32, 32, 18, 18], [13, 32, 3, 3]),                              // chunks of rows
        Of([17, 70, 4, 4], [25, 70, 3, 3], padding: 1),                    // several blocks of elements
        Of([16, 1, 1, 1], [2, 1, 3, 3], padding: 2),                       // larger than the image, and padding beyond the window
        Of([16, 2, 3, 1], [3, 2, 2, 2], padding: (0, 3), dilation: (1, 4)),
        Of([40, 2, 6, 5], [4, 1, 1, 1], groups: 2, stride: 2),
        Of([18, 3, 8, 8], [4, 3, 8, 8]),
        Of([16, 1, 4, 4], [24, 1, 2, 2]),                                  // full tiles
    ];

    public static TheoryData<int> BatchCases => [.. Enumerable.Range(0, Batches.Length)];

    [Theory, MemberData(nameof(BatchCases))]
    public void Kernels_of_whole_batches_do_not_depend_on_the_parts(int index) => KernelsOfBatches(Batches[index]);

    [Fact]
    public void Batches_may_have_any_rest_of_images_filters_and_elements()
    {
        for (var images = 1; images <= 40; images++)
        {
            KernelsOfBatches(Of(
                [images, 1 + images % 2, 3 + images % 4, 4 + images % 5], [1 + images % 13, 1 + images % 2, 1 + images % 3, 1 + images % 4],
                stride: (1 + images % 2, 1 + images % 3 / 2), padding: images % 2));
        }
    }

    /// <summary>The lanes of every width. Those of AVX-512 run everywhere, in halves if need be.</summary>
    private static IEnumerable<ImageLanes> EveryWidth =>
        Enum.GetValues<VectorWidth>().Where(width => width != VectorWidth.Scalar
            && (width == VectorWidth.Bits512 || VectorWidths.IsSupported(width))).Select(ImageLanes.Of);

    internal static void KernelsOfBatches(int[] images, int[] weights, ConvolutionAttributes sweep) =>
        KernelsOfBatches(new Case(images, weights, sweep));

    internal static void Kernels(int[] images, int[] weights, ConvolutionAttributes sweep) => Kernels(new Case(images, weights, sweep));

    private static unsafe void KernelsOfBatches(Case one)
    {
        var (x, w, feed) = Inputs(one);
        var y = Flow.AddFlow(x, new Conv2D(w, one.Sweep));
        var upstream = new Placeholder("upstream", y.Shape);
        feed[upstream] = WindowCheck.Values(y.Shape, 3);
        var geometry = one.Sweep.Geometry(one.Images, one.Weights);
        Check(y, LaneConvolution.ScratchPerPart,
            (lanes, binding) => new LaneConvolution(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                binding.Output.Pointer, binding.Scratch));
        Check(
            Flow.AddFlow(upstream, new Conv2DInputGradient(w, x, one.Sweep)), LaneInputGradient.ScratchPerPart,
            (lanes, binding) => new LaneInputGradient(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                binding.Output.Pointer, binding.Scratch));
        Check(
            Flow.AddFlow(x, new Conv2DWeightGradient(upstream, w, one.Sweep)), LaneWeightGradient.ScratchPerPart,
            (lanes, binding) => new LaneWeightGradient(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                binding.Output.Pointer, binding.Scratch));

        void Check(Node output, Func<ImageLanes, ConvolutionGeometry, long> scratchPerPart, Func<ImageLanes, Binding, Kernel> make) =>
            WindowCheck.Kernels(
            output, feed,
                [.. EveryWidth.Select(lanes => ((Func<Operation, int, long>)((_, parts) => parts * scratchPerPart(lanes, geometry)),
                    (Func<Binding, Kernel>)(binding => make(lanes, binding))))]);
    }

    // All but those that see no pixel.
    public static TheoryData<int, bool> ShiftedCases =>
        [.. Small.Select((_, i) => (i, true)).Concat(Large.Select((_, i) => (i, false)))
            .Where(one => one.i >= 0 && CaseOf(one.i, one.Item2).Images.Concat(CaseOf(one.i, one.Item2).Weights).All(size => size > 0))];

    private static Case CaseOf(int index, bool isSmall) => isSmall ? Small[index] : Large[index];

    [Theory, MemberData(nameof(ShiftedCases))]
    public unsafe void A_shifted_image_gives_the_same_convolution_with_vectors_of_any_width(int index, bool isSmall)
    {
        var one = CaseOf(index, isSmall);
        var (x, w, feed) = Inputs(one);
        var geometry = one.Sweep.Geometry(one.Images, one.Weights);
        var tiles = Enum.GetValues<VectorWidth>().Where(width => width != VectorWidth.Scalar
            && (width == VectorWidth.Bits512 || VectorWidths.IsSupported(width))).Select(TileShape.Of);
        WindowCheck.Kernels(Flow.AddFlow(x, new Conv2D(w, one.Sweep)), feed,
            [.. tiles.Select(tile => ((Func<Operation, int, long>)((_, parts) => parts * ShiftedConvolution.ScratchPerPart(tile, geometry)),
                (Func<Binding, Kernel>)(binding => new ShiftedConvolution(tile, geometry, binding.Inputs[0].Pointer,
                    binding.Inputs[1].Pointer, binding.Output.Pointer, binding.Scratch, epilogue: null))))]);
    }

    // With weights of one group that have an element, and images that have one.
    public static TheoryData<string, int> PackedCases =>
        [.. ((string[])[nameof(Small), nameof(Large), nameof(Batches)]).SelectMany(list => ListOf(list).Index()
            .Where(one => one.Item.Sweep.Groups == 1 && one.Item.Images.Concat(one.Item.Weights).All(size => size > 0))
            .Select(one => (list, one.Index)))];

    private static Case[] ListOf(string name) => name switch { nameof(Small) => Small, nameof(Large) => Large, _ => Batches };

    [Theory, MemberData(nameof(PackedCases))]
    public unsafe void Filters_in_panels_give_the_same_convolution(string list, int index)
    {
        var one = ListOf(list)[index];
        foreach (var count in (int[])[1, 2])
            foreach (var width in Enum.GetValues<VectorWidth>().Where(width => width != VectorWidth.Scalar
                && (width == VectorWidth.Bits512 || VectorWidths.IsSupported(width))))
            {
                var (tile, lanes) = (TileShape.Of(width), ImageLanes.Of(width));
                var x = new Placeholder("x", Shape.Of(one.Images));
                var panels = new Placeholder("panels", Shape.Of(count, one.Weights[1], one.Weights[2], one.Weights[3], tile.Width));
                var feed = new PlainFeed { [x] = WindowCheck.Values(x.Shape, 1), [panels] = WindowCheck.Values(panels.Shape, 2) };
                var geometry = one.Sweep.Geometry(one.Images, [count * tile.Width, .. one.Weights[1..]]);
                var y = Flow.AddFlow(x, new PackedConv2D(panels, one.Sweep));
                WindowCheck.Kernels(y, feed,
                    ((_, parts) => parts * DirectConvolution.ScratchPerPart(tile, geometry),
                        binding => new DirectConvolution(tile, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                            binding.Output.Pointer, binding.Scratch, epilogue: null)),
                    ((_, parts) => parts * LaneConvolution.ScratchPerPart(lanes, geometry),
                        binding => new LaneConvolution(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                            binding.Output.Pointer, binding.Scratch, tile.Width)));
            }
    }

    [Fact]
    public void An_image_has_the_same_bits_alone_and_in_a_batch()
    {
        Assert.True(VectorWidths.Best == VectorWidth.Scalar
            || ImageLanes.For(new ConvolutionAttributes(1, 1, 1, 1).Geometry([40, 3, 9, 9], [7, 3, 5, 5])) is not null);
        var w = new Placeholder("w", [7, 3, 5, 5]);
        var weights = Array.ConvertAll(WindowCheck.Values(w.Shape, 2).Elements, value => (float)value);
        var images = Array.ConvertAll(WindowCheck.Values(Shape.Of(40, 3, 9, 9), 1).Elements, value => (float)value);
        float[] Convolve(float[] some)
        {
            var x = new Placeholder("x", [null, 3, 9, 9]);
            return [.. new Model(default, x.Conv2D(w, padding: 1))
                .Predict(new Feed { [x] = TensorMemory.Create(some, Shape.Of(some.Length / 243, 3, 9, 9)),
                    [w] = TensorMemory.Create(weights, w.Shape) })];
        }
        Assert.Equal(Convolve(images).TakeLast(7 * 49), Convolve(images[^243..]));
    }

    public static TheoryData<int> SmallCases => [.. Enumerable.Range(0, Small.Length)];

    public static TheoryData<int> LargeCases => [.. Enumerable.Range(0, Large.Length)];

    private static (Placeholder X, Placeholder W, PlainFeed Feed) Inputs(Case one)
    {
        var x = new Placeholder("x", Shape.Of(one.Images));
        var w = new Placeholder("w", Shape.Of(one.Weights));
        return (x, w, new() { [x] = WindowCheck.Values(x.Shape, 1), [w] = WindowCheck.Values(w.Shape, 2) });
    }

    [Theory, MemberData(nameof(SmallCases))]
    public void Small_kernels_do_not_depend_on_the_parts(int index) => Kernels(Small[index]);

    [Theory, MemberData(nameof(LargeCases))]
    public void Large_kernels_do_not_depend_on_the_parts(int index) => Kernels(Large[index]);

    private static void Kernels(Case one)
    {
        var (x, w, feed) = Inputs(one);
        var y = Flow.AddFlow(x, new Conv2D(w, one.Sweep));
        var upstream = new Placeholder("upstream", y.Shape);
        feed[upstream] = WindowCheck.Values(y.Shape, 3);
        WindowCheck.Kernel(y, feed);
        WindowCheck.Kernel(Flow.AddFlow(upstream, new Conv2DInputGradient(w, x, one.Sweep)), feed);
        WindowCheck.Kernel(Flow.AddFlow(x, new Conv2DWeightGradient(upstream, w, one.Sweep)), feed);
    }

    [Fact]
    public void Sizes_may_be_unknown()
    {
        var w = new Placeholder("w", [4, 1, 3, 2]);
        Assert.Equal(Shape.Create([null, 4, 4, 2]),
            new Placeholder("x", [null, 2, 4, 4]).Conv2D(w, stride: (1, 2), padding: (1, 0), groups: 2).Shape);
        Assert.Equal(Shape.Create([null, 4, null, 3]), new Placeholder("x", [null, 1, null, 4]).Conv2D(w).Shape);
    }

    [Fact]
    public void It_computes_what_paper_says()
    {
        var x = new Placeholder("x", [1, 1, 3, 3]);
        var w = new Placeholder("w", [1, 1, 2, 2]);
        var y = x.Conv2D(w);
        var values = PlainReading.ValuesOf([y], new PlainFeed
        {
            [x] = new(x.Shape, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
            [w] = new(w.Shape, [1, 10, 100, 1000]),                        // not flipped: 1·1 + 10·2 + 100·4 + 1000·5
        });
        Assert.Equal([5421, 6532, 8754, 9865], values[y].Elements);
    }

    [Fact]
    public void Sequences_are_images_one_row_high()
    {
        var x = new Placeholder("x", [null, 4, 6]);
        var y = x.Conv1D(new Placeholder("w", [2, 2, 3]), stride: 2, padding: 1, dilation: 2, groups: 2, name: "y");
        Assert.Equal(Shape.Create([null, 2, 2]), y.Shape);
        Assert.Equal("y", y.Name);
    }

    [Fact]
    public void Errors_say_what_does_not_fit_and_what_to_do()
    {
        var x = new Placeholder("images", [null, 3, 28, 28]);
        var w = new Placeholder("w", [8, 1, 5, 5]);
        var channels = Assert.Throws<ShapeException>(() => x.Conv2D(w));
        Assert.Contains(
            "Conv2D: the channels differ. The images `images` are [?, 3, 28, 28], the weights `w` are [8, 1, 5, 5]; 3 channels in 1 group "
                + "need weights for 3, not 1.", channels.Message, StringComparison.Ordinal);
        Assert.Contains("was made at Conv2DTests.cs:", channels.Message, StringComparison.Ordinal);
        Assert.Contains("Give `w` the shape [8, 3, height, width]", channels.Message, StringComparison.Ordinal);

        Says("images have four axes", () => new Placeholder("flat", [null, 784]).Conv2D(w));
        Says("the weights have four axes", () => x.Conv2D(new Placeholder("matrix", [3, 8])));
        Says("is Int32", () => new Placeholder("pixels", [1, 3, 4, 4], ElementType.Int32).Conv2D(w));
        Says("cannot be divided into 2 equal groups", () => x.Conv2D(w, groups: 2));
        Says("makes 8 channels, which cannot be divided into 3", () => x.Conv2D(w, groups: 3));
        Says("the number of groups is 0", () => x.Conv2D(w, groups: 0));
        Says("the stride 0×1 is not positive", () => x.Conv2D(new Placeholder("w", [8, 3, 5, 5]), stride: (0, 1)));
        Says("the dilation 0×0 is not positive", () => x.Conv2D(new Placeholder("w", [8, 3, 5, 5]), dilation: 0));
        Says("the padding [-1, -1, -1, -1] is negative", () => x.Conv2D(new Placeholder("w", [8, 3, 5, 5]), padding: -1));
        Says("axis 2 is 28, 30 with its padding, and the window is 31.", () => x.Conv2D(new Placeholder("w", [8, 3, 31, 5]), padding: 1));
        Says("and the window is 37 with its dilation.", () => x.Conv2D(new Placeholder("w", [8, 3, 5, 5]), dilation: 9));
        Says("a window of size 0", () => x.Conv2D(new Placeholder("w", [8, 3, 0, 5])));
        Says("more than 2,147,483,647", () => x.Conv2D(new Placeholder("w", [8, 3, 5, 5]), padding: int.MaxValue));
        Says("Conv1D: `images`", () => x.Conv1D(w));

        static void Says(string text, Func<Node> build) =>
            Assert.Contains(text, Assert.Throws<ShapeException>(build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_convolutions_are_equal_and_others_are_not()
    {
        var w = new Placeholder("w", [1, 1, 2, 2]);
        Assert.Equal(new Conv2D(w), new Conv2D(w, 1, 0, 1, 1));
        Assert.NotEqual(new Conv2D(w), new Conv2D(w, stride: 2));
        Assert.NotEqual(new Conv2D(w), new Conv2D(w, padding: (0, 0, 0, 1)));
        Assert.Equal("Conv2D(stride 2×1, padding [1, 1, 1, 1], dilation 2×2, groups 3)", new Conv2D(w, (2, 1), 1, 2, 3).ToString());
    }
}
