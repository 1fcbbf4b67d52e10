using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Uniform numbers in [lowest, highest), in the shape of the source.</summary>
public sealed record RandomUniform : RandomOp
{
    /// <summary>Creates the op with its range and stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stream is not a number from 0 to 2³⁰ − 1.</exception>
    public RandomUniform(float lowest = 0, float highest = 1, int stream = 0) : base(stream) => (Lowest, Highest) = (lowest, highest);

    /// <summary>The lowest number.</summary>
    public float Lowest { get; }

    /// <summary>The upper bound, which is never reached.</summary>
    public float Highest { get; }

    private protected override void Fill(Span<float> destination, ulong seed, uint stream, long step, long first)
    {
        Philox.FillUniform(destination, seed, stream, step, first);
        foreach (ref var number in destination) number = Lowest + (Highest - Lowest) * number;
    }
}

public static partial class Flow
{
    /// <summary>Uniform random numbers in the shape of <paramref name="like"/>, new at every step.</summary>
    public static Node RandomUniform(this Node like, float lowest = 0, float highest = 1, int stream = 0, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(like, new RandomUniform(lowest, highest, stream), name, file, line);
}
