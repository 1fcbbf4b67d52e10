namespace SimpleFlow.Tests.Compilation;

// Windows of every kind: padding that differs from edge to edge, at the window's size and above it, strides above the window,
// dilation with groups, and images of unusual sizes.
internal sealed partial class RandomGraph
{
    private static readonly int[] Channels = [1, 3, 17];

    private static readonly int[] Lengths = [0, 1, 2, 3, 5, 7, 11, 13];

    private T One<T>(T[] of) => of[_random.Next(of.Length)];

    /// <summary>Some images: none of them or one, as many as fill the lanes of a vector or one more; now and then a row of 1,025.</summary>
    private void Images()
    {
        for (var i = 0; i < 3; i++)
        {
            var (channels, height, width) = (One(Channels), One(Lengths), One(Lengths));
            if (_random.Next(5) == 0) (channels, height, width) = (1, 1, 1025);
            var most = LargestCount / Math.Max(1, channels * height * width);
            Feed($"images {i}", [null, channels, height, width],
                [Math.Min(most, One([0, 1, 2, 8, 16, 17, 32, 33])), channels, height, width]);
        }
    }

    private Node UnusualWindow(Node images)
    {
        var (channels, window, stride, padding, dilation) = (_values[images].Sizes[1], Between(1, 3), Between(1, 4), UnusualEdges(),
            Between(1, 3));
        if (_random.Next(3) == 0) (window, stride, dilation) = (2, 2, 1);
        switch (_random.Next(6))
        {
            case 0: return images.MaxPool2D(window, stride, padding, dilation);
            case 1: return images.AveragePool2D(window, stride, padding, dilation, countPadding: _random.Next(2) == 0);
            case 2: return images.MaxPool2D(2, 2, (0, 0, _random.Next(3), _random.Next(3)));
        }
        var groups = One([1, 1, channels]);
        if (channels == 0) throw new ShapeException("no channels", "");
        var transposed = _random.Next(3) == 0;
        var filters = groups * (1 + _random.Next(3));
        var shape = transposed ? Shape.Of(channels, filters / groups, window.Height, window.Width)
            : Shape.Of(filters, channels / groups, window.Height, window.Width);
        // Small, so that sums over many channels do not run away.
        var weights = new Variable($"weights {_nodes.Count}", shape,
            Initializer.Constant(Array.ConvertAll(Numbers((int)shape.ElementCount), number => number / (1 + channels / groups))));
        return transposed ? images.ConvTranspose2D(weights, stride, padding, dilation, groups)
            : images.Conv2D(weights, stride, padding, dilation, groups);
    }

    private Size2D Between(int lowest, int highest) => (_random.Next(lowest, highest + 1), _random.Next(lowest, highest + 1));

    private Padding UnusualEdges() => _random.Next(3) == 0 ? 0 : (_random.Next(4), _random.Next(4), _random.Next(4), _random.Next(4));
}
