namespace SimpleFlow.Onnx.Operators;

/// <summary>Convolutions over one, two or three spatial axes. One axis is an image of one row; along the third, the window is taken apart
/// into flat ones.</summary>
internal static class Convolutions
{
    public static IEnumerable<Operator> All =>
        [
        new("Conv", Conv)
        {
            AtKnownSizes = node => Windows.NeedsSizes(node) || node.Input(0).Rank > 4 || !node.Input(1).Shape.IsKnown,
            OpenShapes = node => [Windows.Results(node, node.Input(1).Shape[0], new int[node.Input(0).Rank - 2])],
        },
        new("ConvTranspose", Transposed)
        {
            AtKnownSizes = node => Windows.NeedsSizes(node) || node.HasAttribute("output_shape") || node.Input(0).Rank > 4
                || !node.Input(1).Shape.IsKnown,
            OpenShapes = node => [Windows.Results(node, node.Input(1).Shape[1] * node.Int("group", 1), new int[node.Input(0).Rank - 2])],
        },
        ];

    private static OnnxValue[] Conv(OnnxNode node)
    {
        var (x, w) = (node.Float(0), node.Float(1));
        var windows = Windows.Of(node, [.. w.Shape.Skip(2).Select(size => (int)size!.Value)], x.Shape);
        return node.Result(WithBias(node, Slide(node, x, w, windows, (int)node.Int("group", 1))));
    }

    private static Node WithBias(OnnxNode node, Node y) => !node.Has(2) ? y
        : y + node.Float(2).Reshape(Shape.Create([node.Input(2).Shape[0], .. Enumerable.Repeat((long?)1, y.Shape.Rank - 2)]));

    /// <summary>The convolution of [n, c, …] with [o, c / groups, …].</summary>
    public static Node Slide(OnnxNode node, Node x, Node w, Windows windows, int groups)
    {
        switch (windows.Axes)
        {
            case 1:
                var row = Slide(node, x.Unsqueeze([2]), w.Unsqueeze([2]), windows.OfRows(), groups);
                return Ranks.Squeezed(row, [2]);
            case 2:
                return x.Conv2D(w, (windows.Strides[0], windows.Strides[1]),
                    (windows.Before[0], windows.Before[1], windows.After[0], windows.After[1]),
                    (windows.Dilations[0], windows.Dilations[1]), groups);
            case 3:
                return SlideVolume(node, x, w, windows, groups);
            default:
                throw node.Fault($"a window of {windows.Axes} axes is not supported; it may have up to three.");
        }
    }

    // For each layer of the window, the layers of the volume that it meets are images of their own.
    private static Node SlideVolume(OnnxNode node, Node x, Node w, Windows windows, int groups)
    {
        var flat = new Windows(windows.Sizes[1..], windows.Strides[1..], windows.Dilations[1..], windows.Before[1..], windows.After[1..]);
        var (n, c, depth) = ((int)x.Shape[0]!, (int)x.Shape[1]!, (int)x.Shape[2]!);
        var places = windows.Places(0, depth, ceil: false);
        if (places < 1) throw node.Fault($"the window does not fit into {x.Shape}.");
        var padded = x.Pad(2, windows.Before[0], windows.After[0]);
        var sum = Enumerable.Range(0, windows.Sizes[0]).Select(Layer).Aggregate((a, b) => a + b);
        return sum.Reshape([n, places, w.Shape[0], sum.Shape[2], sum.Shape[3]]).Transpose([0, 2, 1, 3, 4]);

        Node Layer(int layer)
        {
            var first = layer * windows.Dilations[0];
            var met = padded.Slice(2, first, first + (places - 1) * windows.Strides[0] + 1, windows.Strides[0]);
            var images = met.Transpose([0, 2, 1, 3, 4]).Reshape([n * places, c, x.Shape[3], x.Shape[4]]);
            var weights = w.Slice(2, layer, layer + 1).Reshape([w.Shape[0], w.Shape[1], w.Shape[3], w.Shape[4]]);
            return Slide(node, images, weights, flat, groups);
        }
    }

