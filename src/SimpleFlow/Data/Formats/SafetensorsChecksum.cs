using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SimpleFlow;

/// <summary>The SHA-256 of a safetensors file, kept among the texts of its header: it covers all bytes, with zeros in its own
/// place.</summary>
internal static class SafetensorsChecksum
{
    public const string Name = "sha256";

    /// <summary>The placeholder while it is computed.</summary>
    public static string Empty { get; } = new('0', 64);

    /// <summary>Puts the checksum into a header that has zeros in its place.</summary>
    public static void Sign(byte[] header, IEnumerable<WrittenTensor> tensors)
    {
        using var hash = Begin(header);
        foreach (var tensor in tensors) SafetensorsFile.WriteBytes(tensor, hash.AppendData);
        Encoding.UTF8.GetBytes(Text(hash), PlaceIn(header, Empty));
    }

    /// <summary>Whether a header and all that follows it are what was signed. Puts zeros into the checksum's place.</summary>
    /// <param name="checksum">What the header says.</param>
    /// <param name="header">The header.</param>
    /// <param name="rest">The file, at the end of its header.</param>
    public static bool IsOf(string checksum, byte[] header, Stream rest)
    {
        var place = PlaceIn(header, checksum);
        if (place.Length != Empty.Length) return false;
        place.Fill((byte)'0');
        using var hash = Begin(header);
        var buffer = new byte[64 * 1024];
        for (int read; (read = rest.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
        return Text(hash) == checksum;
    }

    private static IncrementalHash Begin(byte[] header)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        hash.AppendData(length);
        hash.AppendData(header);
        return hash;
    }

    private static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());

    private static Span<byte> PlaceIn(byte[] header, string checksum)
    {
        var at = header.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{Name}\":\"{checksum}\""));
        return at < 0 ? default : header.AsSpan(at + Name.Length + 4, checksum.Length);
    }
}
