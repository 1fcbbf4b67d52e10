namespace SimpleFlow.Kernels.Pooling;

/// <summary>The sizes of a pooling: planes [planes, height, width] give [planes, places down, places across].</summary>
internal sealed record PoolingGeometry(int Planes, int Height, int Width, Sliding Vertical, Sliding Horizontal)
{
    public int Down { get; } = (int)Vertical.Places(Height);

    public int Across { get; } = (int)Horizontal.Places(Width);

    /// <summary>Whether the windows are 2 × 2, side by side, and whole: none hangs over an edge.
    /// It is what almost every network has.</summary>
    public bool IsHalving => IsPairs(Vertical, Height, Down) && IsPairs(Horizontal, Width, Across);

    /// <summary>How a maximum is found.</summary>
    public KernelPath Path => IsHalving ? MaxPoolHalving.PathOf(Across) : KernelPath.Windows;

    /// <summary>The elements of a window, whether in the image or in the padding.</summary>
    public long Window => (long)Vertical.Size * Horizontal.Size;

    /// <summary>Whether a mean adds more elements than a chain has terms.</summary>
    public bool SumsAreLong => Window > LongSums.Chain;

    /// <summary>Whether so many windows overlap that what flows back to an element is a long sum.</summary>
    public bool GradientsAreLong => Vertical.Overlap(Down) * Horizontal.Overlap(Across) > LongSums.Chain;

    /// <summary>The scratch floats of a part of the gradient: a plane of totals where they are needed.</summary>
    public long GradientScratchPerPart => GradientsAreLong ? ScratchSize.Aligned(2L * Height * Width) : 0;

    /// <summary>How many elements the kernels look at.</summary>
    public double Looks => (double)Planes * Down * Across * Window;

    // Padding after the axis may add a window that is not whole, or one of padding alone; or nothing, where the length is even.
    private static bool IsPairs(Sliding sliding, int length, int places) =>
        sliding is { Size: 2, Stride: 2, Before: 0, Dilation: 1 } && places <= length / 2;
}
