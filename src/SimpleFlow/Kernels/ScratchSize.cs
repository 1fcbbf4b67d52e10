namespace SimpleFlow.Kernels;

/// <summary>
/// How many floats of scratch memory a kernel wants. Padding and dilation are not bounded by what is in memory, so that a product of such
/// sizes can leave 64 bits, and a buffer of what is left would be too small.
/// </summary>
internal static class ScratchSize
{
    /// <summary>More than any machine has, so that it is refused; and so little that 256 parts with several such
    /// buffers each can still be added up.</summary>
    public const long Most = 1L << 48;

    /// <summary>Rounded up to a cache line.</summary>
    public static long Aligned(long floats) => (floats + 15) / 16 * 16;

    /// <summary>The product of up to four sizes; <see cref="Most"/> where it is larger.</summary>
    public static long Of(long a, long b, long c = 1, long d = 1) => (long)Int128.Min(Most, (Int128)a * b * c * d);
}
