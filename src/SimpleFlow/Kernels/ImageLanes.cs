using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels;

/// <summary>
/// Images side by side in the lanes of vectors: 32 images become one, whose every pixel holds the 32 of them. A convolution then multiplies a weight with that pixel of all images at once,
/// no lane is left empty at the edge of a small image, and what lies under the window need not be copied out: an element of it is so many floats from the first.
/// <code>
///      images [n, c, h, w]                    lanes [c, rows, columns with padding, 32]
///
///      a b    A B    …                        0…  0…  0…  0…
///      c d    C D                             0…  aA… bB… 0…
///                                             0…  cC… dD… 0…
/// </code>
/// </summary>
internal static unsafe class ImageLanes
{
    /// <summary>The images in a block: two vectors of AVX-512, and the width of the micro-kernel's tile.</summary>
    public const int Count = 32;

    // With fewer images, more than half of the lanes would be empty.
    private const int FewestImages = Count / 2;

    // Bringing a number into the lanes and back costs a few times what unrolling one of a patch does: with as many patch elements for each, LeNet's kernels gain 1.6 to 3.1 times.
    private const int ElementsThatRepayANumber = 3;

    // The gradient's way back from patches to pixels, added one by one, is slower than unrolling; it needs some channels to fill the tiles.
    private const int FewestChannels = 4;

    /// <summary>
    /// Whether a convolution and its weights' gradient are computed so: for a batch that fills the lanes, where the patches are much larger than images and results together.
    /// Patches of many filters or of few elements are better unrolled (<see cref="ConvolutionKernel"/>).
    /// </summary>
    public static bool Suit(ConvolutionGeometry geometry) => Fit(geometry) && MovedOnce(geometry) * ElementsThatRepayANumber <= (long)geometry.Patch * geometry.Places;

    /// <summary>Whether the images' gradient is.</summary>
    public static bool SuitInputGradient(ConvolutionGeometry geometry) => Fit(geometry) && geometry.Channels >= FewestChannels && MovedOnce(geometry) <= (long)geometry.Patch * geometry.Places;

    private static bool Fit(ConvolutionGeometry geometry) =>
        Avx512F.IsSupported && geometry.Images >= FewestImages && !geometry.IsPointwise && geometry.ImageSize > 0 && geometry.Filters > 0 && geometry.Places > 0;

    private static long MovedOnce(ConvolutionGeometry geometry) => geometry.ImageSize + (long)geometry.Filters * geometry.Places;

    public static int BlocksOf(int images) => (images + Count - 1) / Count;

    /// <summary>Brings rows of one channel into the lanes, with zeros around them.</summary>
    /// <param name="plane">The channel of the block's first image.</param>
    /// <param name="imageStride">Floats from an image to the next.</param>
    /// <param name="images">How many images the block has; the lanes beyond are left as they are.</param>
    /// <param name="height">The plane's height.</param>
    /// <param name="width">The plane's width.</param>
    /// <param name="firstRow">The first row wanted, negative in the padding above.</param>
    /// <param name="rows">How many rows are wanted; those beyond the plane are zeros.</param>
    /// <param name="before">Zeros before each row.</param>
    /// <param name="paddedWidth">The length of a row with its zeros.</param>
    /// <param name="lanes">[rows, paddedWidth, 32].</param>
    public static void Pack(float* plane, nint imageStride, int images, int height, int width, int firstRow, int rows, int before, int paddedWidth, float* lanes)
    {
        var (first, end) = (Math.Clamp(-firstRow, 0, rows), Math.Clamp(height - firstRow, 0, rows));
        end = Math.Max(first, end);
        var rowFloats = (nint)paddedWidth * Count;
        Clear(lanes, first * rowFloats);
        Clear(lanes + end * rowFloats, (rows - end) * rowFloats);
        var from = plane + (nint)(firstRow + first) * width;
        if (paddedWidth == width)
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

    /// <summary>The way back, for a run of pixels without padding: lanes [pixels, 32] to the same run of each image.</summary>
    public static void Unpack(float* lanes, int pixels, float* target, int imageStride, int images) => Packing.Transposed(lanes, Count, pixels, images, target, imageStride);

    /// <summary>Zeros: the lanes of images that are not there.</summary>
    public static void Clear(float* lanes, nint floats) => new Span<float>(lanes, checked((int)floats)).Clear();
}
