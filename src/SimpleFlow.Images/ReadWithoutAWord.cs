using System.Buffers.Binary;
using SixLabors.ImageSharp;

namespace SimpleFlow.Images;

/// <summary>
/// What ImageSharp decodes to wrong pixels without an error: files that end too early, which it fills with grey, and run lengths in BMP.
/// The structure of a file tells both. PNG has checksums, and its decoder finds such faults by itself.
/// </summary>
internal static class ReadWithoutAWord
{
    /// <summary>Refuses a file with such a fault.</summary>
    /// <exception cref="DataException">It has one; the message says what to do.</exception>
    public static void Refuse(string path, ReadOnlySpan<byte> file)
    {
        if (!IsWhole(path, file)) throw new DataException($"{path}: the image is damaged (it ends too early).");
    }

    /// <summary>The part of a picture that its file describes: the first picture of a GIF may be smaller than the whole.</summary>
    public static Rectangle Covered(ReadOnlySpan<byte> file, Rectangle whole)
    {
        if (!file.StartsWith("GIF8"u8) || GifPicture(file) is not { } at) return whole;
        return new Rectangle(Short(file, at), Short(file, at + 2), Short(file, at + 4), Short(file, at + 6));
    }

    private static bool IsWhole(string path, ReadOnlySpan<byte> file)
    {
        try
        {
            if (file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8])) WalkJpeg(path, file);
            else if (file.StartsWith("GIF8"u8)) WalkGif(file);
            else if (file.StartsWith("BM"u8)) return IsWholeBmp(path, file);
            else if (file.StartsWith("RIFF"u8)) return IsWholeWebp(path, file);
            return true;
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    // ITU-T T.81, B.1: segments that say their length, pixels after the one that starts a scan, and a mark at the end.
    private static void WalkJpeg(string path, ReadOnlySpan<byte> file)
    {
        const byte Escaped = 0, End = 0xd9, Filler = 0xff;
        for (var at = 2; ;)
        {
            at += file[at..].IndexOf((byte)0xff) is >= 0 and var skipped ? skipped : file.Length;
            var mark = file[at + 1];
            switch (mark)
            {
                case End:
                    return;
                case 0xc9 or 0xca or 0xcb or (>= 0xcd and <= 0xcf):
                    throw new DataException($"{path}: JPEG with arithmetic coding is not read; save the image as PNG or as usual JPEG.");
                case Filler:
                    at++;
                    break;
                case Escaped or 1 or (>= 0xd0 and <= 0xd7):          // pixels, or a mark within them
                    at += 2;
                    break;
                default:
                    at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
                    break;
            }
        }
    }

    private static void WalkGif(ReadOnlySpan<byte> file)
    {
        if (GifPicture(file) is { } at) EndOfBlocks(file, at + 10 + ColoursLength(file[at + 8]));
    }

    // Where the first picture's place is, after global colours and extensions; null if there is none.
    private static int? GifPicture(ReadOnlySpan<byte> file)
    {
        var at = 13 + ColoursLength(file[10]);
        while (file[at] == '!') at = EndOfBlocks(file, at + 2);
        return file[at] == ',' ? at + 1 : null;
    }

    private static int ColoursLength(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static int EndOfBlocks(ReadOnlySpan<byte> file, int at)
    {
        while (file[at] != 0) at += 1 + file[at];
        return at + 1;
    }

    private static bool IsWholeBmp(string path, ReadOnlySpan<byte> file)
    {
        var isOld = Int(file, 14) == 12;
        (long width, long height) = isOld ? (Short(file, 18), Short(file, 20)) : (Int(file, 18), Int(file, 22));
        var (bits, compression) = isOld ? (Short(file, 24), 0) : (Short(file, 28), Int(file, 30));
        if (compression is 1 or 2)
            throw new DataException($"{path}: BMP with run lengths is not read; save the image as PNG, or as BMP without compression.");
        var row = (width * bits + 31) / 32 * 4;
        return (uint)Int(file, 10) + row * Math.Abs(height) <= file.Length;
    }

    private static bool IsWholeWebp(string path, ReadOnlySpan<byte> file)
    {
        const int Animation = 2;
        if (file[12..].StartsWith("VP8X"u8) && (file[20] & Animation) != 0)
            throw new DataException($"{path}: WebP with several pictures is not read; save the first one alone, or as GIF.");
        return (uint)Int(file, 4) + 8L <= file.Length;
    }

    private static int Short(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static int Int(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);
}
