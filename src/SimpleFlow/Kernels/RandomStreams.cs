namespace SimpleFlow.Kernels;

/// <summary>
/// Which of the 2³² streams of a seed each use draws from. Everything random takes its stream from this table, so no two uses share
/// numbers. The ranges are part of what a seed means: moving one changes runs that somebody wants to repeat.
/// </summary>
internal static class RandomStreams
{
    /// <summary>Initial values of a model's variables, by their number in the model.</summary>
    public static StreamRange Variables { get; } = new(0x0000_0000, 0x3FFF_FFFF);

    /// <summary>Initial values of variables that are read before a model has numbered them, by their names.</summary>
    public static StreamRange NamedVariables { get; } = new(0x4000_0000, 0x7FFF_FEFF);

    /// <summary>Free streams. Data draw from streams at the end of the lower half.</summary>
    public static StreamRange Unused { get; } = new(0x7FFF_FF00, 0x7FFF_FFF9);

    /// <summary>The colours of augmented images.</summary>
    public static StreamRange RecolouredImages { get; } = new(0x7FFF_FFFA);

    /// <summary>The characters of a generated text.</summary>
    public static StreamRange GeneratedTexts { get; } = new(0x7FFF_FFFB);

    /// <summary>The transformations of augmented images; each image has its own range of numbers.</summary>
    public static StreamRange AugmentedImages { get; } = new(0x7FFF_FFFC);

    /// <summary>Random samples of a data set.</summary>
    public static StreamRange Samples { get; } = new(0x7FFF_FFFD);

    /// <summary>Splits of a data set into parts.</summary>
    public static StreamRange Splits { get; } = new(0x7FFF_FFFE);

    /// <summary>The order of the rows in an epoch.</summary>
    public static StreamRange Epochs { get; } = new(0x7FFF_FFFF);

    /// <summary>Random ops, by the stream that the user gave them.</summary>
    public static StreamRange RandomOps { get; } = new(0x8000_0000, 0xBFFF_FFFF);

    /// <summary>Dropout, by the stream that the user gave it or that its layer chose.</summary>
    public static StreamRange Dropouts { get; } = new(0xC000_0000, 0xFFFF_FFFF);
}

/// <summary>A range of neighbouring random streams, including the first and the last.</summary>
internal readonly record struct StreamRange(uint First, uint Last)
{
    /// <summary>A single stream.</summary>
    public StreamRange(uint only) : this(only, only) { }

    /// <summary>How many streams there are.</summary>
    public long Count => (long)Last - First + 1;

    /// <summary>The stream with this number, counted from 0.</summary>
    public uint this[int number] => First + (uint)Required(number);

    /// <summary>Checks that the number is one of these streams, and returns it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stream.</exception>
    public int Required(int stream) => stream >= 0 && stream < Count ? stream
        : throw new ArgumentOutOfRangeException(nameof(stream), stream, $"A random stream must be a number from 0 to {Count - 1}.");

    /// <summary>The number of the stream that follows from a name (by the hash of Fowler, Noll and Vo, FNV-1a, which is the same
    /// everywhere).</summary>
    /// <param name="name">The name.</param>
    /// <param name="variant">Another number gives the same name another stream.</param>
    public int NumberOf(string name, int variant = 0)
    {
        var hash = unchecked(2166136261u + (uint)variant);
        foreach (var character in name) hash = unchecked((hash ^ character) * 16777619);
        return (int)(hash % Count);
    }
}
