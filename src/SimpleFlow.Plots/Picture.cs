using System.Runtime.CompilerServices;
using ScottPlot;
using SkiaSharp;

namespace SimpleFlow.Plots;

/// <summary>Turns plots into the bytes of a PNG file, and writes it.</summary>
internal static class Picture
{
    private const int SmallestSide = 64, LargestSide = 8192;

    public static void CheckSize(int side, [CallerArgumentExpression(nameof(side))] string? name = null)
    {
        if (side is < SmallestSide or > LargestSide)
            throw new ArgumentOutOfRangeException(name, side, $"A picture's {name} must be from {SmallestSide} to {LargestSide} pixels.");
    }

    // Flat colours repeat exactly from pixel to pixel: they compress best without PNG's filters, which predict gradual change.
    private static readonly SKPngEncoderOptions Packing = new(SKPngEncoderFilterFlags.NoFilters, 9);

    /// <summary>Draws the plots below each other, all equally high, and returns a PNG file without transparency.</summary>
    public static byte[] Png(ReadOnlySpan<Plot> rows, int width, int height)
    {
        using var surface = Surface(width, height);
        for (var row = 0; row < rows.Length; row++)
        {
            var top = height * row / rows.Length;
            var bottom = height * (row + 1) / rows.Length;
            using var panel = Surface(width, bottom - top);   // of its own: a plot clears everything it is given before it draws
            rows[row].Render(panel);
            surface.Canvas.DrawSurface(panel, 0, top);
        }

        using var pixels = surface.PeekPixels();
        using var file = pixels.Encode(Packing);
        return file?.ToArray() ?? throw new InvalidOperationException("The picture could not be encoded as PNG.");
    }

    // Opaque, so that a pixel takes three bytes in the file and the page's own background never shows through.
    private static SKSurface Surface(int width, int height)
    {
        var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        return surface;
    }

    /// <summary>Writes the file, creating its folder if it is missing.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var all = bytes.ToArray();
        WholeFile.Write(path, file => file.Write(all));
    }
}
