using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels;

/// <summary>
/// Random numbers without a generator: a number is a pure function of (seed, stream, step, index). So any part of a stream can be made on
/// any thread, in any order, and a run that resumes needs only the number of its step.
/// <para>
/// The function is Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011): a 128-bit counter
/// is enciphered by ten rounds of multiplication under a 64-bit key. The key is the seed. The counter is (block, step, stream) in
/// 48 + 48 + 32 bits, and each block gives four numbers; so no two numbers share a counter
/// while steps stay below 2⁴⁸ and indices below 2⁵⁰.
/// </para>
/// <para>
/// Uniform and whole numbers have the same bits on every machine. Normal numbers go through the logarithm and sine of the C library in
/// double precision and are then rounded to float: two C libraries that differ in a last bit give a different float only about once in 10⁸.
/// </para>
/// </summary>
internal static class Philox
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint KeyStep0 = 0x9E3779B9, KeyStep1 = 0xBB67AE85;
    private const float UnitOfUniform = 1f / (1 << 24);
    private const double UnitOfWord = 1.0 / (1L << 32);

    /// <summary>A uniform number in [0, 1): the upper 24 bits of a word, so every value is exact and 1 is never reached.</summary>
    public static float Uniform(ulong seed, uint stream, long step, long index) =>
        ToUniform(Word(BlockOf(seed, stream, step, index >> 2), (int)(index & 3)));

    /// <summary>A standard normal number, never further from 0 than 6.7.</summary>
    public static float Normal(ulong seed, uint stream, long step, long index)
    {
        var block = BlockOf(seed, stream, step, index >> 2);
        var (cosine, sine) = (index & 2) == 0 ? BoxMuller(block.Word0, block.Word1) : BoxMuller(block.Word2, block.Word3);
        return (index & 1) == 0 ? cosine : sine;
    }

    /// <summary>A whole number in [0, <paramref name="count"/>): half a block, 64 bits, times the count; no value is favoured by more than
    /// 2⁻³².</summary>
    public static int Below(int count, ulong seed, uint stream, long step, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var block = BlockOf(seed, stream, step, index >> 1);
        var bits = (index & 1) == 0 ? ((ulong)block.Word1 << 32) | block.Word0 : ((ulong)block.Word3 << 32) | block.Word2;
        return (int)Math.BigMul(bits, (ulong)count, out _);
    }

    /// <summary>Fills the span, for the indices from <paramref name="first"/> on, with the whole
    /// number that <see cref="Below"/> gives for the count of the next index: from 0 to the index itself. Two share a block.</summary>
    public static void FillBelowNext(Span<int> destination, ulong seed, uint stream, long step, int first)
    {
        var at = 0;
        if ((first & 1) != 0 && destination.Length > 0) destination[at++] = Below(first + 1, seed, stream, step, first);
        for (; at <= destination.Length - 2; at += 2)
        {
            var index = first + at;
            var block = BlockOf(seed, stream, step, index >> 1);
            destination[at] = (int)Math.BigMul(((ulong)block.Word1 << 32) | block.Word0, (ulong)index + 1, out _);
            destination[at + 1] = (int)Math.BigMul(((ulong)block.Word3 << 32) | block.Word2, (ulong)index + 2, out _);
        }
        if (at < destination.Length) destination[at] = Below(first + at + 1, seed, stream, step, first + at);
    }

    /// <summary>Fills the span with the uniform numbers of the indices from <paramref name="first"/> on: the same ones that
    /// <see cref="Uniform"/> gives.</summary>
    public static void FillUniform(Span<float> destination, ulong seed, uint stream, long step, long first = 0)
    {
        var at = 0;
        for (; at < destination.Length && ((first + at) & 3) != 0; at++) destination[at] = Uniform(seed, stream, step, first + at);
        for (; at <= destination.Length - 4; at += 4)
        {
            var block = BlockOf(seed, stream, step, (first + at) >> 2);
            var four = destination.Slice(at, 4);
            four[0] = ToUniform(block.Word0);
            four[1] = ToUniform(block.Word1);
            four[2] = ToUniform(block.Word2);
            four[3] = ToUniform(block.Word3);
        }
        for (; at < destination.Length; at++) destination[at] = Uniform(seed, stream, step, first + at);
    }

    /// <summary>Fills the span with the normal numbers of the indices from <paramref name="first"/> on: the same ones that
    /// <see cref="Normal"/> gives.</summary>
    public static void FillNormal(Span<float> destination, ulong seed, uint stream, long step, long first = 0)
    {
        var at = 0;
        for (; at < destination.Length && ((first + at) & 3) != 0; at++) destination[at] = Normal(seed, stream, step, first + at);
        for (; at <= destination.Length - 4; at += 4)
        {
            var block = BlockOf(seed, stream, step, (first + at) >> 2);
            var four = destination.Slice(at, 4);
            (four[0], four[1]) = BoxMuller(block.Word0, block.Word1);
            (four[2], four[3]) = BoxMuller(block.Word2, block.Word3);
        }
        for (; at < destination.Length; at++) destination[at] = Normal(seed, stream, step, first + at);
    }

    /// <summary>The cipher itself: the paper's function of a counter and a key, least significant words first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block Encipher(Block counter, uint key0, uint key1)
    {
        var (word0, word1, word2, word3) = (counter.Word0, counter.Word1, counter.Word2, counter.Word3);
        for (var round = 0; round < 10; round++)
        {
            // All arithmetic is modulo 2³²: only the low words are kept, and the keys wrap.
            unchecked
            {
                var product0 = (ulong)Multiplier0 * word0;
                var product1 = (ulong)Multiplier1 * word2;
                word0 = (uint)(product1 >> 32) ^ word1 ^ key0;
                word1 = (uint)product1;
                word2 = (uint)(product0 >> 32) ^ word3 ^ key1;
                word3 = (uint)product0;
                key0 += KeyStep0;
                key1 += KeyStep1;
            }
        }
        return new Block(word0, word1, word2, word3);
    }

    /// <summary>Four words of 32 bits: a counter, or what it enciphers to.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct Block(uint Word0, uint Word1, uint Word2, uint Word3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Block BlockOf(ulong seed, uint stream, long step, long block) =>
        unchecked(Encipher(new Block((uint)block, ((uint)(block >> 32) & 0xFFFF) | ((uint)(step >> 32) << 16), (uint)step, stream),
            (uint)seed, (uint)(seed >> 32)));

    private static uint Word(Block block, int lane) =>
        lane switch { 0 => block.Word0, 1 => block.Word1, 2 => block.Word2, _ => block.Word3 };

    private static float ToUniform(uint bits) => (bits >> 8) * UnitOfUniform;

    /// <summary>
    /// Two independent normal numbers from two uniform ones (Box and Muller, 1958):
    /// a radius √(−2 ln u), with u in (0, 1] so that the logarithm is finite, and a direction 2πv.
    /// </summary>
    private static (float Cosine, float Sine) BoxMuller(uint bits0, uint bits1)
    {
        var radius = Math.Sqrt(-2 * Math.Log((bits0 + 1.0) * UnitOfWord));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * (bits1 * UnitOfWord));
        return ((float)(radius * cosine), (float)(radius * sine));
    }
}
