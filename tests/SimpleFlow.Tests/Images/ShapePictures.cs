using SkiaSharp;

namespace SimpleFlow.Tests.Images;

/// <summary>Folders of pictures with a circle, a square, a triangle, a cross or a ring on them, of any
/// size, place and colour, under noise.</summary>
internal static class ShapePictures
{
    public static readonly string[] Shapes = ["circle", "square", "triangle", "cross", "ring"];

    private const int LeastContrast = 180;

    /// <summary>Writes a sub-folder for each of the first few shapes.</summary>
    public static void Write(string folder, int classes, int ofEach, bool inColours, int smallest, int largest, int seed)
    {
        var random = new Random(seed);
        foreach (var shape in Shapes.Take(classes))
        {
            Directory.CreateDirectory(Path.Combine(folder, shape));
            for (var i = 0; i < ofEach; i++)
            {
                using var bitmap = Draw(shape, random.Next(smallest, largest + 1), random.Next(smallest, largest + 1), inColours, random);
                using var data = bitmap.Encode(SKEncodedImageFormat.Png, 90);
                using var file = File.Create(Path.Combine(folder, shape, $"{i:D3}.png"));
                data.SaveTo(file);
            }
        }
    }

    private static SKBitmap Draw(string shape, int width, int height, bool inColours, Random random)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        var (ground, ink) = Colours(inColours, random);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(ground);
            using var paint = new SKPaint { Color = ink, IsAntialias = true };
            var side = Math.Min(width, height);
            var size = side * (0.18f + 0.2f * random.NextSingle());
            var (x, y) = (size + (width - 2 * size) * random.NextSingle(), size + (height - 2 * size) * random.NextSingle());
            switch (shape)
            {
                case "circle":
                    canvas.DrawCircle(x, y, size, paint);
                    break;
                case "square":
                    canvas.DrawRect(x - 0.85f * size, y - 0.85f * size, 1.7f * size, 1.7f * size, paint);
                    break;
                case "triangle":
                    using (var path =
                        SKPath.ParseSvgPathData(
                            FormattableString.Invariant(
                                $"M{x},{y - size} L{x + 0.87f * size},{y + size / 2} L{x - 0.87f * size},{y + size / 2} Z")))
                        canvas.DrawPath(path, paint);
                    break;
                case "cross":
                    canvas.DrawRect(x - size, y - 0.3f * size, 2 * size, 0.6f * size, paint);
                    canvas.DrawRect(x - 0.3f * size, y - size, 0.6f * size, 2 * size, paint);
                    break;
                default:
                    paint.Style = SKPaintStyle.Stroke;
                    paint.StrokeWidth = 0.35f * size;
                    canvas.DrawCircle(x, y, 0.8f * size, paint);
                    break;
            }
        }
        var noise = random.Next(40);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (pixel, change) = (bitmap.GetPixel(x, y), random.Next(-noise, noise + 1));
                byte Changed(byte level) => (byte)Math.Clamp(level + change, 0, 255);
                bitmap.SetPixel(x, y, new SKColor(Changed(pixel.Red), Changed(pixel.Green), Changed(pixel.Blue)));
            }
        }
        return bitmap;
    }

    private static (SKColor Ground, SKColor Ink) Colours(bool inColours, Random random)
    {
        while (true)
        {
            var (ground, ink) = (Any(), Any());
            if (Math.Abs(ground.Red - ink.Red) + Math.Abs(ground.Green - ink.Green) + Math.Abs(ground.Blue - ink.Blue) >= LeastContrast)
                return (ground, ink);
        }

        SKColor Any()
        {
            var grey = (byte)random.Next(256);
            return inColours ? new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256))
                : new SKColor(grey, grey, grey);
        }
    }
}
