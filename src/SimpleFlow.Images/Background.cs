using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace SimpleFlow.Images;

/// <summary>What is seen where an image is transparent.</summary>
internal static class Background
{
    /// <summary>Lays the image on white.</summary>
    /// <param name="image">The image, which becomes opaque.</param>
    /// <param name="covered">The part of it that the file describes; all else is transparent.</param>
    public static void White(Image<Rgba32> image, Rectangle covered) => image.ProcessPixelRows(rows =>
    {
        for (var y = 0; y < rows.Height; y++)
        {
            var row = rows.GetRowSpan(y);
            for (var x = 0; x < row.Length; x++)
            {
                if (!covered.Contains(x, y)) row[x] = new Rgba32(255, 255, 255);
                else if (row[x].A < 255) row[x] = OnWhite(row[x]);
            }
        }
    });

    private static Rgba32 OnWhite(Rgba32 pixel)
    {
        return new Rgba32(Level(pixel.R), Level(pixel.G), Level(pixel.B));

        byte Level(byte own) => (byte)((own * pixel.A + 255 * (255 - pixel.A) + 127) / 255);
    }
}
