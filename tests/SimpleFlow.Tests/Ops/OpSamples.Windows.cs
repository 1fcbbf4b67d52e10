using SimpleFlow.Kernels.Products;
using static SimpleFlow.Tests.Ops.Input;

namespace SimpleFlow.Tests.Ops;

// Ops with a window that slides over images. Pooling is linear between its corners:
// squares after it make its second derivatives something to compare.
internal static partial class OpSamples
{
    private static IEnumerable<Sample> Convolutions()
    {
        (Shape Images, Shape Weights, Size2D Stride, Padding Padding, Size2D Dilation, int Groups)[] convolutions =
            [
            ([2, 1, 4, 5], [2, 1, 3, 2], 1, 0, 1, 1), ([1, 2, 3, 3], [3, 2, 1, 1], 1, 0, 1, 1), ([2, 2, 4, 4], [2, 2, 1, 1], 2, 0, 1, 1),
            ([1, 1, 3, 3], [1, 1, 1, 1], 1, 1, 1, 1),
            ([2, 2, 5, 6], [3, 2, 3, 3], (2, 1), 1, 1, 1), ([1, 2, 5, 4], [2, 2, 2, 3], 1, (0, 2, 1, 0), 1, 1),
            ([1, 1, 6, 7], [2, 1, 2, 3], 1, 0, (3, 2), 1), ([1, 2, 7, 6], [2, 2, 3, 2], (2, 3), (3, 1, 0, 2), (2, 1), 1),
            ([2, 4, 3, 4], [6, 2, 2, 2], 1, (1, 0), 1, 2), ([1, 3, 3, 3], [3, 1, 2, 2], 1, 0, 1, 3),
            ([1, 4, 2, 3], [4, 2, 1, 1], 1, 0, 1, 2),
            ([1, 1, 1, 1], [1, 1, 1, 1], 1, 0, 1, 1), ([1, 1, 2, 2], [1, 1, 2, 2], 1, 0, 1, 1), ([1, 1, 1, 1], [1, 1, 3, 3], 1, 2, 1, 1),
            ([1, 1, 2, 1], [1, 1, 2, 2], 1, (0, 3), (1, 4), 1),
            ([0, 2, 3, 3], [2, 2, 2, 2], 1, 0, 1, 1), ([2, 2, 3, 3], [0, 2, 2, 2], 1, 0, 1, 1), ([2, 0, 3, 3], [2, 0, 2, 2], 1, 1, 1, 1),
            ([1, 1, 0, 3], [1, 1, 1, 2], 1, (1, 0), 1, 1),
            ([null, 2, 4, 4], [4, 1, 3, 2], (1, 2), (1, 0), 1, 2), ([2, 2, null, 3], [2, 2, 2, 2], 1, 1, 1, 1),
        ];
        foreach (var (images, weights, stride, padding, dilation, groups) in convolutions)
            yield return new($"Conv2D {images} {weights} stride {stride} padding {padding} dilation {dilation} groups {groups}",
                [Any(images), Any(weights)], x => x[0].Conv2D(x[1], stride, padding, dilation, groups), [2, 1, 0]);
        yield return new("Conv2D of unknown sizes", [Any([null, 2, null, null]), Any([3, 2, 2, 1])], x => x[0].Conv2D(x[1]), [3, 2]);
        yield return new("PackedConv2D", [Any([2, 2, 4, 3]), Any([1, 2, 2, 1, TileShape.Best.Width])],
            x => Flow.AddFlow(x[0], new PackedConv2D(x[1], new ConvolutionAttributes((2, 1), 1, 1, 1))), [2, 1]);
        (Shape Images, Shape Weights, Size2D Stride, Padding Padding, Size2D Dilation, int Groups, Size2D More)[] transposed =
            [
            ([2, 2, 3, 2], [2, 3, 2, 3], 1, 0, 1, 1, 0), ([1, 2, 2, 3], [2, 1, 3, 3], 2, 1, 1, 1, 1),
            ([1, 4, 2, 2], [4, 2, 2, 2], (2, 1), 0, 1, 2, (1, 0)), ([1, 1, 2, 2], [1, 1, 2, 3], 1, (0, 1), (2, 3), 1, 0),
            ([2, 1, 1, 1], [1, 2, 1, 1], 1, 0, 1, 1, 0),
            ([null, 2, 3, 3], [2, 2, 2, 2], 2, (1, 0, 0, 1), 1, 1, 0), ([2, 2, null, 2], [2, 1, 2, 2], 1, 0, 1, 1, 0),
            ([0, 2, 2, 2], [2, 2, 2, 2], 1, 0, 1, 1, 0),
        ];
        foreach (var (images, weights, stride, padding, dilation, groups, more) in transposed)
            yield return new(
                $"ConvTranspose2D {images} {weights} stride {stride} padding {padding} dilation {dilation} groups {groups} more {more}",
                [Any(images), Any(weights)], x => x[0].ConvTranspose2D(x[1], stride, padding, dilation, groups, more), [2, 1]);
        yield return new("Conv1D", [Any([2, 4, 6]), Any([2, 2, 3])], x => x[0].Conv1D(x[1], stride: 2, padding: 1, dilation: 2, groups: 2));
        yield return new("Conv1D of unknown sizes", [Any([null, 2, null]), Any([3, 2, 1])], x => x[0].Conv1D(x[1]), [2, 1]);
    }

