using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Kernels.Pooling;
using SimpleFlow.Tests.Kernels;

namespace SimpleFlow.Tests.Ops;

/// <summary>
/// Ops with a window at the edges of the conditions that decide about their kernels:
/// all windows, strides, paddings and dilations from {0, 1, 2} along each axis, and sizes near 2³¹, forwards and backwards.
/// Memory ends at a page that nobody may touch, and is filled with NaN.
/// </summary>
[Trait("Promise", "4")]
public class WindowEdgeTests(ITestOutputHelper output)
{
    private const int Huge = 1 << 29;

    /// <summary>Every window along one axis that fits, with what is nothing special along the other.</summary>
    private static IEnumerable<(int Height, int Width, Pooling Pooling)> Windows(int usual)
    {
        foreach (var (length, size, stride, before, after, dilation) in
            from length in (int[])[0, 1, 2, 3, 4, 5]
            from size in (int[])[1, 2]
            from stride in (int[])[1, 2]
            from before in (int[])[0, 1, 2]
            from after in (int[])[0, 1, 2]
            from dilation in (int[])[1, 2]
            select (length, size, stride, before, after, dilation))
        {
            if (dilation * (size - 1) + 1 > length + before + after) continue;
            yield return (length, 3 * usual, new Pooling((size, usual), (stride, usual), new Padding(before, 0, after, 0), (dilation, 1)));
            yield return (3 * usual, length, new Pooling((usual, size), (usual, stride), new Padding(0, before, 0, after), (1, dilation)));
        }
    }

    [Fact]
    public void Pools_of_every_small_window()
    {
        var (halved, others) = (0, 0);
        foreach (var (height, width, pooling) in Windows(usual: 2))
        {
            Pools([2, 1, height, width], pooling);
            if (pooling.Geometry([2, 1, height, width]).IsHalving) halved++;
            else others++;
        }
        Assert.True(halved > 10 && others > 100, $"{halved} took the kernel for pairs, {others} did not.");
    }

    [Fact]
    public void Convolutions_of_every_small_window()
    {
        var pointwise = 0;
        foreach (var (height, width, window) in Windows(usual: 1))
        {
            ConvolutionAttributes sweep = new(window.Stride, window.Padding, window.Dilation, 1);
            Convolutions([5, 2, height, width], [3, 2, window.Window.Height, window.Window.Width], sweep);
            if (sweep.Geometry([5, 2, height, width], [3, 2, window.Window.Height, window.Window.Width]).IsPointwise) pointwise++;
        }
        Assert.True(pointwise > 5);
    }

    /// <summary>Every pair of such windows, down and across: what decides about the kernels is true of the windows' places.</summary>
    [Fact]
    public void What_is_said_of_the_windows_of_both_axes_is_true_of_every_place()
    {
        var axes = Axes().ToList();
        var (halved, pointwise, whole) = (0, 0, 0);
        foreach (var (vertical, height) in axes)
        {
            foreach (var (horizontal, width) in axes)
            {
                var pooling = new PoolingGeometry(1, height, width, vertical, horizontal);
                var arePairs = ArePairs(vertical, height) && ArePairs(horizontal, width);
                if (pooling.IsHalving != arePairs) Assert.Fail($"{vertical} of {height} and {horizontal} of {width}: {pooling.IsHalving}");
                if (arePairs) halved++;
                var convolution = new ConvolutionGeometry(1, 1, 1, height, width, 1, vertical, horizontal);
                if (convolution.IsPointwise)
                {
                    Assert.True(convolution.Places == 0 || (IsItself(vertical, height) && IsItself(horizontal, width)));
                    pointwise++;
                }
                else Assert.False(IsItself(vertical, height) && IsItself(horizontal, width)
                    && (vertical.Stride, horizontal.Stride) == (1, 1));
                if (convolution.Places == 0) continue;
                var padded = LaneConvolution.PaddedWidth(convolution);
                if (ImageLanes.PlanePath(horizontal.Before, width, padded) != KernelPath.WholePlanes) continue;
                Assert.All(Places(horizontal, width), columns => Assert.All(columns, column => Assert.InRange(column, 0, width - 1)));
                whole++;
            }
        }
        output.WriteLine(
            $"{axes.Count * axes.Count} pairs of windows: {halved} halve, {pointwise} are pixels, {whole} whole planes in lanes");
        Assert.True(halved > 30 && pointwise > 20 && whole > 1000);
    }

    private static IEnumerable<(Sliding Sliding, int Length)> Axes() =>
        from window in Windows(usual: 1).Select((window, i) => (Window: window, IsVertical: i % 2 == 0))
        where window.IsVertical
        let pooling = window.Window.Pooling
        let padding = pooling.Padding
        select (new Sliding(pooling.Window.Height, pooling.Stride.Height, padding.Top, padding.Bottom, pooling.Dilation.Height),
            window.Window.Height);

