using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// The sizes of a convolution: images [n, groups·channels, height, width] with weights [groups·filters, channels, window] give
/// [n, groups·filters, places down, places across]. For each image and group it is a matrix product, weights [filters, patch] times patches
/// [patch, places]. A column of the patches is what lies under the window at one place.
/// </summary>
internal sealed record ConvolutionGeometry(int Images, int Groups, int Channels, int Height, int Width, int Filters, Sliding Vertical,
    Sliding Horizontal)
{
    // Patches are unrolled block by block, so that a block is still in the level-2 cache when the product reads it.
    // Weights that do not fit there beside it are read again for each block, from further away: then fewer, larger blocks.
    private const int LargestBlock = 48 * 1024, LargestBesideLargeWeights = 128 * 1024, LargeWeights = 256 * 1024;
    private const int Lanes = 32;

    public int Down { get; } = (int)Vertical.Places(Height);

    public int Across { get; } = (int)Horizontal.Places(Width);

    public int Places => Down * Across;

    /// <summary>The number of elements under the window, in all channels of a group.</summary>
    public int Patch => Channels * Vertical.Size * Horizontal.Size;

    public int ImageSize => Channels * Height * Width;

    /// <summary>Whether a patch is one pixel, so that the images are their own patches.</summary>
    public bool IsPointwise =>
        Places == Height * Width && Vertical is { Size: 1, Stride: 1, Before: 0 } && Horizontal is { Size: 1, Stride: 1, Before: 0 };

    /// <summary>How patches are read from images, and how their gradient is added back.</summary>
    public KernelPath PatchPath => IsPointwise ? KernelPath.OnePixel
        : Patches512.Suits(this) ? KernelPath.MaskedPatches
        : Horizontal.Stride == 1 ? KernelPath.RowsOfPatches
        : KernelPath.Patches;

    /// <summary>Whether so many windows overlap that the gradient of a pixel is a long sum.</summary>
    public bool AddsBackLong => !IsPointwise && Vertical.Overlap(Down) * Horizontal.Overlap(Across) > LongSums.Chain;

    /// <summary>The number of multiply-adds.</summary>
    public double Products => (double)Images * Groups * Filters * Patch * Places;

    /// <summary>Rows of places in a block: of the numbers that fit, the largest of those that leave the fewest lanes of the product's tiles
    /// empty.</summary>
    public int BlockRows
    {
        get
        {
            if (IsPointwise) return Math.Max(1, Down);
            var largest = (long)Filters * Patch > LargeWeights ? LargestBesideLargeWeights : LargestBlock;
            var most = Math.Clamp((int)(largest / Math.Max(1, (long)Patch * Across)), 1, Math.Max(1, Down));
            var best = most;
            for (var rows = most - 1; rows > 0; rows--)
            {
                if (LanesIn(rows) < LanesIn(best)) best = rows;
            }
            return best;
        }
    }

    public int Blocks => EvenCut.Pieces(Down, BlockRows);

    /// <summary>Whether all patches of an image are unrolled at once.</summary>
    public KernelPath BlockPath => Blocks > 1 ? KernelPath.SeveralBlocks : KernelPath.OneBlock;

    public int BlockPlaces => BlockRows * Across;

    /// <summary>The scratch floats of one block of patches.</summary>
    public long PatchScratch => IsPointwise ? 0 : Aligned(ScratchSize.Of(Patch, BlockPlaces));

    // The columns of all tiles, used or not.
    private long LanesIn(int rows) => Down / rows * Tiled(rows) + Tiled(Down % rows);

    private long Tiled(int rows) => ((long)rows * Across + Lanes - 1) / Lanes * Lanes;

    /// <summary>Rounded up to a cache line.</summary>
    public static long Aligned(long floats) => (floats + 15) / 16 * 16;

    /// <summary>The scratch floats of a product whose columns are the places of a block; the last block may be shorter.</summary>
    public long ProductScratch(int m, int k, bool transposeA)
    {
        var last = (Down - (Blocks - 1) * BlockRows) * Across;
        return Aligned(Math.Max(MatrixProduct.ScratchFloats(m, BlockPlaces, k, transposeA, transposeB: false),
            MatrixProduct.ScratchFloats(m, last, k, transposeA, transposeB: false)));
    }
}
