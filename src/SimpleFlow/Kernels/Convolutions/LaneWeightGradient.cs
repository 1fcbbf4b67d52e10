namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// The weights' gradient of a convolution, computed in <see cref="ImageLanes"/>: Σ over places and images of the upstream element times the
/// pixel under an element of the window. Every lane sums its own images. The lanes are added to a total as soon as one has
/// <see cref="LongSums.Chain"/> terms, and at the end. Parts take elements of the window with all filters, so that no sum crosses parts.
/// </summary>
internal sealed unsafe class LaneWeightGradient : Kernel
{
    // A chunk of both operands in lanes stays in the level-2 cache.
    private const long ChunkFloats = 160 * 1024;

    // The upstream of a tile's filters for a run of places stays in the level-1 cache while all elements of the window pass by:
    // 40 places of 6 filters and 32 images, or 120 of 4 and 16. With AVX2, runs of 40 places were 5 to 10 % slower.
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

    /// <summary>The scratch floats of a part: a chunk of both operands in lanes, a vector for every sum, and its total.</summary>
    public static long ScratchPerPart(ImageLanes lanes, ConvolutionGeometry geometry) =>
        LaneConvolution.PixelFloats(lanes, geometry, ChunkRows(lanes, geometry)) + UpstreamFloats(lanes, geometry,
            ChunkRows(lanes, geometry)) + Tiles(lanes, geometry) * (lanes.Sums.Floats + TotalFloats(lanes));

    private static long Tiles(ImageLanes lanes, ConvolutionGeometry geometry) =>
        (long)TilesAcross(lanes, geometry) * TilesDown(lanes, geometry);

