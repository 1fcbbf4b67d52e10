namespace SimpleFlow.Tests.Ops;

public class Pool2DTests
{
    private static readonly (int[] Images, Pooling Pooling)[] Cases =
        [
        ([2, 2, 4, 4], Pooling.Of(2, null, 0, null)),
        ([1, 2, 5, 7], Pooling.Of(2, null, 0, null)),                      // an odd last row and column
        ([1, 1, 2, 33], Pooling.Of(2, null, 0, null)),
        ([1, 2, 5, 6], Pooling.Of(3, 1, 0, null)),                         // overlapping
        ([1, 1, 5, 5], Pooling.Of((3, 2), 2, 1, null)),
        ([2, 1, 6, 5], Pooling.Of(2, (1, 2), (1, 0, 0, 1), (2, 1))),
        ([1, 1, 5, 6], Pooling.Of(2, 3, 0, null)),                         // gaps between windows
        ([1, 1, 3, 3], Pooling.Of(1, null, 0, null)),
        ([1, 1, 1, 1], Pooling.Of(1, null, 0, null)),
        ([1, 1, 3, 3], Pooling.Of(3, null, 0, null)),
        ([0, 2, 4, 4], Pooling.Of(2, null, 0, null)),
        ([2, 0, 4, 4], Pooling.Of(2, null, 0, null)),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Cases.Length)];

    [Theory, MemberData(nameof(Indices))]
    public void Kernels_do_not_depend_on_the_parts(int index) =>
        Kernels(Cases[index].Images, Cases[index].Pooling, WindowCheck.Values(Shape.Of(Cases[index].Images), 1));

    [Theory, InlineData(1), InlineData(4), InlineData(5), InlineData(8), InlineData(9), InlineData(15), InlineData(16), InlineData(17),
        InlineData(24), InlineData(32), InlineData(35), InlineData(47)]
    public void Halving_is_the_same_for_every_width(int across)
    {
        Kernels([3, 1, 4, 2 * across], Pooling.Of(2, null, 0, null), WindowCheck.Values([3, 1, 4, 2 * across], 1));
        Kernels([3, 1, 5, 2 * across + 1], Pooling.Of(2, null, 0, null), WindowCheck.Values([3, 1, 5, 2 * across + 1], 1));
    }

    /// <summary>Few different values, infinities and NaN: ties and NaN in every combination of places.</summary>
    [Theory, InlineData(2, 2, 0), InlineData(3, 2, 1), InlineData(2, 1, 0)]
    public void Ties_and_NaN_are_won_by_the_same_element_as_in_the_plain_reading(int window, int stride, int padding)
    {
        double[] few = [0, -0.0, 1, 1, 2, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        var random = new Random(5);
        var values = new PlainTensor([4, 8, 12, 40]);
        for (var i = 0; i < values.Count; i++) values.Elements[i] = few[random.Next(few.Length)];
        Kernels([4, 8, 12, 40], Pooling.Of(window, stride, padding, null), values, average: false);
    }

    private static void Kernels(int[] sizes, Pooling pooling, PlainTensor values, bool average = true)
    {
        var x = new Placeholder("x", Shape.Of(sizes));
        var y = x.MaxPool2D(pooling.Window, pooling.Stride, pooling.Padding, pooling.Dilation);
        var feed = new PlainFeed { [x] = values };
        var upstream = new Placeholder("upstream", y.Shape);
        var v = new Placeholder("v", x.Shape);
        feed[upstream] = WindowCheck.Values(y.Shape, 2);
        feed[v] = WindowCheck.Values(x.Shape, 3);
        WindowCheck.Kernel(y, feed);
        WindowCheck.Kernel(Flow.AddFlow(upstream, new MaxPool2D.MaxPool2DGradient(x, pooling)), feed);
        WindowCheck.Kernel(Flow.AddFlow(v, new MaxPool2D.MaxPool2DPick(x, pooling)), feed);
        if (!average) return;
        foreach (var countPadding in (bool[])[false, true])
        {
            var pool = new AveragePool2D(pooling.Window, pooling.Stride, pooling.Padding, pooling.Dilation, countPadding);
            WindowCheck.Kernel(Flow.AddFlow(x, pool), feed);
            WindowCheck.Kernel(Flow.AddFlow(upstream, new AveragePool2D.AveragePool2DGradient(pool, x)), feed);
        }
    }

    private static double[] Plain(Func<Node, Node> build, Shape shape, params double[] values)
    {
        var x = new Placeholder("x", shape);
        var y = build(x);
        return PlainReading.ValuesOf([y], new PlainFeed { [x] = new(shape, values) })[y].Elements;
    }

    private static double[] Gradient(Func<Node, Node> build, Shape shape, params double[] values) =>
        Plain(x => Gradients.Of(build(x), x)[0], shape, values);

    [Fact]
    public void Of_equal_elements_the_first_wins()
    {
        Assert.Equal([1, 0, 0, 0], Gradient(x => x.MaxPool2D(2), [1, 1, 2, 2], 5, 5, 5, 5));
        Assert.Equal([0, 1, 0, 0], Gradient(x => x.MaxPool2D(2), [1, 1, 2, 2], 4, 5, 5, 5));
        Assert.Equal([0, 0, 1, 0], Gradient(x => x.MaxPool2D(2), [1, 1, 2, 2], 4, 4, 5, 5));
        Assert.Equal([1, 0, 0, 0], Gradient(x => x.MaxPool2D(2), [1, 1, 2, 2], double.NegativeInfinity, double.NegativeInfinity,
            double.NegativeInfinity, double.NegativeInfinity));
    }

    [Fact]
    public void The_first_NaN_wins()
    {
        Assert.Equal([double.NaN], Plain(x => x.MaxPool2D(2), [1, 1, 2, 2], 4, double.NaN, 5, double.NaN));
        Assert.Equal([0, 1, 0, 0], Gradient(x => x.MaxPool2D(2), [1, 1, 2, 2], 4, double.NaN, double.PositiveInfinity, double.NaN));
    }

    [Fact]
    public void Padding_never_wins_a_maximum_and_counts_in_a_mean_only_if_asked_to()
    {
        Assert.Equal([-1, -2, -3, -4], Plain(x => x.MaxPool2D(2, 2, 1), [1, 1, 2, 2], -1, -2, -3, -4));
        Assert.Equal([1, 2, 3, 4], Plain(x => x.AveragePool2D(2, 2, 1), [1, 1, 2, 2], 1, 2, 3, 4));
        Assert.Equal([0.25, 0.5, 0.75, 1], Plain(x => x.AveragePool2D(2, 2, 1, countPadding: true), [1, 1, 2, 2], 1, 2, 3, 4));
    }

    [Fact]
    public void A_window_over_nothing_has_no_winner_and_no_mean()
    {
        Assert.Equal([double.NegativeInfinity, 7, double.NegativeInfinity], Plain(x => x.MaxPool2D(1, 1, (0, 1)), [1, 1, 1, 1], 7));
        Assert.Equal([1], Gradient(x => x.MaxPool2D(1, 1, (0, 1)), [1, 1, 1, 1], 7));
        Assert.Equal([double.NaN, 7, double.NaN], Plain(x => x.AveragePool2D(1, 1, (0, 1)), [1, 1, 1, 1], 7));
        Kernels([1, 2, 2, 3], Pooling.Of(1, 1, (2, 1), null), WindowCheck.Values([1, 2, 2, 3], 1));
    }

    [Fact]
    public void Errors_say_what_does_not_fit_and_what_to_do()
    {
        var x = new Placeholder("images", [null, 1, 4, 4]);
        var text = Assert.Throws<ShapeException>(() => x.MaxPool2D(5)).Message;
        Assert.Contains("MaxPool2D: the window does not fit. `images` is [?, 1, 4, 4]: axis 2 is 4, and the window is 5.", text,
            StringComparison.Ordinal);
        Assert.Contains("every layer before this one may have made them smaller", text, StringComparison.Ordinal);
        Says("AveragePool2D: the window does not fit", () => x.AveragePool2D((2, 6)));
        Says("the window 0×2 is not positive", () => x.MaxPool2D((0, 2), 1));
        Says("the stride 0×0 is not positive", () => x.MaxPool2D(2, 0));
        Says("the dilation 1×-1 is not positive", () => x.MaxPool2D(2, dilation: (1, -1)));
        Says("the padding [-1, 0, 0, 0] is negative", () => x.MaxPool2D(2, padding: (-1, 0, 0, 0)));
        Says("images have four axes", () => new Placeholder("flat", [null, 784]).MaxPool2D(2));

        static void Says(string text, Func<Node> build) =>
            Assert.Contains(text, Assert.Throws<ShapeException>(build).Message, StringComparison.Ordinal);
    }
}
