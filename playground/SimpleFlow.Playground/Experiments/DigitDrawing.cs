namespace SimpleFlow.Playground.Experiments;

/// <summary>A digit that the reader draws, as a picture like those that the network learns from: its longer side is 20 pixels, and its
/// centre of mass is in the middle.</summary>
public sealed class DigitDrawing
{
    // As in MNIST; and a pen about as wide as in its pictures.
    private const float LongerSide = 20, PenRadius = 1.1f;

    private readonly List<List<(float X, float Y)>> _strokes = [];

    /// <summary>The strokes, in places from 0 to 1 to the right and downwards.</summary>
    public IReadOnlyList<IReadOnlyList<(float X, float Y)>> Strokes => _strokes;

    /// <summary>Whether nothing is drawn.</summary>
    public bool IsEmpty => _strokes.Count == 0;

    /// <summary>Puts the pen down.</summary>
    public void Begin(float x, float y) => _strokes.Add([(x, y)]);

    /// <summary>Moves the pen.</summary>
    /// <returns>Whether it moved far enough to be seen.</returns>
    public bool Move(float x, float y)
    {
        var (lastX, lastY) = _strokes[^1][^1];
        if ((x - lastX) * (x - lastX) + (y - lastY) * (y - lastY) < 1e-4f) return false;
        _strokes[^1].Add((x, y));
        return true;
    }

    /// <summary>Begins again.</summary>
    public void Clear() => _strokes.Clear();

    /// <summary>The picture: 784 pixels from 0 to 1.</summary>
    public float[] ToPicture()
    {
        var pixels = new float[DigitData.Pixels];
        if (IsEmpty) return pixels;
        var points = _strokes.SelectMany(stroke => stroke).ToList();
        var (left, top) = (points.Min(point => point.X), points.Min(point => point.Y));
        var (width, height) = (points.Max(point => point.X) - left, points.Max(point => point.Y) - top);
        // A dot stays a dot.
        var scale = (LongerSide - 2 * PenRadius) / Math.Max(Math.Max(width, height), 0.1f);
        var (shiftX, shiftY) = ((DigitData.Side - width * scale) / 2 - left * scale, (DigitData.Side - height * scale) / 2 - top * scale);
        Ink(pixels, scale, shiftX, shiftY);
        var (massX, massY, mass) = (0.0, 0.0, 0.0);
        for (var i = 0; i < pixels.Length; i++)
        {
            massX += pixels[i] * (i % DigitData.Side + 0.5);
            massY += pixels[i] * (i / DigitData.Side + 0.5);
            mass += pixels[i];
        }
        Array.Clear(pixels);
        const float Middle = DigitData.Side / 2f;
        Ink(pixels, scale, shiftX + Middle - (float)(massX / mass), shiftY + Middle - (float)(massY / mass));
        return pixels;
    }

    private void Ink(float[] pixels, float scale, float shiftX, float shiftY)
    {
        foreach (var stroke in _strokes)
            for (var i = 0; i < stroke.Count; i++)
            {
                var (from, to) = (stroke[Math.Max(0, i - 1)], stroke[i]);
                InkLine(pixels, from.X * scale + shiftX, from.Y * scale + shiftY, to.X * scale + shiftX, to.Y * scale + shiftY);
            }
    }

    // A pixel is as dark as its middle is deep within the line.
    private static void InkLine(float[] pixels, float x0, float y0, float x1, float y1)
    {
        const float Reach = PenRadius + 0.5f;
        var (dx, dy) = (x1 - x0, y1 - y0);
        var length = dx * dx + dy * dy;
        for (var row = Within(Math.Min(y0, y1) - Reach); row <= Within(Math.Max(y0, y1) + Reach); row++)
            for (var column = Within(Math.Min(x0, x1) - Reach); column <= Within(Math.Max(x0, x1) + Reach); column++)
            {
                var (x, y) = (column + 0.5f - x0, row + 0.5f - y0);
                var along = length == 0 ? 0 : Math.Clamp((x * dx + y * dy) / length, 0, 1);
                var distance = MathF.Sqrt((x - along * dx) * (x - along * dx) + (y - along * dy) * (y - along * dy));
                ref var pixel = ref pixels[row * DigitData.Side + column];
                pixel = Math.Max(pixel, Math.Clamp(Reach - distance, 0, 1));
            }

        static int Within(float place) => Math.Clamp((int)place, 0, DigitData.Side - 1);
    }
}
