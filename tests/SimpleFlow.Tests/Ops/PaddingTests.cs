namespace SimpleFlow.Tests.Ops;

/// <summary>Padding by a tensor's own elements, padding that keeps sizes, pools of sequences, larger images, against loops.</summary>
public class PaddingTests
{
    private static readonly Placeholder Images = new("images", [2, 4, 3, 5]), Line = new("line", [4]), Text = new("text", [2, 3, 7]);

    private static readonly PlainFeed Fed = new()
    {
        [Images] = new(Images.Shape, Numbers(120)),
        [Line] = new(Line.Shape, [0, 1, 2, 3]),
        [Text] = new(Text.Shape, Numbers(42)),
    };

    private static double[] Numbers(int count)
    {
        var random = new Random(8);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)(2 * random.NextDouble() - 1))];
    }

    private static double[] Values(Node node) => PlainReading.ValuesOf([node], Fed)[node].Elements;

    private static double Pixel(int n, int c, int y, int x) => Fed[Images].Elements[((n * 4 + c) * 3 + y) * 5 + x];

    [Theory]
    [InlineData(PadMode.Reflect, new double[] { 2, 1, 0, 1, 2, 3, 2 })]
    [InlineData(PadMode.Replicate, new double[] { 0, 0, 0, 1, 2, 3, 3 })]
    [InlineData(PadMode.Circular, new double[] { 2, 3, 0, 1, 2, 3, 0 })]
    public void A_line_is_continued_by_its_own_elements(PadMode mode, double[] expected)
    {
        Assert.Equal(expected, Values(Line.Pad(0, 2, 1, mode)));
        Check.Gradients([Line.Pad(0, 2, 1, mode), Images.Pad((1, 2), mode)], [Line, Images], Fed);
        Check.Compiled([Images.Pad((1, 2, 0, 1), mode)], Fed);
        Assert.Equal([2, 4, 4, 8], Images.Pad((1, 2, 0, 1), mode).Shape);
    }

    [Fact]
    public void There_must_be_enough_to_mirror()
    {
        Assert.Equal([3.0, 2, 1, 0, 1, 2, 3], Values(Line.Pad(0, 3, 0, PadMode.Reflect)));
        Assert.Throws<ShapeException>(() => Line.Pad(0, 4, 0, PadMode.Reflect));
        Assert.Equal(14, Line.Pad(0, 5, 5, PadMode.Circular).Shape[0]);
        Assert.Throws<ShapeException>(() => new Placeholder("x", [null]).Pad(0, 1, 1, PadMode.Replicate));
        Assert.Throws<ArgumentOutOfRangeException>(() => Line.Pad(0, -1, 1, PadMode.Replicate));
    }

    [Theory, InlineData(28, 3, 1, 1), InlineData(28, 3, 2, 1), InlineData(29, 3, 2, 1), InlineData(28, 4, 1, 1), InlineData(7, 2, 3, 1),
        InlineData(10, 3, 1, 2), InlineData(10, 3, 4, 2), InlineData(5, 1, 2, 1)]
    public void Padding_that_keeps_the_size_gives_a_place_for_every_stride(int size, int window, int stride, int dilation)
    {
        var x = new Placeholder("x", [null, 1, size, size]);
        var padding = Padding.Same(x, window, stride, dilation);
        Assert.Equal([null, 2, (size + stride - 1) / stride, (size + stride - 1) / stride],
            Layers.Conv2D(x, 2, window, null, stride, padding, dilation).Shape);
        // TensorFlow: the larger half comes after.
        Assert.InRange(padding.Bottom - padding.Top, 0, 1);
        Assert.Equal((padding.Top, padding.Bottom), (padding.Left, padding.Right));
    }

    [Fact]
    public void Padding_that_keeps_the_size_needs_sizes_for_strides_alone()
    {
        var x = new Placeholder("x", [null, 1, null, null]);
        Assert.Equal(new Padding(1, 1, 1, 1), Padding.Same(x, 3));
        Assert.Throws<ShapeException>(() => Padding.Same(x, 3, 2));
        Assert.Throws<ShapeException>(() => Padding.Same(Line, 3));
    }

    [Fact]
    public void Windows_slide_over_sequences()
    {
        var x = Fed[Text].Elements;
        double[] Each(Func<double[], double> of) => [.. Enumerable.Range(0, 6).SelectMany(row =>
            Enumerable.Range(0, 3).Select(place => of(x[(row * 7 + 2 * place)..(row * 7 + 2 * place + 3)])))];
        Assert.Equal(Each(window => window.Max()), Values(Text.MaxPool1D(3, 2)));
        Assert.Equal(Each(window => window.Average()), Values(Text.AveragePool1D(3, 2)), (a, b) => Math.Abs(a - b) < 1e-12);
        Check.Gradients([Text.MaxPool1D(3, 2), Text.AveragePool1D(2)], [Text], Fed);
        Check.Compiled([Text.MaxPool1D(3, 2, 1), Text.AveragePool1D(3, 1, 1, countPadding: true)], Fed);
        Assert.Throws<ShapeException>(() => Images.MaxPool1D(2));
    }

    [Fact]
    public void Pixels_are_repeated_interpolated_shuffled_and_averaged()
    {
        var nearest = Images.Upsample2D((2, 3));
        Expect(nearest, [2, 4, 6, 15], at => Pixel(at[0], at[1], at[2] / 2, at[3] / 3));
        // torch.nn.Upsample(mode="bilinear", align_corners=False): the source of place i is (i + ½)/f − ½, held within the image.
        static (int First, int Second, double Share) Source(int place, int factor, int size)
        {
            var at = Math.Clamp((place + 0.5) / factor - 0.5, 0, size - 1);
            return ((int)at, Math.Min((int)at + 1, size - 1), at - (int)at);
        }
        Expect(Images.Upsample2D((2, 3), bilinear: true), [2, 4, 6, 15], at =>
        {
            var (y, y2, down) = Source(at[2], 2, 3);
            var (x, x2, across) = Source(at[3], 3, 5);
            double Row(int row) => (1 - across) * Pixel(at[0], at[1], row, x) + across * Pixel(at[0], at[1], row, x2);
            return (1 - down) * Row(y) + down * Row(y2);
        });
        // torch.nn.PixelShuffle: out[n, c, y·r + i, x·r + j] = in[n, c·r² + i·r + j, y, x].
        Expect(Images.PixelShuffle(2), [2, 1, 6, 10], at => Pixel(at[0], at[2] % 2 * 2 + at[3] % 2, at[2] / 2, at[3] / 2));
        Expect(Images.AdaptiveAveragePool2D((2, 3)), [2, 4, 2, 3], at =>
        {
            int Start(int place, int size, int places) => place * size / places;
            int End(int place, int size, int places) => ((place + 1) * size + places - 1) / places;
            var (rows, columns) = (Enumerable.Range(Start(at[2], 3, 2), End(at[2], 3, 2) - Start(at[2], 3, 2)),
                Enumerable.Range(Start(at[3], 5, 3), End(at[3], 5, 3) - Start(at[3], 5, 3)).ToList());
            return rows.Average(y => columns.Average(x => Pixel(at[0], at[1], y, x)));
        });
        var open = new Placeholder("x", [null, 4, 3, 5]);
        Assert.Equal([null, 1, 6, 10], open.PixelShuffle(2).Shape);
        Assert.Equal([null, 4, 6, 10], open.Upsample2D(2, bilinear: true).Shape);
        Assert.Equal([null, 4, 1, 2], open.AdaptiveAveragePool2D((1, 2)).Shape);
        Assert.Throws<ShapeException>(() => Images.PixelShuffle(3));
    }

    [Fact]
    public void A_transposed_window_has_gaps()
    {
        var x = new Placeholder("x", [1, 1, 2, 2]);
        var y = Layers.ConvTranspose2D(x, 1, 2, dilation: 2, useBias: false);
        Assert.Equal([1, 1, 4, 4], y.Shape);
        var w = GraphOrder.Of([y]).OfType<Variable>().Single();
        w.Initialize(1, 1);
        w.Set([1, 2, 3, 4]);
        // Pixel (i, j) puts w[a, b] at (i + 2a, j + 2b).
        var values = PlainReading.ValuesOf([y], new PlainFeed { [x] = new(x.Shape, [1, 10, 100, 1000]) })[y].Elements;
        Assert.Equal([1.0, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000], values);
    }

    [Fact]
    public void Weights_are_divided_by_their_length_or_by_their_largest_singular_value()
    {
        var (v, g) = (new Placeholder("v", [3, 2]), new Placeholder("g", [1, 2]));
        var feed = new PlainFeed { [v] = new(v.Shape, [3, 0, 0, 2, 4, 0]), [g] = new(g.Shape, [10, 7]) };
        var weights = Layers.WeightNorm(v, g);
        Assert.Equal([6.0, 0, 0, 7, 8, 0], PlainReading.ValuesOf([weights], feed)[weights].Elements);
        feed[v] = new(v.Shape, [3, 0.5, -1, 2, 4, 1]);
        Check.Gradients([weights], [v, g], feed);
        // Singular values 5 and 2: after some steps u points where it is stretched most.
        var w = new Variable("w", [2, 2], Initializer.Constant(3, 0, 4, 2));
        var normal = Layers.SpectralNorm(w);
        var model = new Model(normal.Sum() * 0f, normal, new GradientDescent(0, 0));
        for (var step = 0; step < 60; step++) model.Fit(new Feed(), maxIterations: 1);
        // Of [[3, 0], [4, 2]] the largest is √((29 + √(29² − 4·36)) / 2).
        var largest = Math.Sqrt((29 + Math.Sqrt(29 * 29 - 4 * 36)) / 2);
        Assert.Equal([3 / largest, 0, 4 / largest, 2 / largest], model.Predict(new Feed()).Select(one => (double)one),
            (a, b) => Math.Abs(a - b) < 1e-5);
    }

    private static void Expect(Node node, Shape shape, Func<int[], double> formula)
    {
        Assert.Equal(shape, node.Shape);
        var value = PlainReading.ValuesOf([node], Fed)[node];
        var index = new int[value.Rank];
        for (var i = 0; i < value.Count; i++)
        {
            value.IndexOf(i, index);
            Assert.Equal(formula(index), value.Elements[i], 1e-9);
        }
        Check.Compiled([node], Fed);
        Check.Gradients([node], [Images], Fed);
    }
}
