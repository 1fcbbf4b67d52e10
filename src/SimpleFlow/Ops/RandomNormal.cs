using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Normally distributed numbers in the shape of the source.</summary>
public sealed record RandomNormal : RandomOp
{
    /// <summary>Creates the op with its mean, standard deviation and stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stream is not a number from 0 to 2³⁰ − 1.</exception>
    public RandomNormal(float mean = 0, float scale = 1, int stream = 0) : base(stream) => (Mean, Scale) = (mean, scale);

    /// <summary>The mean.</summary>
    public float Mean { get; }

    /// <summary>The standard deviation.</summary>
    public float Scale { get; }

    private protected override void Fill(Span<float> destination, ulong seed, uint stream, long step, long first)
    {
        Philox.FillNormal(destination, seed, stream, step, first);
        foreach (ref var number in destination) number = Mean + Scale * number;
    }
}

public static partial class Flow
{
    /// <summary>Normally distributed random numbers in the shape of <paramref name="like"/>, new at every step.</summary>
    public static Node RandomNormal(this Node like, float mean = 0, float scale = 1, int stream = 0, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(like, new RandomNormal(mean, scale, stream), name, file, line);
}
