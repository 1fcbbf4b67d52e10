using System.Buffers.Binary;
using System.Text;

namespace SimpleFlow.Plots;

/// <summary>
/// One chunk of a PNG file: length, a name of four letters, data, CRC-32 of name and data; numbers are big-endian.
/// Source: W3C, Portable Network Graphics (PNG) Specification, Third Edition, section 5.
/// </summary>
internal readonly record struct PngChunk(string Name, ReadOnlyMemory<byte> Data)
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The chunks of a file, in order.</summary>
    public static List<PngChunk> ReadAll(ReadOnlyMemory<byte> file)
    {
        if (!file.Span.StartsWith(Signature))
            throw new InvalidDataException("This is not a PNG file: its first eight bytes are not the PNG signature.");
        var chunks = new List<PngChunk>();
        for (var rest = file[Signature.Length..]; !rest.IsEmpty;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            chunks.Add(new(Encoding.ASCII.GetString(rest.Span.Slice(4, 4)), rest.Slice(8, length)));
            rest = rest[(length + 12)..];
        }

        return chunks;
    }

    public void WriteTo(Stream stream)
    {
        var bytes = new byte[Data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(bytes, Data.Length);
        Encoding.ASCII.GetBytes(Name, bytes.AsSpan(4));
        Data.CopyTo(bytes.AsMemory(8));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - 4), Crc32(bytes.AsSpan(4, Data.Length + 4)));
        stream.Write(bytes);
    }

    // CRC-32 with the reversed polynomial 0xEDB88320, eight bits at a time from a table of 256.
    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(i =>
    {
        var entry = (uint)i;
        for (var bit = 0; bit < 8; bit++)
            entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ 0xEDB88320;
        return entry;
    })];
}
