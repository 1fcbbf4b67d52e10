using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// A convolution of <see cref="ImageLanes"/>: for each place, result[filters, images] = weights[filters, patch] · pixels[patch, images],
/// where the rows of the right operand are read in place, without a copy. The sums have the same order as those of
/// <see cref="ConvolutionKernel"/>, and the same bits. Parts take whole blocks of images, or of rows of places.
/// </summary>
internal sealed unsafe class LaneConvolution : Kernel
{
    // A chunk of rows with all its channels, and its results, stay in the level-2 cache.
    private const long ChunkFloats = 224 * 1024;

    // The pixels of a block of elements leave room in the level-1 cache for the weights:
    // of 48 KB, with AVX-512, 288 × 32 floats take 36; of 32 KB, 144 × 16 floats take 9.
    // With AVX2, 96 to 144 elements were 5 to 10 % faster than 288, and 48 was as slow as 288.
    private const int DeepestBlockPerImage = 9;

    private readonly ImageLanes _lanes;
    private readonly ConvolutionGeometry _geometry;
    private readonly float* _images, _weights, _result, _scratch;
    private readonly int _paddedWidth, _chunkRows, _chunks;

    // How many filters lie in a panel, and how far it is from one of them to the next, and from one element of a filter to the next.
    private readonly int _panel, _filterStep, _elementStep;
    private readonly int[] _offsets;

    /// <param name="lanes">How many images lie side by side.</param>
    /// <param name="geometry">The sizes.</param>
    /// <param name="images">[n, groups · channels, height, width].</param>
    /// <param name="weights">[groups · filters, channels, window], or the panels of <see cref="DirectConvolution"/>.</param>
    /// <param name="result">[n, groups · filters, places].</param>
    /// <param name="scratch"><see cref="ScratchPerPart"/> for each part, on a 64-byte boundary.</param>
    /// <param name="panel">The width of the panels, if the weights lie in panels.</param>
    public LaneConvolution(ImageLanes lanes, ConvolutionGeometry geometry, float* images, float* weights, float* result, float* scratch,
        int? panel = null)
    {
        (_panel, _filterStep, _elementStep) = panel is { } width ? (width, 1, width) : (geometry.Filters, geometry.Patch, 1);
        _lanes = lanes;
        _geometry = geometry;
        _images = images;
        _weights = weights;
        _result = result;
        _scratch = scratch;
        _paddedWidth = PaddedWidth(geometry);
        _chunkRows = ChunkRows(lanes, geometry);
        _chunks = EvenCut.Pieces(geometry.Down, _chunkRows);
        _offsets = Offsets(lanes, geometry, RowsUnder(geometry, _chunkRows), _paddedWidth);
    }

    /// <summary>The scratch floats of a part: a chunk of all channels in lanes, and its results.</summary>
    public static long ScratchPerPart(ImageLanes lanes, ConvolutionGeometry geometry) =>
        PixelFloats(lanes, geometry, ChunkRows(lanes, geometry)) + ResultFloats(lanes, geometry, ChunkRows(lanes, geometry));

    /// <summary>The rows of the padded image that some rows of places read.</summary>
    public static int RowsUnder(ConvolutionGeometry geometry, int rows) =>
        (rows - 1) * geometry.Vertical.Stride + (int)geometry.Vertical.Extent;

    /// <summary>The length of a row with the padding that the window reads.</summary>
    public static int PaddedWidth(ConvolutionGeometry geometry) => (int)Math.Max(
        geometry.Width + geometry.Horizontal.Before, (geometry.Across - 1) * (long)geometry.Horizontal.Stride + geometry.Horizontal.Extent);

