using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Pooling;

namespace SimpleFlow;

/// <summary>How a pooling window slides over images. Each channel is pooled separately.</summary>
internal readonly record struct Pooling(Size2D Window, Size2D Stride, Padding Padding, Size2D Dilation)
{
    /// <summary>By default, windows side by side without dilation.</summary>
    public static Pooling Of(Size2D window, Size2D? stride, Padding padding, Size2D? dilation) =>
        new(window, stride ?? window, padding, dilation ?? 1);

    /// <summary>The shape rule: [n, c, h, w] gives [n, c, places down, places across].</summary>
    public Shape Infer(Operand images)
    {
        SlidingWindow.Require(images);
        SlidingWindow.RequirePositive("window", Window);
        SlidingWindow.RequirePositive("stride", Stride);
        SlidingWindow.RequirePositive("dilation", Dilation);
        SlidingWindow.RequirePadding(Padding);
        return Shape.Create([
            images.Shape[0], images.Shape[1],
            SlidingWindow.Places(images, axis: 2, Window.Height, Stride.Height, Padding.Top, Padding.Bottom, Dilation.Height),
            SlidingWindow.Places(images, axis: 3, Window.Width, Stride.Width, Padding.Left, Padding.Right, Dilation.Width),
        ]);
    }

    public PoolingGeometry Geometry(Node images) => Geometry(images.Shape.ToSizes());

    public PoolingGeometry Geometry(int[] sizes) => new(
        sizes[0] * sizes[1], sizes[2], sizes[3],
        new Sliding(Window.Height, Stride.Height, Padding.Top, Padding.Bottom, Dilation.Height),
        new Sliding(Window.Width, Stride.Width, Padding.Left, Padding.Right, Dilation.Width));

    /// <summary>The window, and every setting that is not the default.</summary>
    public override string ToString()
    {
        var text = $"window {Window}";
        if (Stride != Window) text += $", stride {Stride}";
        if (Padding != 0) text += $", padding {Padding}";
        if (Dilation != 1) text += $", dilation {Dilation}";
        return text;
    }
}
