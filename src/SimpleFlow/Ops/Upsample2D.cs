using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Enlarges images by whole factors: each pixel becomes a rectangle, or pixels between are interpolated.</summary>
    /// <param name="x">Images [batch, channels, height, width] of known height and width.</param>
    /// <param name="factor">How many times as high and wide.</param>
    /// <param name="bilinear">Whether to interpolate linearly down and across, with pixels as squares whose centres stay where they are:
    /// PyTorch's <c>mode="bilinear", align_corners=False</c>, Keras's <c>interpolation="bilinear"</c>.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The inputs are not images, or their sizes are unknown.</exception>
    public static Node Upsample2D(this Node x, Size2D factor, bool bilinear = false, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        SlidingWindow.Require(new Operand(x, x.Shape));
        SlidingWindow.RequirePositive("factor", factor);
        if (!bilinear) return x.Repeat(2, factor.Height, null, file, line).Repeat(3, factor.Width, name, file, line);
        var (height, width) = (Axis.Known(nameof(Upsample2D), x, 2).Size, Axis.Known(nameof(Upsample2D), x, 3).Size);
        // Each place is a weighted sum of two: [places, height] · [height, width] · [width, places]
        var down = AddFlow(Interpolation(height, factor.Height), new MatMul(x), null, file, line);
        return down.MatMul(Interpolation(width, factor.Width), transposeRight: true, name: name, file: file, line: line);
    }

    /// <summary>Moves channels into space: [batch, channels·f², height, width] to [batch, channels, height·f, width·f] (Shi and others,
    /// "Real-time single image and video super-resolution", 2016).</summary>
    /// <param name="x">Images of known sizes but for the batch.</param>
    /// <param name="factor">f, how many times as high and wide.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The inputs are not images of known sizes, or f² does not divide the channels.</exception>
    public static Node PixelShuffle(this Node x, int factor, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        SlidingWindow.Require(new Operand(x, x.Shape));
        var (channels, height, width) = (Axis.Known(nameof(PixelShuffle), x, 1).Size, Axis.Known(nameof(PixelShuffle), x, 2).Size,
            Axis.Known(nameof(PixelShuffle), x, 3).Size);
        if (channels % ((long)factor * factor) != 0)
            throw ShapeException.Of(nameof(PixelShuffle), [x], new ShapeException(
                $"`{x.Label}` {x.Shape} has {NumberText.Count(channels, "channel")}, which {factor}² does not divide.",
                "Give it the channels of the result times the square of the factor."));
        // [batch, c, f, f, height, width] → [batch, c, height, f, width, f]
        var parts = x.Reshape([null, channels / factor / factor, factor, factor, height, width]).Transpose([0, 1, 4, 2, 5, 3]);
        return parts.Reshape([null, channels / factor / factor, (long)height * factor, (long)width * factor], name, file, line);
    }

    /// <summary>Averages images over as many places as asked for, whatever their size: place i of n takes the pixels from ⌊i·size/n⌋ to
    /// ⌈(i + 1)·size/n⌉, as in PyTorch.</summary>
    /// <param name="x">Images [batch, channels, height, width] of known height and width.</param>
    /// <param name="places">How many places down and across.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The inputs are not images, or their sizes are unknown.</exception>
    public static Node AdaptiveAveragePool2D(this Node x, Size2D places, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        SlidingWindow.Require(new Operand(x, x.Shape));
        SlidingWindow.RequirePositive("number of places", places);
        var (height, width) = (Axis.Known(nameof(AdaptiveAveragePool2D), x, 2).Size, Axis.Known(nameof(AdaptiveAveragePool2D), x, 3).Size);
        var down = AddFlow(Averages(height, places.Height), new MatMul(x), null, file, line);
        return down.MatMul(Averages(width, places.Width), transposeRight: true, name: name, file: file, line: line);
    }

    /// <summary>How much each of some pixels counts for each of <paramref name="factor"/> times as many places, [places, pixels].</summary>
    private static Constant Interpolation(int size, int factor) => new(() =>
    {
        var weights = new double[size * factor * size];
        for (var place = 0; place < size * factor; place++)
        {
            var at = Math.Max(0, (place + 0.5) / factor - 0.5);
            var (first, share) = ((int)at, at - (int)at);
            weights[place * size + first] += 1 - share;
            weights[place * size + Math.Min(first + 1, size - 1)] += share;
        }
        return weights;
    }, Shape.Of(size * factor, size));

    private static Constant Averages(int size, int places) => new(() =>
    {
        var weights = new double[places * size];
        for (var place = 0; place < places; place++)
        {
            var (start, end) = ((int)((long)place * size / places), (int)(((place + 1L) * size + places - 1) / places));
            for (var i = start; i < end; i++) weights[place * size + i] = 1.0 / (end - start);
        }
        return weights;
    }, Shape.Of(places, size));
}
