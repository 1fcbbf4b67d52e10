using System.Buffers.Binary;
using System.Numerics;

namespace SimpleFlow;

/// <summary>XXH64, a hash that runs at the speed of memory (Y. Collet, "xxHash fast digest algorithm", specification 0.1.1).
/// It detects accidents and mistakes; an attacker can construct data with the same hash.</summary>
internal static class XxHash64
{
    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87, Prime2 = 0xC2B2_AE3D_27D4_EB4F, Prime3 = 0x1656_67B1_9E37_79F9,
        Prime4 = 0x85EB_CA77_C2B2_AE63, Prime5 = 0x27D4_EB2F_1656_67C5;

    /// <summary>The hash of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        unchecked
        {
            var (length, hash) = ((ulong)bytes.Length, seed + Prime5);
            if (bytes.Length >= 32)
            {
                // Four sums that do not wait for each other.
                var (a, b, c, d) = (seed + Prime1 + Prime2, seed + Prime2, seed, seed - Prime1);
                for (; bytes.Length >= 32; bytes = bytes[32..])
                {
                    a = Round(a, Word(bytes));
                    b = Round(b, Word(bytes[8..]));
                    c = Round(c, Word(bytes[16..]));
                    d = Round(d, Word(bytes[24..]));
                }
                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12)
                    + BitOperations.RotateLeft(d, 18);
                foreach (var sum in (ReadOnlySpan<ulong>)[a, b, c, d]) hash = (hash ^ Round(0, sum)) * Prime1 + Prime4;
            }
            hash += length;
            for (; bytes.Length >= 8;
            bytes = bytes[8..])
                hash = BitOperations.RotateLeft(hash ^ Round(0, Word(bytes)), 27) * Prime1 + Prime4;
            if (bytes.Length >= 4)
            {
                hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Prime1, 23) * Prime2 + Prime3;
                bytes = bytes[4..];
            }
            foreach (var one in bytes) hash = BitOperations.RotateLeft(hash ^ one * Prime5, 11) * Prime1;
            hash = (hash ^ hash >> 33) * Prime2;
            hash = (hash ^ hash >> 29) * Prime3;
            return hash ^ hash >> 32;
        }
    }

    private static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Round(ulong sum, ulong word) => unchecked(BitOperations.RotateLeft(sum + word * Prime2, 31) * Prime1);
}
