using SkiaSharp;

namespace SimpleFlow.Tests.Plots;

/// <summary>What every picture must be: decodable, of the asked size, and not blank.</summary>
internal static class PictureAssert
{
    public static void IsDrawn(string path, int width, int height)
    {
        using var picture = SKBitmap.Decode(path);
        Assert.NotNull(picture);
        Assert.Equal((width, height), (picture.Width, picture.Height));
        Assert.Equal(SKColors.White, picture.GetPixel(0, 0));
        Assert.Equal(SKColors.White, picture.GetPixel(width - 1, height - 1));
        Assert.True(Inked(picture, new SKRectI(0, 0, width, height)) > 500, "The picture is blank.");
    }

    /// <summary>How many pixels of the area are darker than the grid.</summary>
    public static int Inked(SKBitmap picture, SKRectI area)
    {
        var inked = 0;
        for (var y = area.Top; y < area.Bottom; y++)
        {
            for (var x = area.Left; x < area.Right; x++)
            {
                var color = picture.GetPixel(x, y);
                if (Math.Min(color.Red, Math.Min(color.Green, color.Blue)) < 200)
                    inked++;
            }
        }

        return inked;
    }
}
