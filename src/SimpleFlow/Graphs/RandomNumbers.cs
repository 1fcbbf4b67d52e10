using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>A source of random numbers that follow from a seed: the same seed gives the same numbers, on every machine.</summary>
public sealed class RandomNumbers
{
    // Each kind counts for itself, in a step of its own: numbers of two kinds never come from the same bits.
    private enum Kind
    {
        Uniform,
        Normal,
        Below,
    }

    private readonly ulong _seed;
    private readonly uint _stream;
    private readonly long[] _drawn = new long[3];

    internal RandomNumbers(ulong seed, uint stream) => (_seed, _stream) = (seed, stream);

    /// <summary>The next number that is uniform in [0, 1).</summary>
    public float Uniform() => Philox.Uniform(_seed, _stream, (long)Kind.Uniform, _drawn[(int)Kind.Uniform]++);

    /// <summary>The next normal number with mean 0 and standard deviation 1.</summary>
    public float Normal() => Philox.Normal(_seed, _stream, (long)Kind.Normal, _drawn[(int)Kind.Normal]++);

    /// <summary>The next whole number from 0 to <paramref name="count"/> − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is not positive.</exception>
    public int Below(int count) => Philox.Below(count, _seed, _stream, (long)Kind.Below, _drawn[(int)Kind.Below]++);
}
