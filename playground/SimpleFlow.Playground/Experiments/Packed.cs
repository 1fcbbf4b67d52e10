using System.Buffers.Text;
using System.IO.Compression;

namespace SimpleFlow.Playground.Experiments;

/// <summary>Bytes as characters that an address can have, compressed.</summary>
public static class Packed
{
    // What a link with little data unpacks to; a forged one must not fill the memory.
    private const int MostBytes = 1_000_000;

    /// <summary>Packs bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(bytes);
        return Base64Url.EncodeToString(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    /// <summary>Unpacks them.</summary>
    /// <exception cref="FormatException">They are damaged.</exception>
    public static byte[] Unpack(string text)
    {
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(Base64Url.DecodeFromChars(text)), CompressionMode.Decompress);
            var (bytes, count) = (new byte[MostBytes + 1], 0);
            while (count < bytes.Length && deflate.Read(bytes, count, bytes.Length - count) is > 0 and var read) count += read;
            return count <= MostBytes ? bytes[..count] : throw new FormatException("The data of the link are too large.");
        }
        catch (InvalidDataException exception)
        {
            throw new FormatException("The data of the link are damaged. Copy the whole link.", exception);
        }
    }
}
