using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;

namespace SimpleFlow;

/// <summary>What a convolution and its two gradients have in common: how the window slides, and the number of groups.</summary>
internal readonly record struct ConvolutionAttributes(Size2D Stride, Padding Padding, Size2D Dilation, int Groups)
{
    /// <summary>How a window of this size slides down and across.</summary>
    public (Sliding Vertical, Sliding Horizontal) Slide(Size2D window) => (
        new Sliding(window.Height, Stride.Height, Padding.Top, Padding.Bottom, Dilation.Height),
        new Sliding(window.Width, Stride.Width, Padding.Left, Padding.Right, Dilation.Width));

    /// <summary>The sizes of a convolution of known images and weights.</summary>
    public ConvolutionGeometry Geometry(int[] images, int[] weights)
    {
        var (vertical, horizontal) = Slide((weights[2], weights[3]));
        return new ConvolutionGeometry(images[0], Groups, weights[1], images[2], images[3], weights[0] / Groups, vertical, horizontal);
    }

    /// <summary>Only the settings that are not the default.</summary>
    public override string ToString()
    {
        var text = new List<string>();
        if (Stride != 1) text.Add($"stride {Stride}");
        if (Padding != 0) text.Add($"padding {Padding}");
        if (Dilation != 1) text.Add($"dilation {Dilation}");
        if (Groups != 1) text.Add($"groups {Groups}");
        return string.Join(", ", text);
    }

    /// <summary>The shape rule: [n, c, h, w] with [filters, c / groups, kh, kw] gives [n, filters, places down, places across].</summary>
    public Shape Infer(Operand images, Operand weights)
    {
        SlidingWindow.Require(images);
        if (weights.ElementType != ElementType.Float32)
            throw new ShapeException($"{weights} is {weights.ElementType}; {ElementType.Float32} is needed.", "Convert it with Cast().");
        if (weights.Shape.Rank != 4)
            throw new ShapeException(
                $"{weights} is {weights.Shape}; the weights have four axes, [channels out, channels in / groups, height, width].",
                "Reshape it; add axes of size 1 if some are missing.");
        SlidingWindow.RequirePositive("stride", Stride);
        SlidingWindow.RequirePositive("dilation", Dilation);
        SlidingWindow.RequirePadding(Padding);
        var (channels, filters, perGroup) = (images.Shape[1], weights.Shape[0], weights.Shape[1]);
        if (Groups < 1) throw new ShapeException($"the number of groups is {Groups}.", "Use at least 1; one group has all channels.");
        if (channels % Groups is > 0)
            throw new ShapeException(
                $"{images} {images.Shape} has {NumberText.Count(channels ?? 0, "channel")}, which cannot be divided into "
                    + $"{Groups} equal groups.", "Choose a number of groups that divides the channels.");
        if (filters % Groups is > 0)
            throw new ShapeException(
                $"{weights} {weights.Shape} makes {NumberText.Count(filters ?? 0, "channel")}, which cannot be divided into "
                    + $"{Groups} equal groups.", "Choose a number of groups that divides the channels made.");
        if (channels is not null && perGroup is not null && channels != perGroup * Groups)
        {
            throw new ShapeException(
                $"the channels differ. The images {images} are {images.Shape}, the weights {weights} are {weights.Shape}; "
                    + $"{NumberText.Count(channels ?? 0, "channel")} in {NumberText.Count(Groups, "group")} need weights for "
                    + $"{channels / Groups}, not {perGroup}.",
                $"Give {weights} the shape [{(filters is { } known ? $"{known}" : "?")}, {channels / Groups}, height, width]; images are "
                    + "[batch, channels, height, width].");
        }
        return Shape.Create([
            images.Shape[0], filters,
            SlidingWindow.Places(images, axis: 2, weights.Shape[2], Stride.Height, Padding.Top, Padding.Bottom, Dilation.Height),
            SlidingWindow.Places(images, axis: 3, weights.Shape[3], Stride.Width, Padding.Left, Padding.Right, Dilation.Width),
        ]);
    }
}
