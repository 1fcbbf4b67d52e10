using System.Buffers.Binary;

namespace SimpleFlow.Plots;

/// <summary>
/// Combines PNG files of equal size and format into an animated one (APNG). Browsers play it; older viewers show its first frame. The file
/// is a PNG with three more kinds of chunks:
/// <code>
/// IHDR   size and format
/// acTL   how many frames, how often (0: for ever)
/// fcTL   0, delay of frame 1         IDAT…   its pixels, as in any PNG
/// fcTL   1, delay of frame 2         fdAT…   2, 3, … its pixels: an IDAT with a number in front
/// IEND
/// </code>
/// fcTL and fdAT share one count, 0, 1, 2, … Source: W3C, PNG Specification, Third Edition, section 11.3.6.
/// </summary>
internal static class AnimatedPng
{
    public static byte[] Assemble(IReadOnlyList<(byte[] Png, TimeSpan Delay)> frames)
    {
        var file = new MemoryStream();
        file.Write(PngChunk.Signature);
        ReadOnlyMemory<byte> header = default;
        var number = 0;
        foreach (var (png, delay) in frames)
        {
            var chunks = PngChunk.ReadAll(png);
            var first = header.IsEmpty;
            if (first)
            {
                header = chunks.Single(chunk => chunk.Name == "IHDR").Data;
                new PngChunk("IHDR", header).WriteTo(file);
                new PngChunk("acTL", Numbers(frames.Count, 0)).WriteTo(file);
            }

            new PngChunk("fcTL", Control(number++, header.Span[..8], delay)).WriteTo(file);
            foreach (var pixels in chunks.Where(chunk => chunk.Name == "IDAT"))
                (first ? pixels : new PngChunk("fdAT", (byte[])[.. Numbers(number++), .. pixels.Data.Span])).WriteTo(file);
        }

        new PngChunk("IEND", default).WriteTo(file);
        return file.ToArray();
    }

    // number, width, height, x and y offset, delay as a fraction in seconds, dispose 0 (leave), blend 0 (replace)
    private static byte[] Control(int number, ReadOnlySpan<byte> size, TimeSpan delay)
    {
        var fraction = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(fraction, (ushort)Math.Round(delay.TotalMilliseconds));
        BinaryPrimitives.WriteUInt16BigEndian(fraction.AsSpan(2), 1000);
        return [.. Numbers(number), .. size, .. Numbers(0, 0), .. fraction, 0, 0];
    }

    private static byte[] Numbers(params ReadOnlySpan<int> values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }
}