    /// <summary>The elements under the window, place by place; negative or beyond the length in the padding.</summary>
    private static List<int[]> Places(Sliding sliding, int length) =>
    [
        .. Enumerable.Range(0, (int)sliding.Places(length))
            .Select(place => Enumerable.Range(0, sliding.Size).Select(element => sliding.At(place, element)).ToArray()),
    ];

    // A window that is at no place, or at one, would be a pair by any stride.
    private static bool ArePairs(Sliding sliding, int length) =>
        sliding is { Size: 2, Stride: 2, Before: 0, Dilation: 1 } && Places(sliding, length).Index()
            .All(place => place.Item is [var first, var second] && first == 2 * place.Index && second == first + 1 && second < length);

    private static bool IsItself(Sliding sliding, int length) =>
        sliding.Places(length) == length && Places(sliding, length).Index().All(place => place.Item is [var only] && only == place.Index);

    /// <summary>Nothing else is left of {0, 1, 2}.</summary>
    [Fact]
    public void Windows_strides_and_dilations_of_zero_are_refused()
    {
        var (x, w) = (new Placeholder("x", [1, 1, 4, 4]), new Placeholder("w", [1, 1, 2, 2]));
        foreach (var zero in (Size2D[])[0, (0, 1), (1, 0)])
        {
            Assert.ThrowsAny<ShapeException>(() => x.MaxPool2D(zero));
            Assert.ThrowsAny<ShapeException>(() => x.MaxPool2D(2, zero));
            Assert.ThrowsAny<ShapeException>(() => x.MaxPool2D(2, 1, 0, zero));
            Assert.ThrowsAny<ShapeException>(() => x.AveragePool2D(zero));
            Assert.ThrowsAny<ShapeException>(() => x.AveragePool2D(2, zero));
            Assert.ThrowsAny<ShapeException>(() => x.Conv2D(w, zero));
            Assert.ThrowsAny<ShapeException>(() => x.Conv2D(w, 1, 0, zero));
        }
        Assert.ThrowsAny<ShapeException>(() => x.Conv2D(w, groups: 0));
    }

    /// <summary>Padding below or to the right makes windows that hang over the edge, or none at all.</summary>
    [Theory, InlineData(1, 0), InlineData(0, 1), InlineData(1, 1), InlineData(2, 0), InlineData(0, 2)]
    public void A_maximum_over_pairs_with_padding_after_them(int bottom, int right)
    {
        var x = new Placeholder("x", [1, 2, 3, 2]);
        PlainFeed feed = new() { [x] = new(x.Shape, [1, 2, 3, 4, 5, 6, 100, 200, 300, 400, 500, 600]) };
        var y = x.MaxPool2D(2, 2, new Padding(0, 0, bottom, right));
        Node[] outputs = [y, Gradients.Of(y.Power(2).Sum(), x)[0]];
        Check.Compiled(outputs, feed);
        if ((bottom, right) is (1, 0)) Assert.Equal([4, 6, 400, 600], Check.Run(outputs, feed)[0].Elements);
        if ((bottom, right) is (0, 1)) Assert.Equal([4, 400], Check.Run(outputs, feed)[0].Elements);
    }

