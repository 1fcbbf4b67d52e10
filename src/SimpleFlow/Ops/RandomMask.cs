using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>1 with the given probability, else 0, in the shape of the source: the mask that dropout multiplies by.</summary>
public sealed record RandomMask : RandomOp
{
    /// <summary>Creates the op with the probability of a 1 and its stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1], or the stream
    /// is not a number from 0 to 2³⁰ − 1.</exception>
    public RandomMask(float probability, int stream = 0) : base(stream)
    {
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability must be between 0 and 1.");
        Probability = probability;
    }

    /// <summary>The probability of a 1.</summary>
    public float Probability { get; }

    private protected override void Fill(Span<float> destination, ulong seed, uint stream, long step, long first)
    {
        Philox.FillUniform(destination, seed, stream, step, first);
        foreach (ref var number in destination) number = number < Probability ? 1 : 0;
    }
}

public static partial class Flow
{
    /// <summary>A mask in the shape of <paramref name="like"/>: 1 with the given probability, else 0, new at every step.</summary>
    public static Node RandomMask(this Node like, float probability, int stream = 0, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(like, new RandomMask(probability, stream), name, file, line);
}
