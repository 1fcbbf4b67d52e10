using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// A convolution of a <see cref="ShiftedImage"/>: result[filters, places] = weights[filters, patch] · pixels[patch, places], where a row of
/// the right operand is the image from another pixel on. The sums have the same order as those of <see cref="ConvolutionKernel"/>, and the
/// same bits. Parts take whole chunks of rows, or some filters of each if there are few.
/// </summary>
internal sealed unsafe class ShiftedConvolution : Kernel
{
    // A chunk of rows with all its channels stays in the level-2 cache.
    private const long ChunkFloats = 128 * 1024;

    // If not even one row fits, patches are unrolled in smaller blocks.
    private const long MostPixelFloats = 2 * ChunkFloats;

    // Measured on 35 shapes of 1 to 512 channels, with AVX-512 only. The copy of a pixel must save the unrolling of so many
    // elements of patches: 3 × 3 windows in steps of two, 2.25 elements, gain a sixth; windows that do not overlap lose a fifth.
    private const int ElementsThatRepayAPixel = 2;

    // Results are copied once more than with patches. 32 filters of 9 elements lose a third, 4 such filters gain half.
    private const int FiltersPerElement = 2;

    // Of the computed places, so many must be places of the result: the rest hang over the edge or beyond the last row. The more filters,
    // the more they count; but if the weights do not fit into the level-2 cache, it counts more that they are read in one line.
    private const double Filled = 0.75, FilledByFew = 0.6, FilledByLarge = 0.5;
    private const int FewFilters = 16;

    // Fewer were not measured.
    private const int FewestFilters = 4;
    private const long LargeWeights = 1024 * 1024;

    private readonly ConvolutionGeometry _geometry;
    private readonly ShiftedImage _image;
    private readonly TileShape _tile;
    private readonly float* _images, _weights, _result, _scratch;
    private readonly IEpilogue? _epilogue;
    private readonly int _chunkRows, _chunks;
    private readonly int[] _offsets;

    /// <param name="tile">The micro-kernel.</param>
    /// <param name="geometry">The sizes.</param>
    /// <param name="images">[n, groups · channels, height, width].</param>
    /// <param name="weights">[groups · filters, channels, window].</param>
    /// <param name="result">[n, groups · filters, places].</param>
    /// <param name="scratch"><see cref="ScratchPerPart"/> for each part, on a 64-byte boundary.</param>
    /// <param name="epilogue">What continues with the result, or null.</param>
    public ShiftedConvolution(TileShape tile, ConvolutionGeometry geometry, float* images, float* weights, float* result, float* scratch,
        IEpilogue? epilogue)
    {
        (_geometry, _image, _tile, _epilogue) = (geometry, new ShiftedImage(geometry), tile, epilogue);
        _images = images;
        _weights = weights;
        _result = result;
        _scratch = scratch;
        _chunkRows = ChunkRows(geometry, _image, _tile);
        _chunks = EvenCut.Pieces(geometry.Down, _chunkRows);
        _offsets = GC.AllocateUninitializedArray<int>(geometry.Patch, pinned: true);
        _image.Offsets(_chunkRows, _offsets);
    }

    /// <summary>The scratch floats of a part: a chunk of all channels, and its results for a strip of filters.</summary>
    public static long ScratchPerPart(TileShape tile, ConvolutionGeometry geometry)
    {
        var image = new ShiftedImage(geometry);
        var rows = ChunkRows(geometry, image, tile);
        return PixelFloats(image, tile, rows) + ResultFloats(image, tile, rows);
    }

    /// <summary>Whether a convolution gains from it.</summary>
    public static bool Suits(ConvolutionGeometry geometry)
    {
        if (VectorWidths.Best == VectorWidth.Scalar || geometry.IsPointwise || geometry.Patch > LongSums.Block
            || geometry is not { Images: > 0, ImageSize: > 0, Filters: > 0, Places: > 0 }) return false;
        var (image, tile) = (new ShiftedImage(geometry), TileShape.Best);
        var rows = ChunkRows(geometry, image, tile);
        var pixels = PixelFloats(image, tile, rows);
        var filled = (long)geometry.Filters * geometry.Patch >= LargeWeights ? FilledByLarge
            : geometry.Filters <= FewFilters ? FilledByFew : Filled;
        return geometry.Filters >= FewestFilters && geometry.Filters <= FiltersPerElement * geometry.Patch && pixels <= MostPixelFloats
            && (double)geometry.Patch * rows * geometry.Across >= (double)ElementsThatRepayAPixel * pixels
            && (double)rows * geometry.Across >= filled * Columns(image, tile, rows);
    }

