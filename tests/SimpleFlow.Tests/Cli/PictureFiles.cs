using SkiaSharp;

namespace SimpleFlow.Tests.Cli;

/// <summary>Image files of one's own making.</summary>
internal static class PictureFiles
{
    /// <summary>Writes an image whose pixels follow from their place.</summary>
    public static void Write(string path, int rows, int columns, Func<int, int, SKColor> colour,
        SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var bitmap = new SKBitmap(new SKImageInfo(columns, rows, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++) bitmap.SetPixel(x, y, colour(y, x));
        }
        using var data = bitmap.Encode(format, 95);
        using var file = File.Create(path);
        data.SaveTo(file);
    }

    /// <summary>A folder of three classes: red above, green at the left, or blue in the middle, each under noise.</summary>
    public static void WriteClasses(string folder, int ofEach, int seed)
    {
        var random = new Random(seed);
        foreach (var (index, name) in ((string[])["above", "left", "middle"]).Index())
        {
            for (var i = 0; i < ofEach; i++)
            {
                Write(Path.Combine(folder, name, $"{i:D3}.{(i % 2 == 0 ? "png" : "jpg")}"), 12, 14, Colour,
                    i % 2 == 0 ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg);

                SKColor Colour(int y, int x)
                {
                    var isOwn = index switch { 0 => y < 4, 1 => x < 4, _ => y is >= 4 and < 9 && x is >= 5 and < 10 };
                    byte Level(int channel) => (byte)Math.Clamp((isOwn && channel == index ? 200 : 60) + random.Next(-40, 40), 0, 255);
                    return new SKColor(Level(0), Level(1), Level(2));
                }
            }
        }
    }
}
