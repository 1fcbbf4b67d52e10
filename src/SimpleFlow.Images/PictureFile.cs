using SkiaSharp;

namespace SimpleFlow.Images;

/// <summary>A single image file as bytes.</summary>
internal static class PictureFile
{
    /// <summary>The most pixels of an image: a file of a few kilobytes can claim to be of any size.</summary>
    public const long MostPixels = 100_000_000;

    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp", ".gif"];

    public static bool IsOne(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The height and the width of the upright image, from the file's first bytes.</summary>
    /// <exception cref="DataException">It is not an image, or too large.</exception>
    public static (int Rows, int Columns) Size(string path)
    {
        using var codec = Open(path);
        return Orientation.IsTurned(codec.EncodedOrigin) ? (codec.Info.Width, codec.Info.Height) : (codec.Info.Height, codec.Info.Width);
    }

    /// <summary>Decodes the image, upright, stretched to a size, with a white background behind transparent parts: all of red, then all of
    /// green, then all of blue.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The height wanted.</param>
    /// <param name="columns">The width wanted.</param>
    /// <param name="planes">Receives 3 · rows · columns bytes.</param>
    /// <exception cref="DataException">It is not an image, or is damaged.</exception>
    public static void Decode(string path, int rows, int columns, Span<byte> planes)
    {
        using var codec = Open(path);
        using var whole = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(whole.Info, whole.GetPixels()) is not SKCodecResult.Success and var result)
            throw new DataException(
                $"{path}: the image is damaged ({(result == SKCodecResult.IncompleteInput ? "it ends too early" : result)}).");
        using var sized = new SKBitmap(new SKImageInfo(columns, rows, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(sized))
        {
            canvas.Clear(SKColors.White);
            using var image = SKImage.FromBitmap(whole);
            // Mipmaps average if an image becomes much smaller, and do nothing if it keeps its size.
            var (height, width) = Orientation.IsTurned(codec.EncodedOrigin) ? (image.Width, image.Height) : (image.Height, image.Width);
            canvas.Scale(columns / (float)width, rows / (float)height);
            canvas.Concat(Orientation.Upright(codec.EncodedOrigin, image.Width, image.Height));
            canvas.DrawImage(image, new SKRect(0, 0, image.Width, image.Height),
                new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }
        var pixels = sized.GetPixelSpan();
        var plane = rows * columns;
        for (var i = 0; i < plane; i++)
        {
            for (var channel = 0; channel < 3; channel++) planes[channel * plane + i] = pixels[4 * i + channel];
        }
    }

    private static SKCodec Open(string path)
    {
        if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
        var codec = Create(path, out var result)
            ?? throw new DataException($"{path}: this is not a readable image ({result}).");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width >= 1 && height >= 1 && (long)width * height <= MostPixels) return codec;
        codec.Dispose();
        throw new DataException($"{path}: {width} × {height} pixels are too many; at most {MostPixels:N0} are read.");
    }

    // The output of another program can be read only once and in order: it is read into memory first.
    private static SKCodec? Create(string path, out SKCodecResult result)
    {
        using var file = File.OpenRead(path);
        if (file.CanSeek) return SKCodec.Create(path, out result);
        var memory = new MemoryStream();
        file.CopyTo(memory);
        memory.Position = 0;
        return SKCodec.Create(memory, out result);
    }
}