    /// <summary>Whether it passes its results on in pieces that a tile program takes: each of a multiple of four elements.</summary>
    public static bool HandsOn(ConvolutionGeometry geometry) => geometry.Places % 4 == 0
        && (ChunkRows(geometry, new ShiftedImage(geometry), TileShape.Best) * (long)geometry.Across) % 4 == 0;

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        _chunks > 1 ? KernelPath.SeveralChunks : KernelPath.OneChunk, LongSums.PathOf(_geometry.Patch),
        .. _epilogue is null ? [] : (KernelPath[])[KernelPath.HandsOn],
    ];

    public override void Run(int part, int parts)
    {
        var g = _geometry;
        var scratch = _scratch + part * ScratchPerPart(_tile, g);
        var strips = EvenCut.Pieces(g.Filters, _tile.Height);
        var chunks = g.Images * g.Groups * _chunks;
        var pieces = chunks % parts == 0 || chunks >= 8 * parts ? 1 : Math.Min(strips, parts);
        var stripsBefore = new EvenCut(strips, pieces);
        var (start, end) = Piece(chunks * pieces, part, parts);
        for (int item = start, copied = -1; item < end; item++)
        {
            var (at, piece) = Math.DivRem(item, pieces);
            var (image, chunk) = Math.DivRem(at, _chunks);           // an image's groups count as images of their own
            var top = chunk * _chunkRows;
            if (copied != at) _image.Copy(_images + (nint)image * g.ImageSize, top, _chunkRows, scratch);
            copied = at;
            for (var strip = stripsBefore.Before(piece); strip < stripsBefore.Before(piece + 1); strip++)
                RunStrip(part, image, strip, strips, top, Math.Min(_chunkRows, g.Down - top), scratch);
        }
    }

    /// <summary>Computes a strip of filters for a chunk of places.</summary>
    private void RunStrip(int part, int image, int strip, int strips, int top, int rows, float* pixels)
    {
        var g = _geometry;
        var cut = new EvenCut(g.Filters, strips);
        var (filter, filters) = (cut.Before(strip), cut.Before(strip + 1) - cut.Before(strip));
        var columns = Columns(_image, _tile, rows);
        var results = pixels + PixelFloats(_image, _tile, _chunkRows);
        var isLong = g.Patch > LongSums.Chain;
        var steps = BlockSizes.StepsOf(g.Patch);
        Tile tile = default;
        (tile.RowA, tile.StepA, tile.Ldc, tile.Rows, tile.Columns) = (g.Patch, 1, columns, filters, _tile.Width);
        fixed (int* offsets = _offsets)
        {
            for (int first = 0, depth; first < g.Patch; first += depth)
            {
                depth = Math.Min(steps, g.Patch - first);
                tile.Depth = depth;
                tile.Offsets = offsets + first;
                (tile.Continue, tile.Adds) = (first > 0 && !isLong, first > 0 && isLong);
                tile.A = _weights + ((nint)(image % g.Groups) * g.Filters + filter) * g.Patch + first;
                for (var column = 0; column < columns; column += _tile.Width)
                {
                    tile.B = pixels + column;
                    tile.C = results + column;
                    _tile.Run(tile);
                }
            }
        }
        var start = ((nint)image * g.Filters + filter) * g.Places + top * g.Across;
        for (var i = 0; i < filters; i++)
        {
            var from = results + (nint)i * columns;
            var to = _result + start + (nint)i * g.Places;
            for (var row = 0; row < rows; row++, from += _image.Width, to += g.Across)
                new ReadOnlySpan<float>(from, g.Across).CopyTo(new Span<float>(to, g.Across));
        }
        _epilogue?.Finish(part, (int)start, filters, rows * g.Across, g.Places);
    }

    private static int ChunkRows(ConvolutionGeometry geometry, ShiftedImage image, TileShape tile)
    {
        // All rows if they fit; otherwise about as many as fit, so that the chunks have equal size, and a multiple of four elements.
        var most = geometry.Down;
        while (most > 1 && PixelFloats(image, tile, most) > ChunkFloats) most--;
        if (most == geometry.Down) return most;
        var rows = EvenCut.Pieces(geometry.Down, EvenCut.Pieces(geometry.Down, most));
        var multiple = geometry.Across % 4 == 0 ? 1 : geometry.Across % 2 == 0 ? 2 : 4;
        return rows > multiple ? rows / multiple * multiple : rows;
    }

    private static int Columns(ShiftedImage image, TileShape tile, int rows) => BlockSizes.RoundUp(rows * image.Width, tile.Width);

    private static long PixelFloats(ShiftedImage image, TileShape tile, int rows) =>
        ConvolutionGeometry.Aligned(image.Floats(rows, tile.Width));

    private static long ResultFloats(ShiftedImage image, TileShape tile, int rows) => (long)tile.Height * Columns(image, tile, rows);
}
