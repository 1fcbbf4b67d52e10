namespace SimpleFlow.Onnx.Operators;

/// <summary>Maxima and means under a window, over one, two or three spatial axes.</summary>
internal static class Pools
{
    public static IEnumerable<Operator> All =>
        [
        new("MaxPool", MaxPool)
        {
            AtKnownSizes = NeedsSizes,
            OpenShapes = OpenShapes,
            OutputType = (node, output) => output == 0 ? node.Type(0) : DataType.Int64,
        },
        new("AveragePool", AveragePool) { AtKnownSizes = NeedsSizes, OpenShapes = OpenShapes },
        new("LpPool", node =>
        {
            var p = node.HasAttribute("p") && node.Opset < 2 ? node.Float("p", 2) : node.Int("p", 2);
            var x = node.Float(0).Abs();
            var (windows, ceil) = Of(node);
            return node.Result(Sums(node, p == 1 ? x : x.Power((float)p), windows, ceil).Power(1f / (float)p));
        })
        { AtKnownSizes = Operator.Always, OpenShapes = OpenShapes },
        Global("GlobalAveragePool", (_, x, axes) => x.Mean(axes, keep: true)),
        Global("GlobalMaxPool", (_, x, axes) => x.Max(axes, keep: true)),
        Global("GlobalLpPool", (node, x, axes) => x.Abs().Power(node.Int("p", 2)).Sum(axes, keep: true).Power(1f / node.Int("p", 2))),
        ];

    private static Operator Global(string name, Func<OnnxNode, Node, int[], Node> build) =>
        new(name, node => node.Result(build(node, node.Float(0), [.. Enumerable.Range(2, node.Input(0).Rank - 2)])));

    private static bool NeedsSizes(OnnxNode node) => Windows.NeedsSizes(node) || node.Input(0).Rank != 4 || node.HasOutput(1)
        || (node.Op is "AveragePool" && node.Ints("dilations") is not null);

    private static Shape[] OpenShapes(OnnxNode node)
    {
        var shape = Windows.Results(node, node.Input(0).Shape[1], new int[node.Input(0).Rank - 2]);
        return [.. Enumerable.Repeat(shape, node.OutputCount)];
    }

    private static (Windows Windows, bool Ceil) Of(OnnxNode node) =>
        (Windows.Of(node, node.Ints("kernel_shape") ?? throw node.Fault("the attribute kernel_shape is missing."), node.Input(0).Shape),
            node.Flag("ceil_mode"));

    /// <summary>How much longer the padding at the end must be for all places to exist.</summary>
    private static int[] Ends(Windows windows, Shape images, bool ceil) => [.. Enumerable.Range(0, windows.Axes).Select(i =>
    {
        if (!ceil) return windows.After[i];
        var length = (int)images[2 + i]!.Value;
        var places = windows.Places(i, length, ceil);
        return (places - 1) * windows.Strides[i] + windows.Extent(i) - length - windows.Before[i];
    })];

    private static OnnxValue[] MaxPool(OnnxNode node)
    {
        var (windows, ceil) = Of(node);
        var x = node.Float(0);
        windows = windows with { After = Ends(windows, x.Shape, ceil) };
        var y = OnnxValue.Of(Max(x, windows), node.Type(0));
        return node.HasOutput(1) ? [y, OnnxValue.Of(Unpooling.PlacesOfMaxima(node, x, windows), DataType.Int64)] : [y];
    }

