namespace SimpleFlow.Kernels;

/// <summary>The sizes of a pooling: planes [planes, height, width] give [planes, places down, places across].</summary>
internal sealed record PoolingGeometry(int Planes, int Height, int Width, Sliding Vertical, Sliding Horizontal)
{
    public int Down { get; } = (int)Vertical.Places(Height);

    public int Across { get; } = (int)Horizontal.Places(Width);

    /// <summary>Whether the windows are 2 × 2, side by side and without padding: what almost every network has.</summary>
    public bool IsHalving => IsPairs(Vertical) && IsPairs(Horizontal);

    /// <summary>How many elements the kernels look at.</summary>
    public double Looks => (double)Planes * Down * Across * Vertical.Size * Horizontal.Size;

    /// <summary>The elements of the window that lie in the image at a place: the first and the end, down and across.</summary>
    public static (int First, int End) Inside(Sliding sliding, int place, int length)
    {
        var (first, end) = (0, sliding.Size);
        while (first < end && sliding.At(place, first) < 0) first++;
        while (end > first && sliding.At(place, end - 1) >= length) end--;
        return (first, end);
    }

    private static bool IsPairs(Sliding sliding) => sliding is { Size: 2, Stride: 2, Before: 0, Dilation: 1 };
}
