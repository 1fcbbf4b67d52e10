namespace SimpleFlow.Kernels;

/// <summary>
/// The weights' gradient of <see cref="ImageLanes"/>: Σ over places and images of the upstream element times the pixel under an element of the window. Every lane sums its own images; the lanes
/// are added at the very end. Parts take elements of the window with all filters, so that no sum crosses parts.
/// </summary>
internal sealed unsafe class LaneWeightGradient : Kernel
{
    // A chunk of both operands in lanes stays in the level-2 cache.
    private const long ChunkFloats = 160 * 1024;

    // The upstream of a tile's filters for a run of places stays in the level-1 cache while all elements of the window pass by: 40 places of 6 filters and 32 images, or 120 of 4 and 16.
    // With AVX2, runs of 40 places were 5 to 10 % slower.
    private const int RunFloats = 7680;

    private readonly ImageLanes _lanes;
    private readonly ConvolutionGeometry _geometry;
    private readonly float* _images, _upstream, _result, _scratch;
    private readonly int _paddedWidth, _chunkRows;
    private readonly int[] _offsets;

    /// <param name="lanes">How many images lie side by side.</param>
    /// <param name="geometry">The sizes of the convolution.</param>
    /// <param name="images">[n, groups · channels, height, width].</param>
    /// <param name="upstream">[n, groups · filters, places].</param>
    /// <param name="result">[groups · filters, channels, window].</param>
    /// <param name="scratch"><see cref="ScratchPerPart"/> for each part, on a 64-byte boundary.</param>
    public LaneWeightGradient(ImageLanes lanes, ConvolutionGeometry geometry, float* images, float* upstream, float* result, float* scratch)
    {
        _lanes = lanes;
        _geometry = geometry;
        _images = images;
        _upstream = upstream;
        _result = result;
        _scratch = scratch;
        _paddedWidth = LaneConvolution.PaddedWidth(geometry);
        _chunkRows = ChunkRows(lanes, geometry);
        _offsets = LaneConvolution.Offsets(lanes, geometry, LaneConvolution.RowsUnder(geometry, _chunkRows), _paddedWidth);
    }

    /// <summary>The scratch floats of a part: a chunk of both operands in lanes, and a vector for every sum.</summary>
    public static long ScratchPerPart(ImageLanes lanes, ConvolutionGeometry geometry) =>
        LaneConvolution.PixelFloats(lanes, geometry, ChunkRows(lanes, geometry)) + UpstreamFloats(lanes, geometry, ChunkRows(lanes, geometry)) + (long)TilesAcross(lanes, geometry) * TilesDown(lanes, geometry) * lanes.Sums.Floats;

    public override IEnumerable<KernelPath> Paths => [_lanes.BlockPath(_geometry), ImageLanes.PlanePath(_geometry.Horizontal.Before, _geometry.Width, _paddedWidth)];

    public override void Run(int part, int parts)
    {
        var g = _geometry;
        var across = TilesAcross(_lanes, g);
        var (start, end) = Piece(g.Groups * across, part, parts);
        for (var group = 0; group < g.Groups; group++)
        {
            var (first, last) = (Math.Max(start, group * across), Math.Min(end, (group + 1) * across));
            if (first < last) Run(group, first - group * across, last - group * across, _scratch + part * ScratchPerPart(_lanes, g));
        }
    }

    private void Run(int group, int firstTile, int endTile, float* pixels)
    {
        var g = _geometry;
        var upstream = pixels + LaneConvolution.PixelFloats(_lanes, g, _chunkRows);
        var sums = upstream + UpstreamFloats(_lanes, g, _chunkRows);
        ImageLanes.Clear(sums, (nint)(endTile - firstTile) * TilesDown(_lanes, g) * _lanes.Sums.Floats);
        var window = g.Vertical.Size * g.Horizontal.Size;
        var (firstChannel, endChannel) = (firstTile * _lanes.Sums.Elements / window, (Math.Min(g.Patch, endTile * _lanes.Sums.Elements) - 1) / window + 1);
        for (var block = 0; block < _lanes.BlocksOf(g.Images); block++)
        {
            var image = block * _lanes.Count;
            var count = Math.Min(_lanes.Count, g.Images - image);
            if (count < _lanes.Count) ImageLanes.Clear(pixels, (nint)(LaneConvolution.PixelFloats(_lanes, g, _chunkRows) + UpstreamFloats(_lanes, g, _chunkRows)));
            for (var top = 0; top < g.Down; top += _chunkRows)
            {
                var rows = Math.Min(_chunkRows, g.Down - top);
                for (var channel = firstChannel; channel < endChannel; channel++)
                {
                    _lanes.Pack(
                        _images + (((nint)image * g.Groups + group) * g.Channels + channel) * g.Height * g.Width, (nint)g.Groups * g.ImageSize, count, g.Height, g.Width,
                        g.Vertical.At(top, 0), LaneConvolution.RowsUnder(g, rows), g.Horizontal.Before, _paddedWidth,
                        pixels + (nint)channel * LaneConvolution.RowsUnder(g, _chunkRows) * _paddedWidth * _lanes.Count);
                }
                for (var filter = 0; filter < g.Filters; filter++)
                {
                    _lanes.Pack(
                        _upstream + (((nint)image * g.Groups + group) * g.Filters + filter) * g.Places, (nint)g.Groups * g.Filters * g.Places, count, g.Down, g.Across,
                        top, rows, 0, g.Across, upstream + (nint)filter * rows * g.Across * _lanes.Count);
                }
                Add(pixels, upstream, rows, firstTile, endTile, sums);
            }
        }
        for (var tile = firstTile; tile < endTile; tile++) Finish(group, tile, sums + (nint)(tile - firstTile) * TilesDown(_lanes, g) * _lanes.Sums.Floats);
    }

