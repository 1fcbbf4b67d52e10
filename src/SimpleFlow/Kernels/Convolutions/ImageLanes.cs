using System.Runtime.Intrinsics;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// Puts images side by side in the lanes of vectors: a block of images becomes one image, whose every pixel holds the pixels of all of
/// them. A convolution then multiplies a weight by that pixel of all images at once. No lane is left empty at the edge of a small image,
/// and the elements under the window need not be copied out: each lies at a fixed offset from the first.
/// <code>
///      images [n, c, h, w]                    lanes [c, rows, columns with padding, block]
///
///      a b    A B    …                        0…  0…  0…  0…
///      c d    C D                             0…  aA… bB… 0…
///                                             0…  cC… dD… 0…
/// </code>
/// </summary>
internal sealed unsafe class ImageLanes
{
    private ImageLanes() { }

    /// <summary>The images in a block: two vectors, the width of the micro-kernel's tile.</summary>
    public required int Count { get; init; }

    /// <summary>The maximum number of rows of the micro-kernel's tile.</summary>
    public required int TileHeight { get; init; }

    /// <summary>The micro-kernel; the columns of its tiles are the images of a block.</summary>
    public required delegate*<in Tile, void> Multiply { get; init; }

    /// <summary>The filters, and the elements of the window, of a tile of the weights'
    /// gradient, and the lanes of each of its sums.</summary>
    public required (int Filters, int Elements, int Lanes, int Floats) Sums { get; init; }

    /// <summary>See <see cref="ILaneSums.Add"/>.</summary>
    public required delegate*<in LaneTile, int, float*, void> Add { get; init; }

    /// <summary>See <see cref="ILaneSums.Finish"/>.</summary>
    public required delegate*<float*, double*, void> Finish { get; init; }

    private LaneThresholds Thresholds { get; init; }

    /// <summary>The lanes for a vector width, which must be supported here; 512 bits are computed in halves if they are not.</summary>
    public static ImageLanes Of(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Of<MicroKernel512, LaneSums<Vector512<float>, Vectors512, SixByFour>>(LaneThresholds.Bits512),
        VectorWidth.Bits256 => Of<MicroKernel256, LaneSums<Vector256<float>, Vectors256, FourByThree>>(LaneThresholds.Bits256),
        _ => Of<MicroKernel128, LaneSums<Vector128<float>, Vectors128, FourByThree>>(LaneThresholds.Bits128),
    };

    private static ImageLanes Of<TProduct, TSums>(LaneThresholds thresholds) where TProduct : IMicroKernel where TSums : ILaneSums => new()
    {
        Count = TProduct.Width,
        TileHeight = TProduct.Height,
        Multiply = &TProduct.Run,
        Sums = (TSums.Filters, TSums.Elements, TSums.Lanes, TSums.Filters * TSums.Elements * TSums.Lanes),
        Add = &TSums.Add,
        Finish = &TSums.Finish,
        Thresholds = thresholds,
    };

    /// <summary>The lanes in which a convolution is computed, or null if patches are better (<see cref="ConvolutionKernel"/>).</summary>
    public static ImageLanes? For(ConvolutionGeometry geometry) =>
        Best is { } lanes && lanes.Thresholds.Suit(geometry, lanes.Count) ? lanes : null;

    /// <summary>The lanes in which the weights' gradient is computed, or null.</summary>
    public static ImageLanes? ForWeightGradient(ConvolutionGeometry geometry) =>
        Best is { } lanes && lanes.Thresholds.SuitWeightGradient(geometry, lanes.Count) ? lanes : null;

    /// <summary>The lanes in which the images' gradient is computed, or null.</summary>
    public static ImageLanes? ForInputGradient(ConvolutionGeometry geometry) =>
        Best is { } lanes && lanes.Thresholds.SuitInputGradient(geometry, lanes.Count) ? lanes : null;

    private static ImageLanes? Best => VectorWidths.Best == VectorWidth.Scalar ? null : Of(VectorWidths.Best);

    public int BlocksOf(int images) => EvenCut.Pieces(images, Count);

    /// <summary>Whether a last block leaves lanes empty.</summary>
    public KernelPath BlockPath(ConvolutionGeometry geometry) =>
        geometry.Images % Count == 0 ? KernelPath.FullLanes : KernelPath.PartOfLanes;

    /// <summary>How <see cref="Pack"/> copies planes.</summary>
    public static KernelPath PlanePath(int before, int width, int paddedWidth) =>
        before == 0 && paddedWidth == width ? KernelPath.WholePlanes : KernelPath.PaddedRows;

    /// <summary>Copies rows of one channel into the lanes, with zeros around them.</summary>
    /// <param name="plane">The channel of the block's first image.</param>
    /// <param name="imageStride">Floats from one image to the next.</param>
    /// <param name="images">How many images the block has; the remaining lanes are left unchanged.</param>
    /// <param name="height">The plane's height.</param>
    /// <param name="width">The plane's width.</param>
    /// <param name="firstRow">The first row to copy; negative in the padding above.</param>
    /// <param name="rows">How many rows to copy; those beyond the plane are zeros.</param>
    /// <param name="before">Zeros before each row.</param>
    /// <param name="paddedWidth">The length of a row with its zeros.</param>
    /// <param name="lanes">[rows, paddedWidth, block].</param>
    public void Pack(float* plane, nint imageStride, int images, int height, int width, int firstRow, int rows, int before, int paddedWidth,
        float* lanes)
    {
        var (first, end) = (Math.Clamp(-firstRow, 0, rows), Math.Clamp(height - firstRow, 0, rows));
        end = Math.Max(first, end);
        var rowFloats = (nint)paddedWidth * Count;
        Clear(lanes, first * rowFloats);
        Clear(lanes + end * rowFloats, (rows - end) * rowFloats);
        if (first == end) return;
        var from = plane + (nint)(firstRow + first) * width;
        if (PlanePath(before, width, paddedWidth) == KernelPath.WholePlanes)
        {
            Packing.Transposed(from, imageStride, images, (end - first) * width, lanes + first * rowFloats, Count);
            return;
        }
        for (var row = first; row < end; row++, from += width)
        {
            var to = lanes + row * rowFloats;
            Clear(to, (nint)before * Count);
            Packing.Transposed(from, imageStride, images, width, to + before * Count, Count);
            Clear(to + (nint)(before + width) * Count, (nint)(paddedWidth - before - width) * Count);
        }
    }

    /// <summary>The reverse, for a run of pixels without padding: lanes [pixels, block] to the same run of each image.</summary>
    public void Unpack(float* lanes, int pixels, float* target, int imageStride, int images) =>
        Packing.Transposed(lanes, Count, pixels, images, target, imageStride);

    /// <summary>Zeroes the lanes without an image.</summary>
    public static void Clear(float* lanes, nint floats) => new Span<float>(lanes, checked((int)floats)).Clear();
}
