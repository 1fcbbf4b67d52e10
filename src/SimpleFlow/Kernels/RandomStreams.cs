namespace SimpleFlow.Kernels;

/// <summary>
/// Who draws from which of the 2³² streams of a seed. Everything random takes its stream from this table, so nobody draws another's
/// numbers. The ranges are part of what a seed means: moving one changes runs that somebody wants to repeat.
/// </summary>
internal static class RandomStreams
{
    /// <summary>First values of a model's variables, by their number in the model.</summary>
    public static StreamRange Variables { get; } = new(0x0000_0000, 0x3FFF_FFFF);

    /// <summary>First values of variables that are read before a model has numbered them, by their names.</summary>
    public static StreamRange NamedVariables { get; } = new(0x4000_0000, 0x7FFF_FEFF);

    /// <summary>What is not taken yet: data draw from streams at the end of the lower half.</summary>
    public static StreamRange Unused { get; } = new(0x7FFF_FF00, 0x7FFF_FFF9);

    /// <summary>The colours of augmented images.</summary>
    public static StreamRange RecolouredImages { get; } = new(0x7FFF_FFFA);

    /// <summary>The characters of a generated text.</summary>
    public static StreamRange GeneratedTexts { get; } = new(0x7FFF_FFFB);

    /// <summary>The changes of augmented images; each image has a run of numbers of its own.</summary>
    public static StreamRange AugmentedImages { get; } = new(0x7FFF_FFFC);

    /// <summary>Random samples of a data set.</summary>
    public static StreamRange Samples { get; } = new(0x7FFF_FFFD);

    /// <summary>Splits of a data set into parts.</summary>
    public static StreamRange Splits { get; } = new(0x7FFF_FFFE);

    /// <summary>The order of the rows in an epoch.</summary>
    public static StreamRange Epochs { get; } = new(0x7FFF_FFFF);

    /// <summary>Random ops, by the stream that the user gives them.</summary>
    public static StreamRange RandomOps { get; } = new(0x8000_0000, 0xBFFF_FFFF);

    /// <summary>Dropout, by the stream that the user gives it, or that its layer gets.</summary>
    public static StreamRange Dropouts { get; } = new(0xC000_0000, 0xFFFF_FFFF);
}

/// <summary>Neighbouring random streams, the first and the last one included.</summary>
internal readonly record struct StreamRange(uint First, uint Last)
{
    /// <summary>A single stream.</summary>
    public StreamRange(uint only) : this(only, only) { }

    /// <summary>How many streams there are.</summary>
    public long Count => (long)Last - First + 1;

    /// <summary>The stream with this number, counted from 0.</summary>
    public uint this[int number] => First + (uint)Required(number);

    /// <summary>The number, if there is such a stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stream.</exception>
    public int Required(int stream) => stream >= 0 && stream < Count ? stream
        : throw new ArgumentOutOfRangeException(nameof(stream), stream, $"A random stream is a number from 0 to {Count - 1}.");

    /// <summary>The number of the stream that follows from a name (Fowler, Noll and Vo's hash,
    /// FNV-1a, which is the same everywhere).</summary>
    /// <param name="name">The name.</param>
    /// <param name="variant">Another number gives the same name another stream.</param>
    public int NumberOf(string name, int variant = 0)
    {
        var hash = unchecked(2166136261u + (uint)variant);
        foreach (var character in name) hash = unchecked((hash ^ character) * 16777619);
        return (int)(hash % Count);
    }
}