    /// <summary>Adds what a chunk of rows contributes, a run of rows at a time.</summary>
    private void Add(float* pixels, float* upstream, int rows, int firstTile, int endTile, float* sums)
    {
        var g = _geometry;
        var run = (int)Math.Clamp(RunFloats / ((long)_lanes.Sums.Filters * _lanes.Count * g.Across), 1, rows);
        var tile = new LaneTile
        {
            Across = g.Across,
            FilterStride = (nint)rows * g.Across * _lanes.Count,
            PixelStep = (nint)g.Horizontal.Stride * _lanes.Count,
            RowStep = ((nint)g.Vertical.Stride * _paddedWidth - (nint)g.Across * g.Horizontal.Stride) * _lanes.Count,
        };
        for (var row = 0; row < rows; row += run)
        {
            tile.Rows = Math.Min(run, rows - row);
            for (var strip = 0; strip < TilesDown(_lanes, g); strip++)
            {
                var (filter, filters) = Strip(strip);
                tile.Upstream = upstream + filter * tile.FilterStride + (nint)row * g.Across * _lanes.Count;
                for (var across = firstTile; across < endTile; across++)
                {
                    var first = Offset(across, 0);
                    tile.Pixels = pixels + (nint)row * g.Vertical.Stride * _paddedWidth * _lanes.Count + first;
                    tile.Element1 = Offset(across, 1) - first;
                    tile.Element2 = Offset(across, 2) - first;
                    tile.Element3 = Offset(across, 3) - first;
                    _lanes.Add(tile, filters, sums + ((nint)(across - firstTile) * TilesDown(_lanes, g) + strip) * _lanes.Sums.Floats);
                }
            }
        }
    }

    // The last tile may be narrower than the others: it computes its last element several times.
    private int Offset(int tile, int element) => _offsets[Math.Min(_geometry.Patch - 1, tile * _lanes.Sums.Elements + element)];

    private (int Filter, int Filters) Strip(int strip)
    {
        var cut = new EvenCut(_geometry.Filters, TilesDown(_lanes, _geometry));
        return (cut.Before(strip), cut.Before(strip + 1) - cut.Before(strip));
    }

    private void Finish(int group, int tile, float* sums)
    {
        for (var strip = 0; strip < TilesDown(_lanes, _geometry); strip++, sums += _lanes.Sums.Floats)
        {
            var (first, filters) = Strip(strip);
            for (var filter = 0; filter < filters; filter++)
            {
                var to = _result + ((nint)group * _geometry.Filters + first + filter) * _geometry.Patch;
                for (var element = 0; element < _lanes.Sums.Elements && tile * _lanes.Sums.Elements + element < _geometry.Patch; element++)
                    to[tile * _lanes.Sums.Elements + element] = _lanes.Total(sums + (filter * _lanes.Sums.Elements + element) * _lanes.Sums.Lanes);
            }
        }
    }

    private static int TilesAcross(ImageLanes lanes, ConvolutionGeometry geometry) => EvenCut.Pieces(geometry.Patch, lanes.Sums.Elements);

    private static int TilesDown(ImageLanes lanes, ConvolutionGeometry geometry) => EvenCut.Pieces(geometry.Filters, lanes.Sums.Filters);

    private static int ChunkRows(ImageLanes lanes, ConvolutionGeometry geometry)
    {
        var most = geometry.Down;
        while (most > 1 && LaneConvolution.PixelFloats(lanes, geometry, most) + UpstreamFloats(lanes, geometry, most) > ChunkFloats) most--;
        return most;
    }

    private static long UpstreamFloats(ImageLanes lanes, ConvolutionGeometry geometry, int rows) => (long)geometry.Filters * rows * geometry.Across * lanes.Count;
}
