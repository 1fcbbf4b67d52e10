namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// When a convolution gains from <see cref="ImageLanes"/>. The alternative, <see cref="ConvolutionKernel"/> and the like, unrolls patches
/// and multiplies matrices. It is slow when the matrices are small or of an odd shape, and better when there are many filters, few elements
/// under the window, or few images.
/// </summary>
/// <param name="Filled">The smallest fraction of lanes that must hold an image.</param>
/// <param name="ElementsThatRepayANumber">How many elements of the patches must use a number to repay moving it into the lanes and back,
/// which costs more than unrolling one element.</param>
/// <param name="LargestSums">The maximum number of sums of a weights' gradient, a vector each: more do not stay in the level-2
/// cache.</param>
internal readonly record struct LaneThresholds(double Filled, int ElementsThatRepayANumber, long LargestSums)
{
    // In the images' gradient, adding patches back to pixels one by one is slower than unrolling; lanes need some channels to fill the
    // tiles.
    private const int FewestChannels = 4;

    // Moving a pixel of padding into the lanes costs as much as any other; in patches it costs nothing. So images that are mostly padding
    // are excluded, but images of one pixel under windows of 5 × 5 are included.
    private const int MostPadding = 16;

    /// <summary>As measured with AVX-512: LeNet's kernels, with 3.6 and 5.4 elements per number, become 1.6 to 3.1 times as fast.</summary>
    public static LaneThresholds Bits512 => new(0.5, 3, long.MaxValue);

    /// <summary>
    /// As measured with AVX2 on a processor with 512 KB of level-2 cache, in 40 shapes of 1 to 128 channels.
    /// With 1 to 2 elements per number, the speed-up ranges from none to a factor of 2; with 0.8 the lanes lose a fifth. With 10 images in
    /// 16 lanes, shapes that suit patches well lose a fifth, others gain a third; with 12 images, none loses. Sums of 64 filters with 288
    /// elements are as fast as patches, those of 64 with 1152 lose a fifth.
    /// </summary>
    public static LaneThresholds Bits256 => new(0.75, 1, 20 * 1024);

    /// <summary>As measured with SSE on the same processor: LeNet's kernels become 1.2 to 2.3 times as fast, other shapes differ by
    /// less than a fifth in either direction.</summary>
    public static LaneThresholds Bits128 => new(0.75, 3, 8 * 1024);

    /// <summary>Whether a convolution is computed in blocks of this many images. Sums of more than 16,384 terms have totals in float64,
    /// which patches keep and lanes do not.</summary>
    public bool Suit(ConvolutionGeometry geometry, int block) =>
        Fit(geometry, block) && geometry.Patch <= LongSums.Block
            && Padded(geometry) <= MostPadding * ((long)geometry.Height * geometry.Width + geometry.Places)
            && MovedOnce(geometry) * ElementsThatRepayANumber <= (long)geometry.Patch * geometry.Places;

    /// <summary>Whether the weights' gradient is computed in blocks of this many images.</summary>
    public bool SuitWeightGradient(ConvolutionGeometry geometry, int block) =>
        Suit(geometry, block) && (long)geometry.Patch * geometry.Filters <= LargestSums;

    /// <summary>Whether the images' gradient is computed in blocks of this many images.</summary>
    public bool SuitInputGradient(ConvolutionGeometry geometry, int block) =>
        Fit(geometry, block) && geometry.Channels >= FewestChannels && LaneInputGradient.SumsFit(geometry)
            && MovedOnce(geometry) <= (long)geometry.Patch * geometry.Places;

    private bool Fit(ConvolutionGeometry geometry, int block) =>
        geometry.Images >= Filled * block * EvenCut.Pieces(geometry.Images, block) && !geometry.IsPointwise
            && geometry is { Images: > 0, ImageSize: > 0, Filters: > 0, Places: > 0 };

    // The size of a plane with the padding that the window reads.
    private static long Padded(ConvolutionGeometry geometry) =>
        (long)LaneConvolution.RowsUnder(geometry, geometry.Down) * LaneConvolution.PaddedWidth(geometry);

    private static long MovedOnce(ConvolutionGeometry geometry) => geometry.ImageSize + (long)geometry.Filters * geometry.Places;
}
