using System.Buffers.Binary;
using SixLabors.ImageSharp.Processing;

namespace SimpleFlow.Images;

/// <summary>
/// How a camera was held, according to the EXIF data of a JPEG or a WebP: the eight ways, 1 to 8, in which stored rows and columns become
/// those of the upright image. ImageSharp could read them, too, but not in a program that is compiled ahead of time.
/// </summary>
internal static class Orientation
{
    public const int Upright = 1;

    // More than the data of a camera have before their first thumbnail.
    private const int MostBytes = 1 << 16;

    /// <summary>The orientation that a file declares; upright if it declares none.</summary>
    public static int Of(Stream file)
    {
        Span<byte> start = stackalloc byte[12];
        file.Position = 0;
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length) return Upright;
        if (start.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8])) return In(JpegExif(file));
        return start.StartsWith("RIFF"u8) && start.EndsWith("WEBP"u8) ? In(WebpExif(file)) : Upright;
    }

    /// <summary>Whether rows are stored as columns.</summary>
    public static bool IsTurned(int orientation) => orientation >= 5;

    /// <summary>What makes the stored image upright: first turned to the right, then mirrored.</summary>
    public static (RotateMode Turn, FlipMode Mirror) ToUpright(int orientation) => orientation switch
    {
        2 => (RotateMode.None, FlipMode.Horizontal),
        3 => (RotateMode.Rotate180, FlipMode.None),
        4 => (RotateMode.None, FlipMode.Vertical),
        5 => (RotateMode.Rotate90, FlipMode.Horizontal),
        6 => (RotateMode.Rotate90, FlipMode.None),
        7 => (RotateMode.Rotate270, FlipMode.Horizontal),
        8 => (RotateMode.Rotate270, FlipMode.None),
        _ => (RotateMode.None, FlipMode.None),
    };

    private static byte[] JpegExif(Stream file)
    {
        const byte Application1 = 0xe1, Scan = 0xda, End = 0xd9;
        Span<byte> segment = stackalloc byte[4];
        for (file.Position = 2; Fill(file, segment) && segment[0] == 0xff && segment[1] is not (Scan or End);)
        {
            var next = file.Position - 2 + BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
            if (segment[1] == Application1 && Bytes(file, next) is var bytes && bytes.AsSpan().StartsWith("Exif\0\0"u8)) return bytes;
            file.Position = next;
        }
        return [];
    }

    private static byte[] WebpExif(Stream file)
    {
        Span<byte> chunk = stackalloc byte[8];
        for (file.Position = 12; Fill(file, chunk);)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("EXIF"u8)) return Bytes(file, file.Position + length);
            file.Position = Math.Min(file.Length, file.Position + length + (length & 1));
        }
        return [];
    }

    private static bool Fill(Stream file, Span<byte> bytes) =>
        file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;

    private static byte[] Bytes(Stream file, long end)
    {
        var bytes = new byte[Math.Clamp(Math.Min(end, file.Length) - file.Position, 0, MostBytes)];
        return Fill(file, bytes) ? bytes : [];
    }

    // TIFF 6.0: the order of bytes, the place of the first directory, and its entries of twelve bytes.
    private static int In(ReadOnlySpan<byte> exif)
    {
        const int Entry = 12, Tag = 0x112;
        if (exif.StartsWith("Exif\0\0"u8)) exif = exif[6..];
        if (exif.Length < 8) return Upright;
        var isLittle = exif[0] == 'I';
        var directory = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (directory > exif.Length - 2) return Upright;
        exif = exif[(int)directory..];
        var entries = Math.Min(Number(exif), (exif.Length - 2) / Entry);
        for (var i = 0; i < entries; i++)
        {
            var entry = exif.Slice(2 + i * Entry, Entry);
            if (Number(entry) == Tag) return Number(entry[8..]) is >= 1 and <= 8 and var orientation ? orientation : Upright;
        }
        return Upright;

        int Number(ReadOnlySpan<byte> at) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
    }
}