    // In whole cache lines.
    private static long TotalFloats(ImageLanes lanes) => ScratchSize.Aligned(2 * lanes.Sums.Filters * lanes.Sums.Elements);

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        _lanes.BlockPath(_geometry),
        _chunkRows < _geometry.Down ? KernelPath.SeveralChunks : KernelPath.OneChunk,
        ImageLanes.PlanePath(_geometry.Horizontal.Before, _geometry.Width, _paddedWidth),
        LongSums.PathOf(_lanes.BlocksOf(_geometry.Images) * TermsOf(_geometry.Places)),
    ];

    // The terms of one lane: a block of images is several vectors.
    private long TermsOf(int places) => (long)places * (_lanes.Count / _lanes.Sums.Lanes);

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
        var tiles = (endTile - firstTile) * TilesDown(_lanes, g);
        var totals = (double*)(sums + (nint)tiles * _lanes.Sums.Floats);
        ImageLanes.Clear(sums, tiles * (nint)(_lanes.Sums.Floats + TotalFloats(_lanes)));
        long terms = 0;
        var window = g.Vertical.Size * g.Horizontal.Size;
        var (firstChannel, endChannel) = (firstTile * _lanes.Sums.Elements / window,
            (Math.Min(g.Patch, endTile * _lanes.Sums.Elements) - 1) / window + 1);
        for (var block = 0; block < _lanes.BlocksOf(g.Images); block++)
        {
            var image = block * _lanes.Count;
            var count = Math.Min(_lanes.Count, g.Images - image);
            if (count < _lanes.Count)
                ImageLanes.Clear(pixels,
                    (nint)(LaneConvolution.PixelFloats(_lanes, g, _chunkRows) + UpstreamFloats(_lanes, g, _chunkRows)));
            for (var top = 0; top < g.Down; top += _chunkRows)
            {
                var rows = Math.Min(_chunkRows, g.Down - top);
                for (var channel = firstChannel; channel < endChannel; channel++)
                {
                    _lanes.Pack(
                        _images + (((nint)image * g.Groups + group) * g.Channels + channel) * g.Height * g.Width,
                        (nint)g.Groups * g.ImageSize, count, g.Height, g.Width,
                        g.Vertical.At(top, 0), LaneConvolution.RowsUnder(g, rows), g.Horizontal.Before, _paddedWidth,
                        pixels + (nint)channel * LaneConvolution.RowsUnder(g, _chunkRows) * _paddedWidth * _lanes.Count);
                }
                for (var filter = 0; filter < g.Filters; filter++)
                {
                    _lanes.Pack(
                        _upstream + (((nint)image * g.Groups + group) * g.Filters + filter) * g.Places,
                        (nint)g.Groups * g.Filters * g.Places, count, g.Down, g.Across,
                        top, rows, 0, g.Across, upstream + (nint)filter * rows * g.Across * _lanes.Count);
                }
                Add(pixels, upstream, rows, firstTile, endTile, sums, totals, ref terms);
            }
        }
        Finish(sums, totals, tiles);
        for (var tile = firstTile; tile < endTile;
        tile++)
            Write(group, tile, totals + (nint)(tile - firstTile) * TilesDown(_lanes, g) * TotalFloats(_lanes) / 2);
    }

    private void Finish(float* sums, double* totals, int tiles)
    {
        for (nint tile = 0; tile < tiles;
        tile++)
            _lanes.Finish(sums + tile * _lanes.Sums.Floats, totals + tile * (nint)TotalFloats(_lanes) / 2);
    }

    /// <summary>Adds the contribution of a chunk of rows: a run of rows at a time, or a piece of a row that is longer than a
    /// chain.</summary>
    private void Add(float* pixels, float* upstream, int rows, int firstTile, int endTile, float* sums, double* totals, ref long terms)
    {
        var g = _geometry;
        var run = (int)Math.Clamp(RunFloats / ((long)_lanes.Sums.Filters * _lanes.Count * g.Across), 1, rows);
        var across = (int)(LongSums.Chain / TermsOf(1));
        for (var row = 0; row < rows; row += run)
        {
            for (var place = 0; place < g.Across; place += across)
                Add(row, Math.Min(run, rows - row), place, Math.Min(across, g.Across - place), ref terms);
        }

        void Add(int row, int runRows, int place, int runAcross, ref long terms)
        {
            if (terms + TermsOf(runRows * runAcross) > LongSums.Chain)
            {
                Finish(sums, totals, (endTile - firstTile) * TilesDown(_lanes, g));
                terms = 0;
            }
            terms += TermsOf(runRows * runAcross);
            var tile = new LaneTile
            {
                Rows = runRows,
                Across = runAcross,
                FilterStride = (nint)rows * g.Across * _lanes.Count,
                PixelStep = (nint)g.Horizontal.Stride * _lanes.Count,
                RowStep = ((nint)g.Vertical.Stride * _paddedWidth - (nint)runAcross * g.Horizontal.Stride) * _lanes.Count,
            };
            for (var strip = 0; strip < TilesDown(_lanes, g); strip++)
            {
                var (filter, filters) = Strip(strip);
                tile.Upstream = upstream + filter * tile.FilterStride + ((nint)row * g.Across + place) * _lanes.Count;
                for (var window = firstTile; window < endTile; window++)
                {
                    var first = Offset(window, 0);
                    tile.Pixels = pixels + ((nint)row * g.Vertical.Stride * _paddedWidth + (nint)place * g.Horizontal.Stride) * _lanes.Count
                        + first;
                    tile.Element1 = Offset(window, 1) - first;
                    tile.Element2 = Offset(window, 2) - first;
                    tile.Element3 = Offset(window, 3) - first;
                    _lanes.Add(tile, filters, sums + ((nint)(window - firstTile) * TilesDown(_lanes, g) + strip) * _lanes.Sums.Floats);
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

    private void Write(int group, int tile, double* totals)
    {
        for (var strip = 0; strip < TilesDown(_lanes, _geometry); strip++, totals += TotalFloats(_lanes) / 2)
        {
            var (first, filters) = Strip(strip);
            for (var filter = 0; filter < filters; filter++)
            {
                var to = _result + ((nint)group * _geometry.Filters + first + filter) * _geometry.Patch;
                for (var element = 0; element < _lanes.Sums.Elements && tile * _lanes.Sums.Elements + element < _geometry.Patch; element++)
                    to[tile * _lanes.Sums.Elements + element] = (float)totals[filter * _lanes.Sums.Elements + element];
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

    private static long UpstreamFloats(ImageLanes lanes, ConvolutionGeometry geometry, int rows) =>
        (long)geometry.Filters * rows * geometry.Across * lanes.Count;
}
