namespace SimpleFlow.Onnx.Operators;

/// <summary>How a window slides over the spatial axes of [n, c, …], from the attributes that convolutions and pools share.</summary>
internal sealed record Windows(int[] Sizes, int[] Strides, int[] Dilations, int[] Before, int[] After)
{
    public int Axes => Sizes.Length;

    /// <summary>Whether the padding follows from the sizes of the images.</summary>
    public static bool NeedsSizes(OnnxNode node) => node.Text("auto_pad", "NOTSET") is "SAME_UPPER" or "SAME_LOWER"
        || node.Flag("ceil_mode");

    /// <param name="node">The node.</param>
    /// <param name="window">The sizes of the window.</param>
    /// <param name="images">The shape of the images.</param>
    public static Windows Of(OnnxNode node, int[] window, Shape images)
    {
        var axes = window.Length;
        var strides = node.Ints("strides") ?? Ones(axes);
        var dilations = node.Ints("dilations") ?? Ones(axes);
        var pads = node.Ints("pads") ?? new int[2 * axes];
        if (strides.Length != axes || dilations.Length != axes || pads.Length != 2 * axes)
            throw node.Fault($"the window has {axes} axes; there are {strides.Length} strides, {dilations.Length} dilations and "
                + $"{pads.Length} pads.");
        if (strides.Concat(dilations).Concat(window).Any(number => number < 1))
            throw node.Fault("a window, stride or dilation is not positive.");
        var (before, after) = (pads[..axes], pads[axes..]);
        var mode = node.Text("auto_pad", "NOTSET");
        for (var i = 0; i < axes; i++)
        {
            var extent = (window[i] - 1) * dilations[i] + 1;
            if (mode is "VALID") (before[i], after[i]) = (0, 0);
            if (mode is "SAME_UPPER" or "SAME_LOWER")
            {
                var length = (int)images[2 + i]!.Value;
                var total = Math.Max(0, ((length + strides[i] - 1) / strides[i] - 1) * strides[i] + extent - length);
                before[i] = mode is "SAME_UPPER" ? total / 2 : total - total / 2;
                after[i] = total - before[i];
            }
        }
        return new Windows(window, strides, dilations, before, after);
    }

    private static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];

    /// <summary>The same over images of one row.</summary>
    public Windows OfRows() => new([1, .. Sizes], [1, .. Strides], [1, .. Dilations], [0, .. Before], [0, .. After]);

    public int Extent(int axis) => (Sizes[axis] - 1) * Dilations[axis] + 1;

    /// <summary>The number of places along an axis; with <paramref name="ceil"/> a last place may reach beyond the padding, if it begins
    /// before its end.</summary>
    public int Places(int axis, int length, bool ceil)
    {
        var free = length + Before[axis] + After[axis] - Extent(axis);
        if (!ceil) return free < 0 ? 0 : free / Strides[axis] + 1;
        var places = (free + Strides[axis] - 1) / Strides[axis] + 1;
        return (places - 1) * Strides[axis] >= length + Before[axis] ? places - 1 : places;
    }

    /// <summary>The shape of the result, as far as it is known.</summary>
    public static Shape Results(OnnxNode node, long? channels, int[] window)
    {
        var images = node.Input(0).Shape;
        var axes = window.Length;
        return Shape.Create([images[0], channels, .. Enumerable.Range(0, axes).Select(_ => (long?)null)]);
    }
}
