namespace SimpleFlow.Kernels;

/// <summary>
/// How many floats of scratch memory a kernel needs. Memory does not limit padding and dilation, so a product of such sizes can overflow 64
/// bits, and a buffer of the overflowed size would be too small.
/// </summary>
internal static class ScratchSize
{
    /// <summary>More than any machine has, so that it is refused, yet small enough that 256 parts with several such buffers each can still
    /// be added up.</summary>
    public const long Most = 1L << 48;

    /// <summary>Rounded up to a cache line.</summary>
    public static long Aligned(long floats) => (floats + 15) / 16 * 16;

    /// <summary>The product of up to four sizes, at most <see cref="Most"/>.</summary>
    public static long Of(long a, long b, long c = 1, long d = 1) => (long)Int128.Min(Most, (Int128)a * b * c * d);
}
