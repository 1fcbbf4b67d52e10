namespace SimpleFlow.Kernels.Pooling;

/// <summary>The sizes of a pooling operation: planes [planes, height, width] give [planes, places down, places across].</summary>
internal sealed record PoolingGeometry(int Planes, int Height, int Width, Sliding Vertical, Sliding Horizontal)
{
    public int Down { get; } = (int)Vertical.Places(Height);

    public int Across { get; } = (int)Horizontal.Places(Width);

    /// <summary>Whether the windows are 2 × 2, side by side, and whole: none extends past an edge. Almost every network pools this
    /// way.</summary>
    public bool IsHalving => IsPairs(Vertical, Height, Down) && IsPairs(Horizontal, Width, Across);

    /// <summary>How a maximum is found.</summary>
    public KernelPath Path => IsHalving ? MaxPoolHalving.PathOf(Across) : KernelPath.Windows;

    /// <summary>The elements of a window, whether in the image or in the padding.</summary>
    public long Window => (long)Vertical.Size * Horizontal.Size;

    /// <summary>Whether a mean adds more elements than fit in a chain.</summary>
    public bool SumsAreLong => Window > LongSums.Chain;

    /// <summary>Whether so many windows overlap that the gradient of an element is a long sum.</summary>
    public bool GradientsAreLong => Vertical.Overlap(Down) * Horizontal.Overlap(Across) > LongSums.Chain;

    /// <summary>The scratch floats of a part: a row of the image.</summary>
    public long ScratchPerPart => IsHalving ? 0 : ScratchSize.Aligned(Width);

    /// <summary>The scratch floats of a part of the gradient: a plane of totals if they are needed.</summary>
    public long GradientScratchPerPart => GradientsAreLong ? ScratchSize.Aligned(2L * Height * Width) : 0;

    /// <summary>How many elements the kernels read.</summary>
    public double Looks => (double)Planes * Down * Across * Window;

    // Padding after the axis may add a window that is partly or entirely padding; or none, if the length is even.
    private static bool IsPairs(Sliding sliding, int length, int places) =>
        sliding is { Size: 2, Stride: 2, Before: 0, Dilation: 1 } && places <= length / 2;
}