    private static IEnumerable<Sample> Pools()
    {
        (Shape Images, Size2D Window, Size2D Stride, Padding Padding, Size2D Dilation)[] pools =
            [
            ([2, 2, 4, 4], 2, 2, 0, 1), ([1, 2, 5, 7], 2, 2, 0, 1), ([1, 1, 2, 33], 2, 2, 0, 1), ([1, 2, 5, 6], 3, 1, 0, 1),
            ([1, 1, 5, 5], (3, 2), 2, 1, 1), ([2, 1, 6, 5], 2, (1, 2), (1, 0, 0, 1), (2, 1)), ([1, 1, 5, 6], 2, 3, 0, 1),
            ([1, 1, 3, 3], 1, 1, 0, 1), ([1, 1, 1, 1], 1, 1, 0, 1), ([1, 1, 3, 3], 3, 3, 0, 1), ([0, 2, 4, 4], 2, 2, 0, 1),
            ([2, 0, 4, 4], 2, 2, 0, 1), ([null, 2, 4, 5], 2, 2, 0, 1), ([null, 1, null, 3], 2, 1, 1, 1),
        ];
        foreach (var (images, window, stride, padding, dilation) in pools)
        {
            var how = $"{images} window {window} stride {stride} padding {padding} dilation {dilation}";
            yield return new($"MaxPool2D {how}", [Any(images)], x => x[0].MaxPool2D(window, stride, padding, dilation).Power(2), [2, 1, 0]);
            yield return new($"AveragePool2D {how}", [Any(images)], x => x[0].AveragePool2D(window, stride, padding, dilation).Power(2),
                [2, 1, 0]);
            yield return new($"AveragePool2D {how} with its padding", [Any(images)],
                x => x[0].AveragePool2D(window, stride, padding, dilation, countPadding: true).Power(2), [2, 1, 0]);
        }
        // A maximum's second derivative has this op, whose own gradient only a third one would reach.
        foreach (var stride in new Size2D[] { 2, 1 })
            yield return new($"MaxPool2DPick stride {stride}", [Any([2, 1, 4, 5]), Any([2, 1, 4, 5])],
                x => Flow.AddFlow(x[0], new MaxPool2D.MaxPool2DPick(x[1], Pooling.Of(2, stride, 0, 1))).Power(2));
        yield return new("GlobalAveragePool", [Any([null, 3, 2, 4])], x => x[0].GlobalAveragePool().Power(2), [2, 1, 0]);
    }
}
