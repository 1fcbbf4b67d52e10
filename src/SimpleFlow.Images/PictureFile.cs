using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace SimpleFlow.Images;

/// <summary>A single image file as bytes.</summary>
internal static class PictureFile
{
    /// <summary>The most pixels of an image: a file of a few kilobytes can claim to be of any size.</summary>
    public const int MostPixels = 100_000_000;

    /// <summary>The most bytes of an image file: more than the pixels above take without compression.</summary>
    public const int MostBytes = 1_000_000_000;

    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp", ".gif"];

    public static bool IsOne(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The height and the width of the upright image, from the file's header.</summary>
    /// <exception cref="DataException">It is not an image, or too large.</exception>
    public static (int Rows, int Columns) Size(string path)
    {
        using var file = Open(path);
        try
        {
            var (height, width) = SizeOf(path, file);
            return Orientation.IsTurned(Orientation.Of(file)) ? (width, height) : (height, width);
        }
        catch (DataException exception) when (exception.InnerException is not null)
        {
            ReadWithoutAWord.Refuse(path, Bytes(path));
            throw;
        }
    }

    /// <summary>Decodes the image, upright, stretched to a size, with a white background behind transparent parts: all of red, then all of
    /// green, then all of blue.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The height wanted.</param>
    /// <param name="columns">The width wanted.</param>
    /// <param name="planes">Receives 3 · rows · columns bytes.</param>
    /// <exception cref="DataException">It is not an image, or is damaged.</exception>
    public static void Decode(string path, int rows, int columns, Memory<byte> planes)
    {
        var bytes = Bytes(path);
        ReadWithoutAWord.Refuse(path, bytes);
        SizeOf(path, new MemoryStream(bytes));
        var orientation = Orientation.Of(new MemoryStream(bytes));
        using var image = Decoded(path, () => Image.Load<Rgba32>(PictureDecoders.Configuration, bytes));
        Background.White(image, ReadWithoutAWord.Covered(bytes, image.Bounds()));
        // Stretched first and turned afterwards: the same pixels, and fewer of them to turn.
        var size = Orientation.IsTurned(orientation) ? new Size(rows, columns) : new Size(columns, rows);
        var (turn, mirror) = Orientation.ToUpright(orientation);
        image.Mutate(context =>
        {
            if (image.Size() != size) context.Resize(Stretched(size));
            context.RotateFlip(turn, mirror);
        });
        image.ProcessPixelRows(pixels =>
        {
            var all = planes.Span;
            for (var row = 0; row < rows; row++)
            {
                var red = all.Slice(row * columns, columns);
                var green = all.Slice((rows + row) * columns, columns);
                var blue = all.Slice((2 * rows + row) * columns, columns);
                var line = pixels.GetRowSpan(row);
                for (var x = 0; x < columns; x++) (red[x], green[x], blue[x]) = (line[x].R, line[x].G, line[x].B);
            }
        });
    }

    // Nothing is transparent any more, so colours need not be weighted by how much of them is seen. The triangle is linear interpolation
    // if an image grows, and a weighted average of what falls on a pixel if it shrinks.
    private static ResizeOptions Stretched(Size size) => new()
    {
        Size = size,
        Mode = ResizeMode.Stretch,
        Sampler = KnownResamplers.Triangle,
        PremultiplyAlpha = false,
    };

    private static (int Rows, int Columns) SizeOf(string path, Stream file)
    {
        var (width, height) = Decoded(path, () =>
            Image.Identify(PictureDecoders.Configuration, file) is { } header ? (header.Width, header.Height) : default);
        if (width == 0) throw new DataException($"{path}: this is not a readable image; PNG, JPEG, BMP, WebP and GIF are read.");
        if (width < 0 || height < 1 || (long)width * height > MostPixels)
            throw new DataException($"{path}: {width} × {height} pixels are too many; at most {MostPixels:N0} are read.");
        return (height, width);
    }

    // Damaged files bring a decoder to any exception, from one of its own to an index out of range. They all say the same.
    private static T Decoded<T>(string path, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception exception) when (exception is EndOfStreamException or not (OutOfMemoryException or IOException))
        {
            var said = exception.Message.TrimEnd('.');
            throw new DataException($"{path}: the image is damaged or of a kind that is not read ({said}).", exception);
        }
    }

    // The output of another program can be read only once and in order: it is read into memory first.
    private static Stream Open(string path)
    {
        if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
        var file = File.OpenRead(path);
        return file.CanSeek ? file : new MemoryStream(Bytes(path, file));
    }

    private static byte[] Bytes(string path)
    {
        using var file = Open(path);
        return file is MemoryStream memory ? memory.ToArray() : Bytes(path, file);
    }

    private static byte[] Bytes(string path, Stream file)
    {
        var memory = new MemoryStream(file.CanSeek && file.Length <= MostBytes ? (int)file.Length : 0);
        var piece = new byte[1 << 16];
        for (int read; (read = file.Read(piece)) > 0;)
        {
            if (memory.Length + read > MostBytes)
                throw new DataException($"{path}: the file is too long for an image; at most {MostBytes:N0} bytes are read.");
            memory.Write(piece, 0, read);
        }
        return memory.Capacity == memory.Length ? memory.GetBuffer() : memory.ToArray();
    }
}