    // The maximum of maxima: along one axis after the other, two at a time.
    private static Node Max(Node x, Windows windows)
    {
        if (windows.Axes == 2)
        {
            (x, windows) = Cut(x, windows);
            return x.MaxPool2D((windows.Sizes[0], windows.Sizes[1]), (windows.Strides[0], windows.Strides[1]),
                (windows.Before[0], windows.Before[1], windows.After[0], windows.After[1]), (windows.Dilations[0], windows.Dilations[1]));
        }
        if (windows.Axes == 1)
            return Ranks.Squeezed(Max(x.Unsqueeze([2]), windows.OfRows()), [2]);
        var (n, c, depth) = ((int)x.Shape[0]!, (int)x.Shape[1]!, (int)x.Shape[2]!);
        var flat = Max(x.Reshape([n, c * depth, x.Shape[3], x.Shape[4]]),
            new(windows.Sizes[1..], windows.Strides[1..], windows.Dilations[1..], windows.Before[1..], windows.After[1..]));
        var (height, width) = (flat.Shape[2]!.Value, flat.Shape[3]!.Value);
        var deep = Max(flat.Reshape([n, c, depth, height * width]),
            new([windows.Sizes[0], 1], [windows.Strides[0], 1], [windows.Dilations[0], 1], [windows.Before[0], 0], [windows.After[0], 0]));
        return deep.Reshape([n, c, deep.Shape[2], height, width]);
    }

    // With ceil_mode a window may end before the image does: the rest of the image is not looked at.
    private static (Node, Windows) Cut(Node x, Windows windows)
    {
        var after = (int[])windows.After.Clone();
        for (var i = 0; i < windows.Axes; i++)
        {
            if (after[i] >= 0) continue;
            (x, after[i]) = (x.Slice(2 + i, 0, after[i]), 0);
        }
        return (x, windows with { After = after });
    }

    private static OnnxValue[] AveragePool(OnnxNode node)
    {
        var (windows, ceil) = Of(node);
        var x = node.Float(0);
        var counts = node.Flag("count_include_pad");
        if (windows.Axes == 2 && !ceil && node.Ints("dilations") is null)
            return node.Result(x.AveragePool2D((windows.Sizes[0], windows.Sizes[1]), (windows.Strides[0], windows.Strides[1]),
                (windows.Before[0], windows.Before[1], windows.After[0], windows.After[1]), countPadding: counts));
        return node.Result(Sums(node, x, windows, ceil) / Divisors(windows, x.Shape, ceil, counts));
    }

    /// <summary>The sums under the window: a convolution of each channel with ones.</summary>
    private static Node Sums(OnnxNode node, Node x, Windows windows, bool ceil)
    {
        var all = windows with { After = Ends(windows, x.Shape, ceil) };
        for (var i = 0; i < all.Axes; i++)
        {
            if (all.After[i] < 0)
            {
                x = x.Slice(2 + i, 0, all.After[i]);
                all.After[i] = 0;
            }
        }
        var (n, c) = ((int)x.Shape[0]!, (int)x.Shape[1]!);
        var planes = x.Reshape(Shape.Create([n * c, 1, .. x.Shape.Skip(2)]));
        var ones = ((Node)1f).Broadcast(Shape.Create([1, 1, .. windows.Sizes.Select(size => (long?)size)]));
        var sums = Convolutions.Slide(node, planes, ones, all, 1);
        return sums.Reshape(Shape.Create([n, c, .. sums.Shape.Skip(2)]));
    }

    /// <summary>How many elements each window covers; padding counts if asked for, but never what ceil_mode adds to it.</summary>
    private static Constant Divisors(Windows windows, Shape images, bool ceil, bool padding)
    {
        double[] counts = [1];
        var sizes = new List<long?> { 1, 1 };
        for (var i = 0; i < windows.Axes; i++)
        {
            var length = (int)images[2 + i]!.Value;
            var places = windows.Places(i, length, ceil);
            var (first, end) = padding ? (-windows.Before[i], length + windows.After[i]) : (0, length);
            var along = Enumerable.Range(0, places).Select(place => (double)Enumerable.Range(0, windows.Sizes[i])
                .Select(k => place * windows.Strides[i] - windows.Before[i] + k * windows.Dilations[i])
                .Count(at => at >= first && at < end));
            counts = [.. counts.SelectMany(count => along.Select(one => count * one))];
            sizes.Add(places);
        }
        return Constant.Of(counts, Shape.Create([.. sizes]));
    }
}
