namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// From where on a convolution gains from <see cref="ImageLanes"/>. The other way, <see cref="ConvolutionKernel"/> and its like, unrolls
/// patches and multiplies matrices: it is slow where the matrices are small or of an odd shape, and better where there are many filters,
/// few elements under the window, or few images.
/// </summary>
/// <param name="Filled">The least share of the lanes that hold an image.</param>
/// <param name="ElementsThatRepayANumber">Bringing a number into the lanes and back costs more than unrolling one of a patch does:
/// so many elements of the patches repay it.</param>
/// <param name="LargestSums">The most sums of a weights' gradient, a vector each: beyond, they do not stay in the level-2 cache.</param>
internal readonly record struct LaneThresholds(double Filled, int ElementsThatRepayANumber, long LargestSums)
{
    // The gradient's way back from patches to pixels, added one by one, is slower than unrolling; it needs some channels to fill the tiles.
    private const int FewestChannels = 4;

    // A pixel of padding is brought into the lanes like any other, and costs nothing in patches: what is padding above all stays out.
    // Images of one pixel under windows of 5 × 5 are in.
    private const int MostPadding = 16;

    /// <summary>As measured with AVX-512: LeNet's kernels, of 3.6 and 5.4 elements for each
    /// number, become 1.6 to 3.1 times as fast.</summary>
    public static LaneThresholds Bits512 => new(0.5, 3, long.MaxValue);

    /// <summary>
    /// As measured with AVX2 on a processor with 512 KB of level-2 cache, in 40 shapes of 1 to 128 channels.
    /// Between 1 and 2 elements for each number, images gain from nothing to a factor of 2, and at 0.8 they lose a fifth. Of 10 images in
    /// 16 lanes, shapes that suit patches well lose a fifth, those that do not gain a third; of 12, none loses.
    /// Sums of 64 filters with 288 elements are as fast as patches, those of 64 with 1152 lose a fifth.
    /// </summary>
    public static LaneThresholds Bits256 => new(0.75, 1, 20 * 1024);

    /// <summary>As measured with SSE on the same processor: LeNet's kernels become 1.2 to 2.3 times as fast, other shapes differ by
    /// less than a fifth in either direction.</summary>
    public static LaneThresholds Bits128 => new(0.75, 3, 8 * 1024);

    /// <summary>Whether a convolution is computed in blocks of so many images. Longer sums than 16,384 terms have totals in float64,
    /// which patches keep and lanes do not.</summary>
    public bool Suit(ConvolutionGeometry geometry, int block) =>
        Fit(geometry, block) && geometry.Patch <= LongSums.Block
            && Padded(geometry) <= MostPadding * ((long)geometry.Height * geometry.Width + geometry.Places)
            && MovedOnce(geometry) * ElementsThatRepayANumber <= (long)geometry.Patch * geometry.Places;

    /// <summary>Whether the weights' gradient is.</summary>
    public bool SuitWeightGradient(ConvolutionGeometry geometry, int block) =>
        Suit(geometry, block) && (long)geometry.Patch * geometry.Filters <= LargestSums;

    /// <summary>Whether the images' gradient is.</summary>
    public bool SuitInputGradient(ConvolutionGeometry geometry, int block) =>
        Fit(geometry, block) && geometry.Channels >= FewestChannels && LaneInputGradient.SumsFit(geometry)
            && MovedOnce(geometry) <= (long)geometry.Patch * geometry.Places;

    private bool Fit(ConvolutionGeometry geometry, int block) =>
        geometry.Images >= Filled * block * EvenCut.Pieces(geometry.Images, block) && !geometry.IsPointwise
            && geometry is { Images: > 0, ImageSize: > 0, Filters: > 0, Places: > 0 };

    // A plane with the padding that the window looks at.
    private static long Padded(ConvolutionGeometry geometry) =>
        (long)LaneConvolution.RowsUnder(geometry, geometry.Down) * LaneConvolution.PaddedWidth(geometry);

    private static long MovedOnce(ConvolutionGeometry geometry) => geometry.ImageSize + (long)geometry.Filters * geometry.Places;
}