    [Fact]
    public void Strides_dilations_and_padding_near_the_largest_number()
    {
        (int[] Images, Size2D Window, Size2D Stride, Padding Padding, Size2D Dilation)[] cases =
            [
            ([2, 2, 4, 5], 2, int.MaxValue, 0, 1), ([2, 2, 4, 5], (1, 2), (int.MaxValue, 1), (1, 2), 1),
            ([1, 2, 4, 5], (2, 3), (1, int.MaxValue), (0, 1, 2, 0), (2, 1)),
            ([2, 2, 1, 1], 2, 1, (0, 0, Huge, Huge), Huge), ([2, 2, 1, 1], 2, 1, (Huge, Huge, 0, 0), Huge),
            ([2, 2, 2, 3], 3, (Huge, Huge), (Huge, Huge, Huge - 3, Huge - 4), Huge - 1),
            ([1, 1, 1, 1], 1, int.MaxValue - 1, (int.MaxValue - 1, 0, 0, int.MaxValue - 1), 1),
            ([1, 1, 1, 2], (1, 2), 3, (0, 0, 0, 1_000), (1, 999)),
        ];
        foreach (var (images, window, stride, padding, dilation) in cases)
        {
            Pools(images, new Pooling(window, stride, padding, dilation));
            Convolutions(images, [3, images[1], window.Height, window.Width], new(stride, padding, dilation, 1));
            // Enough images for the lanes of every vector.
            Convolutions([33, .. images[1..]], [3, images[1], window.Height, window.Width], new(stride, padding, dilation, 1));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_mean_over_more_elements_than_32_bits_count(bool countPadding)
    {
        var x = new Placeholder("x", [1, 1, 1, 2]);
        PlainFeed feed = new() { [x] = new(x.Shape, [3, 5]) };
        var y = x.AveragePool2D(65_536, 1, new Padding(0, 0, 65_535, 65_534), countPadding: countPadding);
        Node[] outputs = [y, Gradients.Of(y.Sum(), x)[0]];
        var mean = countPadding ? 8.0 / 65_536 / 65_536 : 4;
        Assert.Equal([mean], PlainReading.ValuesOf(outputs, feed)[y].Elements);
        Assert.Equal([mean], Check.Run(outputs, feed)[0].Elements);
        Check.Compiled(outputs, feed, tolerance: 1e-10);
    }

    /// <summary>So many elements under the window that their number times the number of their blocks is more than 2³¹.</summary>
    [Fact]
    public void A_patch_of_nearly_a_million_elements()
    {
        const int channels = 34_000;
        var (x, w) = (new Placeholder("x", [32, channels, 1, 1]), new Placeholder("w", [1, channels, 5, 5]));
        PlainFeed feed = new() { [x] = new(x.Shape), [w] = new(w.Shape) };
        Array.Fill(feed[x].Elements, 1);
        for (var channel = 0; channel < channels; channel++) feed[w].Elements[channel * 25 + 12] = channel % 7;
        var sum = (double)Enumerable.Range(0, channels).Sum(channel => channel % 7);
        Assert.Equal(Enumerable.Repeat(sum, 32), Check.Run([x.Conv2D(w, padding: 2)], feed)[0].Elements);
    }

    [Fact]
    public void So_many_channels_that_their_number_times_their_strips_is_more()
    {
        const int channels = 170_000;
        var (x, w, upstream) = (new Placeholder("x", [32, channels, 1, 1]), new Placeholder("w", [1, channels, 2, 2]),
            new Placeholder("upstream", [32, 1, 1, 1]));
        PlainFeed feed = new() { [upstream] = new(upstream.Shape), [w] = new(w.Shape) };
        Array.Fill(feed[upstream].Elements, 2);
        for (var channel = 0; channel < channels; channel++) feed[w].Elements[channel * 4] = channel % 11;
        var gradient = Flow.AddFlow(upstream, new Conv2DInputGradient(w, ((Node)0f).Broadcast(x.Shape), new(1, (0, 0, 1, 1), 1, 1)));
        var result = Check.Run([gradient], feed)[0].Elements;
        for (var i = 0; i < result.Length; i++)
        {
            if (result[i] != 2 * (i % channels % 11)) Assert.Fail($"Element {i} is {result[i]}.");
        }
    }

    /// <summary>Nothing is computed where the result has no elements, however many groups or matrices there are.</summary>
    [Fact]
    public void Results_without_elements_take_no_time()
    {
        var (x, w) = (new Placeholder("x", [1000, 0, 1, 1]), new Placeholder("w", [0, 0, 2, 2]));
        PlainFeed feed = new() { [x] = new(x.Shape), [w] = new(w.Shape) };
        var y = x.Conv2D(w, padding: 5, groups: int.MaxValue);
        Check.Run([y, .. Gradients.Of(y.Sum(), x, w)], feed);
        var (a, b) = (new Placeholder("a", [int.MaxValue, 0, 1]), new Placeholder("b", [1, 1, 1]));
        Assert.Equal([int.MaxValue, 0, 1], Check.Run([a.MatMul(b)], new PlainFeed { [a] = new(a.Shape), [b] = new(b.Shape) })[0].Sizes);
    }

    private static void Pools(int[] images, Pooling pooling)
    {
        var x = new Placeholder("x", Shape.Of(images));
        var upstream = new Placeholder("upstream", pooling.Infer(new Operand(x, x.Shape)));
        PlainFeed feed = new() { [x] = WindowCheck.Values(x.Shape, 1), [upstream] = WindowCheck.Values(upstream.Shape, 2) };
        WindowCheck.Kernel(x.MaxPool2D(pooling.Window, pooling.Stride, pooling.Padding, pooling.Dilation), feed);
        WindowCheck.Kernel(Flow.AddFlow(upstream, new MaxPool2D.MaxPool2DGradient(x, pooling)), feed);
        WindowCheck.Kernel(Flow.AddFlow(x, new MaxPool2D.MaxPool2DPick(x, pooling)), feed);
        foreach (var countPadding in (bool[])[false, true])
        {
            var average = new AveragePool2D(pooling.Window, pooling.Stride, pooling.Padding, pooling.Dilation, countPadding);
            WindowCheck.Kernel(Flow.AddFlow(x, average), feed);
            WindowCheck.Kernel(Flow.AddFlow(upstream, new AveragePool2D.AveragePool2DGradient(average, x)), feed);
        }
    }

    private static void Convolutions(int[] images, int[] weights, ConvolutionAttributes sweep)
    {
        Conv2DTests.Kernels(images, weights, sweep);
        var geometry = sweep.Geometry(images, weights);
        // Lanes can do any window, but would need memory for all the padding.
        if (geometry.Images > 0 && geometry is { ImageSize: > 0, Places: > 0 }
            && LaneConvolution.RowsUnder(geometry, geometry.Down) * (long)LaneConvolution.PaddedWidth(geometry) < 100)
            Conv2DTests.KernelsOfBatches(images, weights, sweep);
    }
}
