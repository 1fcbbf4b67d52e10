using System.Buffers.Binary;
using System.Text;
using SkiaSharp;

namespace SimpleFlow.Tests.Plots;

/// <summary>An animated PNG read chunk by chunk, independently of the code that wrote it.</summary>
internal sealed class ApngFile
{
    public List<(string Name, byte[] Data)> Chunks { get; } = [];

    public ApngFile(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], bytes[..8].ToArray());
        for (bytes = bytes[8..]; bytes.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            Assert.Equal(Crc32(bytes.Slice(4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(bytes[(length + 8)..]));
            Chunks.Add((Encoding.ASCII.GetString(bytes.Slice(4, 4)), bytes.Slice(8, length).ToArray()));
            bytes = bytes[(length + 12)..];
        }
    }

    /// <summary>The delay of each frame in seconds.</summary>
    public double[] Delays => [.. Chunks.Where(chunk => chunk.Name == "fcTL").Select(chunk =>
        BinaryPrimitives.ReadUInt16BigEndian(chunk.Data.AsSpan(20)) / (double)BinaryPrimitives.ReadUInt16BigEndian(chunk.Data.AsSpan(22)))];

    /// <summary>The frames, each decoded as the still picture it came from.</summary>
    public List<SKBitmap> Frames()
    {
        var frames = new List<List<(string, byte[])>>();
        foreach (var (name, data) in Chunks)
        {
            if (name == "fcTL")
                frames.Add([]);
            if (name is "IDAT" or "fdAT")
                frames[^1].Add(("IDAT", name == "IDAT" ? data : data[4..]));
        }

        return [.. frames.Select(pixels => SKBitmap.Decode(Still([("IHDR", Chunks[0].Data), .. pixels, ("IEND", [])])))];
    }

    private static byte[] Still(List<(string Name, byte[] Data)> chunks)
    {
        var file = new List<byte> { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A };
        Span<byte> number = stackalloc byte[4];
        foreach (var (name, data) in chunks)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.AddRange(number);
            byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
            file.AddRange(body);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
            file.AddRange(number);
        }

        return [.. file];
    }

    // Bit by bit, as the standard defines it.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }
}
