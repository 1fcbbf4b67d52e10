namespace SimpleFlow;

/// <summary>How far an image is extended at each edge; one number sets all edges, two set the vertical and horizontal ones. The order is
/// that of ONNX's <c>pads</c>.</summary>
/// <param name="Top">Rows before the first.</param>
/// <param name="Left">Columns before the first.</param>
/// <param name="Bottom">Rows after the last.</param>
/// <param name="Right">Columns after the last.</param>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>The same at every edge.</summary>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <summary>The same above and below, and the same left and right.</summary>
    public static implicit operator Padding((int Vertical, int Horizontal) padding) =>
        new(padding.Vertical, padding.Horizontal, padding.Vertical, padding.Horizontal);

    /// <summary>Sets each edge separately.</summary>
    public static implicit operator Padding((int Top, int Left, int Bottom, int Right) padding) =>
        new(padding.Top, padding.Left, padding.Bottom, padding.Right);

    /// <summary>
    /// The padding with which a window has as many places as there are pixels, divided by the stride and rounded up: Keras's and
    /// TensorFlow's <c>padding="same"</c>, PyTorch's for a stride of 1. An odd number of zeros has one more at the end.
    /// </summary>
    /// <param name="images">[batch, channels, height, width]; with a stride other than 1 both last sizes must be known.</param>
    /// <param name="window">The window.</param>
    /// <param name="stride">Its stride; 1 by default.</param>
    /// <param name="dilation">Its dilation; 1 by default.</param>
    /// <exception cref="ShapeException">The inputs are not images, or their sizes are unknown.</exception>
    public static Padding Same(Node images, Size2D window, Size2D? stride = null, Size2D? dilation = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        SlidingWindow.Require(new Operand(images, images.Shape));
        var (step, apart) = (stride ?? 1, dilation ?? 1);
        SlidingWindow.RequirePositive("window", window);
        SlidingWindow.RequirePositive("stride", step);
        SlidingWindow.RequirePositive("dilation", apart);
        var (down, across) = (Along(2, window.Height, step.Height, apart.Height), Along(3, window.Width, step.Width, apart.Width));
        return new(down / 2, across / 2, down - down / 2, across - across / 2);

        int Along(int axis, int size, int stride, int dilation)
        {
            var extent = dilation * (size - 1) + 1;
            if (stride == 1) return extent - 1;
            var length = Axis.Known(nameof(Padding), images, axis).Size;
            return Math.Max(0, ((length + stride - 1) / stride - 1) * stride + extent - length);
        }
    }

    /// <summary><c>[top, left, bottom, right]</c>.</summary>
    public override string ToString() => $"[{Top}, {Left}, {Bottom}, {Right}]";
}