    private static OnnxValue[] Transposed(OnnxNode node)
    {
        var (x, w) = (node.Float(0), node.Float(1));
        var axes = x.Shape.Rank - 2;
        if (axes is < 1 or > 3) throw node.Fault($"a transposed convolution over {axes} axes is not supported; it may have up to three.");
        int[] window = [.. w.Shape.Skip(2).Select(size => (int)size!.Value)];
        var strides = node.Ints("strides") ?? [.. window.Select(_ => 1)];
        var dilations = node.Ints("dilations") ?? [.. window.Select(_ => 1)];
        var more = node.Ints("output_padding") ?? new int[axes];
        var (before, after) = Cuts(node, x.Shape, window, strides, dilations, more);
        if (axes == 1)
        {
            (x, w) = (x.Unsqueeze([2]), w.Unsqueeze([2]));
            (strides, dilations, more, before, after) = ([1, .. strides], [1, .. dilations], [0, .. more], [0, .. before], [0, .. after]);
        }
        // What is added at the end may be as long as it likes here; then it is cut off less, or zeros are added.
        var y = Spread(x, w, strides, dilations, (int)node.Int("group", 1));
        for (var i = 0; i < strides.Length; i++)
        {
            var end = after[i] - more[i];
            if (end < 0) y = y.Pad(2 + i, 0, -end);
            if (before[i] > 0 || end > 0) y = y.Slice(2 + i, before[i], end > 0 ? -end : null);
        }
        return node.Result(WithBias(node, axes == 1 ? Ranks.Squeezed(y, [2]) : y));
    }

    // A third axis is taken apart: each layer of the window makes flat images, which lie as far apart as the stride says.
    private static Node Spread(Node x, Node w, int[] strides, int[] dilations, int groups)
    {
        if (strides.Length == 2) return x.ConvTranspose2D(w, (strides[0], strides[1]), 0, (dilations[0], dilations[1]), groups);
        var (n, c, depth, layers) = (x.Shape[0], x.Shape[1], x.Shape[2]!.Value, (int)w.Shape[2]!.Value);
        var images = x.Transpose([0, 2, 1, 3, 4]).Reshape([n * depth, c, x.Shape[3], x.Shape[4]]);
        return Enumerable.Range(0, layers).Select(Layer).Aggregate((a, b) => a + b);

        Node Layer(int layer)
        {
            var window = w.Slice(2, layer, layer + 1).Reshape([w.Shape[0], w.Shape[1], w.Shape[3], w.Shape[4]]);
            var flat = Spread(images, window, strides[1..], dilations[1..], groups);
            var (channels, height, width) = (flat.Shape[1], flat.Shape[2], flat.Shape[3]);
            var apart = flat.Reshape([n, depth, 1, channels, height, width]).Pad(2, 0, strides[0] - 1)
                .Reshape([n, depth * strides[0], channels, height, width]).Slice(1, 0, (depth - 1) * strides[0] + 1);
            return apart.Transpose([0, 2, 1, 3, 4]).Pad(2, layer * dilations[0], (layers - 1 - layer) * dilations[0]);
        }
    }

    private static (int[] Before, int[] After) Cuts(OnnxNode node, Shape images, int[] window, int[] strides, int[] dilations, int[] more)
    {
        var axes = window.Length;
        var pads = node.Ints("pads") ?? new int[2 * axes];
        var (before, after) = (pads[..axes], pads[axes..]);
        var mode = node.Text("auto_pad", "NOTSET");
        var shape = node.Ints("output_shape");
        if (shape is null && mode is not ("SAME_UPPER" or "SAME_LOWER")) return (before, after);
        for (var i = 0; i < axes; i++)
        {
            var length = (int)images[2 + i]!.Value;
            var wanted = shape is null ? length * strides[i] : shape[shape.Length - axes + i];
            var total = Math.Max(0, strides[i] * (length - 1) + more[i] + (window[i] - 1) * dilations[i] + 1 - wanted);
            before[i] = mode is "SAME_UPPER" ? total / 2 : total - total / 2;
            if (mode is not ("SAME_UPPER" or "SAME_LOWER")) before[i] = total / 2;
            after[i] = total - before[i];
        }
        return (before, after);
    }
}
