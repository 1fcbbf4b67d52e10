using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SimpleFlow;

/// <summary>The positions of separators, line ends and quotes in 64 bytes of a CSV text: a bit for each byte, the lowest for the
/// first.</summary>
/// <param name="Separators">The signs between fields.</param>
/// <param name="Ends">A line break, either part of one.</param>
/// <param name="Quotes">A quote.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CsvBlock(ulong Separators, ulong Ends, ulong Quotes)
{
    /// <summary>How many bytes are compared at once.</summary>
    public const int Size = 64;

    private const int Half = Size / 2;

    /// <summary>The block that begins at a position of a text. Beyond the end there are no signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CsvBlock At(ReadOnlySpan<byte> text, int place, byte separator) =>
        text.Length - place >= Size ? Of(text.Slice(place, Size), separator) : AtTheEnd(text[place..], separator);

    private static CsvBlock AtTheEnd(ReadOnlySpan<byte> rest, byte separator)
    {
        Span<byte> block = stackalloc byte[Size];
        block.Clear();
        rest.CopyTo(block);
        return Of(block, separator);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CsvBlock Of(ReadOnlySpan<byte> block, byte separator)
    {
        var (low, high) = (Vector256.Create(block), Vector256.Create(block[Half..]));
        return new CsvBlock(
            Mask(Vector256.Equals(low, Vector256.Create(separator)), Vector256.Equals(high, Vector256.Create(separator))),
            Mask(
                Vector256.Equals(low, Vector256.Create((byte)'\n')) | Vector256.Equals(low, Vector256.Create((byte)'\r')),
                Vector256.Equals(high, Vector256.Create((byte)'\n')) | Vector256.Equals(high, Vector256.Create((byte)'\r'))),
            Mask(Vector256.Equals(low, Vector256.Create((byte)'"')), Vector256.Equals(high, Vector256.Create((byte)'"'))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) =>
        low.ExtractMostSignificantBits() | (ulong)high.ExtractMostSignificantBits() << Half;
}
