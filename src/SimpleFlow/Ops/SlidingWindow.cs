using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>The shape rules of all ops with a sliding window. Images are [batch, channels, height, width].</summary>
internal static class SlidingWindow
{
    public static void Require(Operand images)
    {
        if (images.ElementType != ElementType.Float32)
            throw new ShapeException($"{images} is {images.ElementType}; {ElementType.Float32} is needed.", "Convert it with Cast().");
        if (images.Shape.Rank != 4)
            throw new ShapeException($"{images} is {images.Shape}; images have four axes, [batch, channels, height, width].",
                "Reshape it: grey images of 28 × 28 are [null, 1, 28, 28].");
    }

    public static void RequirePositive(string what, Size2D size)
    {
        if (size.Height < 1 || size.Width < 1)
            throw new ShapeException($"the {what} {size} is not positive.", $"Give a {what} of at least 1 in each direction.");
    }

    public static void RequirePadding(Padding padding)
    {
        if (padding.Top < 0 || padding.Left < 0 || padding.Bottom < 0 || padding.Right < 0)
            throw new ShapeException($"the padding {padding} is negative.", "Padding extends an image; to cut it, use Slice().");
    }

    /// <summary>The number of places of a window along an axis, as far as the sizes are known.</summary>
    public static long? Places(Operand images, int axis, long? window, int stride, int before, int after, int dilation)
    {
        if (window is 0) throw new ShapeException("a window of size 0 covers nothing.", "Give it at least one element in each direction.");
        if (images.Shape[axis] is not { } length || window is not { } size) return null;
        var padded = length + before + after;
        var extent = dilation * (size - 1) + 1;
        // Positions in the padded image are computed in 32 bits.
        if (padded > int.MaxValue)
            throw new ShapeException($"with its padding, {images} is {padded:N0} long along axis {axis}, more than {int.MaxValue:N0}.",
                "Use less padding.");
        if (extent > padded)
        {
            throw new ShapeException(
                $"the window does not fit. {images} is {images.Shape}: axis {axis} is "
                    + $"{length}{(before + after > 0 ? $", {padded} with its padding" : "")}, and the window is "
                    + $"{extent}{(dilation > 1 ? $" with its dilation" : "")}.",
                "Use a smaller window, or more padding; or larger images: every layer before this one may have made them smaller.");
        }
        return new Sliding((int)size, stride, before, after, dilation).Places(length);
    }
}