    /// <summary>Where the pixel under each element of the window lies in the lanes, relative to the one under the first element.</summary>
    public static int[] Offsets(ImageLanes lanes, ConvolutionGeometry geometry, int rows, int paddedWidth)
    {
        var offsets = GC.AllocateUninitializedArray<int>(geometry.Patch, pinned: true);
        for (var element = 0; element < offsets.Length; element++)
        {
            var (channel, y, x) = Patches.Element(geometry, element);
            offsets[element] = checked(((channel * rows + y * geometry.Vertical.Dilation) * paddedWidth + x * geometry.Horizontal.Dilation)
                * lanes.Count);
        }
        return offsets;
    }

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        _lanes.BlockPath(_geometry),
        _chunks > 1 ? KernelPath.SeveralChunks : KernelPath.OneChunk,
        ImageLanes.PlanePath(_geometry.Horizontal.Before, _geometry.Width, _paddedWidth),
        LongSums.PathOf(_geometry.Patch),
    ];

    public override void Run(int part, int parts) => Run(part, parts, _weights, _scratch + part * ScratchPerPart(_lanes, _geometry));

    /// <summary>The same with the caller's weights and scratch.</summary>
    public void Run(int part, int parts, float* weights, float* scratch)
    {
        var blocks = _lanes.BlocksOf(_geometry.Images);
        var (start, end) = Piece(blocks * _geometry.Groups * _chunks, part, parts);
        for (var item = start; item < end; item++)
        {
            var (rest, chunk) = Math.DivRem(item, _chunks);
            var (block, group) = Math.DivRem(rest, _geometry.Groups);
            RunChunk(block * _lanes.Count, group, chunk * _chunkRows, weights + (nint)group * _geometry.Filters * _geometry.Patch, scratch);
        }
    }

    private void RunChunk(int firstImage, int group, int top, float* weights, float* pixels)
    {
        var g = _geometry;
        var count = Math.Min(_lanes.Count, g.Images - firstImage);
        var rows = Math.Min(_chunkRows, g.Down - top);
        var results = pixels + PixelFloats(_lanes, g, _chunkRows);
        if (count < _lanes.Count) ImageLanes.Clear(pixels, (nint)PixelFloats(_lanes, g, _chunkRows));
        var plane = _images + ((nint)firstImage * g.Groups + group) * g.ImageSize;
        for (var channel = 0; channel < g.Channels; channel++, plane += g.Height * g.Width)
        {
            _lanes.Pack(
                plane, (nint)g.Groups * g.ImageSize, count, g.Height, g.Width, g.Vertical.At(top, 0), RowsUnder(g, rows),
                g.Horizontal.Before, _paddedWidth,
                pixels + (nint)channel * RowsUnder(g, _chunkRows) * _paddedWidth * _lanes.Count);
        }
        for (var row = 0; row < rows; row++)
            RunRow(pixels + (nint)row * g.Vertical.Stride * _paddedWidth * _lanes.Count, weights,
                results + (nint)row * g.Across * _lanes.Count, (nint)rows * g.Across * _lanes.Count);
        var to = _result + ((nint)firstImage * g.Groups + group) * g.Filters * g.Places + top * g.Across;
        for (var filter = 0; filter < g.Filters; filter++, to += g.Places)
            _lanes.Unpack(results + (nint)filter * rows * g.Across * _lanes.Count, rows * g.Across, to, g.Groups * g.Filters * g.Places,
                count);
    }

    /// <summary>Computes one row of places: all filters over all elements of the window, in blocks of equal depth.</summary>
    private void RunRow(float* pixels, float* weights, float* results, nint filterStride)
    {
        var g = _geometry;
        var isLong = g.Patch > LongSums.Chain;
        var steps = isLong ? BlockSizes.StepsOf(g.Patch) : BlockSizes.Even(g.Patch, DeepestBlockPerImage * _lanes.Count, 1);
        var strips = EvenCut.Pieces(_panel, _lanes.TileHeight);
        var filtersBefore = new EvenCut(_panel, strips);
        Tile tile = default;
        (tile.RowA, tile.StepA, tile.Ldc, tile.Columns) = (_filterStep, _elementStep, filterStride, _lanes.Count);
        fixed (int* offsets = _offsets)
        {
            for (int first = 0, depth; first < g.Patch; first += depth)
            {
                depth = Math.Min(steps, g.Patch - first);
                tile.Depth = depth;
                tile.Offsets = offsets + first;
                (tile.Continue, tile.Adds) = (first > 0 && !isLong, first > 0 && isLong);
                for (var place = 0; place < g.Across; place++)
                {
                    tile.B = pixels + (nint)place * g.Horizontal.Stride * _lanes.Count;
                    for (var panel = 0; panel < g.Filters; panel += _panel)
                    {
                        for (var strip = 0; strip < strips; strip++)
                        {
                            var filter = filtersBefore.Before(strip);
                            tile.Rows = filtersBefore.Before(strip + 1) - filter;
                            tile.A = weights + (nint)panel * g.Patch + filter * tile.RowA + first * tile.StepA;
                            tile.C = results + (panel + filter) * filterStride + place * _lanes.Count;
                            _lanes.Multiply(tile);
                        }
                    }
                }
            }
        }
    }

    private static int ChunkRows(ImageLanes lanes, ConvolutionGeometry geometry)
    {
        // All rows if they fit; otherwise about as many as fit, so that the chunks have equal size.
        var most = geometry.Down;
        while (most > 1 && PixelFloats(lanes, geometry, most) + ResultFloats(lanes, geometry, most) > ChunkFloats) most--;
        return EvenCut.Pieces(geometry.Down, EvenCut.Pieces(geometry.Down, most));
    }

    /// <summary>How many floats some rows of places read, in all channels of a block of images.</summary>
    public static long PixelFloats(ImageLanes lanes, ConvolutionGeometry geometry, int rows) =>
        ScratchSize.Of(geometry.Channels, RowsUnder(geometry, rows), PaddedWidth(geometry), lanes.Count);

    private static long ResultFloats(ImageLanes lanes, ConvolutionGeometry geometry, int rows) =>
        (long)geometry.Filters * rows * geometry.Across * lanes.Count;
}
