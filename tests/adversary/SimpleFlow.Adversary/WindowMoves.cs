namespace SimpleFlow.Adversary;

/// <summary>Windows that slide over images and sequences, with every combination of stride, padding, dilation and groups.</summary>
internal static class WindowMoves
{
    public static IEnumerable<Move> All { get; } =
        [
        new("max pool", p => Images(p).MaxPool2D(Window(p), Stride(p), Padding(p), p.Chance(0.2) ? Two(p, 1, 2, 3) : null)),
        new("max pool by halves", p => Images(p).MaxPool2D(2, p.Chance(0.5) ? null : (Size2D)2, Padding(p))),
        new("average pool",
            p => Images(p).AveragePool2D(Window(p), Stride(p), Padding(p), p.Chance(0.2) ? Two(p, 1, 2, 3) : null, p.Chance(0.5))),
        new("global average pool", p => Images(p).GlobalAveragePool()),
        new("convolution", Convolution),
        new("convolution of many channels", p => Convolution(p)),
        new("transposed convolution", Transposed),
        new("convolution of sequences", Sequences),
        new("pad images", p => Images(p).Pad(Padding(p))),
    ];

    private static Node Images(RandomProgram p)
    {
        if (p.Chance(0.4))
            return p.Floats(p.Chance(0.5) ? null : p.Size(), p.One(1, 1, 2, 3, 4, 16, 17), p.One(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 17),
                p.One(1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 33));
        return p.Any(x => x.Shape.Rank == 4);
    }

    private static Size2D Two(RandomProgram p, params ReadOnlySpan<int> choices)
    {
        var height = p.One(choices);
        return (height, p.Chance(0.6) ? height : p.One(choices));
    }

    private static Size2D Window(RandomProgram p) => Two(p, 1, 2, 2, 3, 3, 4, 5);

    private static Size2D? Stride(RandomProgram p) => p.Chance(0.4) ? null : Two(p, 1, 1, 2, 3, 5);

    private static Padding Padding(RandomProgram p) => p.Random.Next(4) switch
    {
        0 => 0,
        1 => p.One(1, 2, 3),
        2 => (p.Random.Next(3), p.Random.Next(3)),
        _ => new(p.Random.Next(4), p.Random.Next(4), p.Random.Next(4), p.Random.Next(4)),
    };

    private static Node Convolution(RandomProgram p)
    {
        var x = Images(p);
        var channels = x.Shape[1] ?? throw new NoMoveException();
        var groups = p.One(1, 1, 1, 2, 3, (int)channels);
        if (groups == 0 || channels % groups != 0) throw new NoMoveException();
        var window = Window(p);
        var weights = p.Variable(groups * p.One(1, 2, 3, 5, 8, 16), channels / groups, window.Height, window.Width);
        return x.Conv2D(weights, Stride(p), Padding(p), p.Chance(0.3) ? Two(p, 1, 2, 3) : null, groups) * 0.4f;
    }

    private static Node Transposed(RandomProgram p)
    {
        var x = Images(p);
        var channels = x.Shape[1] ?? throw new NoMoveException();
        var groups = p.One(1, 1, 2, (int)channels);
        if (groups == 0 || channels % groups != 0) throw new NoMoveException();
        var window = Window(p);
        var weights = p.Variable(channels, p.One(1, 2, 3), window.Height, window.Width);
        return x.ConvTranspose2D(weights, Stride(p), Padding(p), p.Chance(0.3) ? Two(p, 1, 2) : null, groups,
            p.Chance(0.3) ? Two(p, 0, 1) : default) * 0.4f;
    }

    private static Node Sequences(RandomProgram p)
    {
        var x = p.Any(x => x.Shape.Rank == 3);
        var channels = x.Shape[1] ?? throw new NoMoveException();
        return x.Conv1D(p.Variable(p.Size(), channels, p.One(1, 2, 3)), p.One(1, 1, 2), p.One(0, 1, 2), p.One(1, 1, 2)) * 0.4f;
    }
}
