using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels;

/// <summary>
/// The weights' gradient of <see cref="ImageLanes"/>: Σ over places and images of the upstream element times the pixel under an element of the window. Every lane sums its own images; the lanes
/// are added at the very end. Parts take elements of the window with all filters, so that no sum crosses parts.
/// </summary>
internal sealed unsafe class LaneWeightGradient : Kernel
{
    // A chunk of both operands in lanes stays in the level-2 cache.
    private const long ChunkFloats = 160 * 1024;

    // Places for which the upstream of six filters stays in the level-1 cache while all elements of the window pass by.
    private const int RunPlaces = 40;

    private const int Lanes = 16;

    private readonly ConvolutionGeometry _geometry;
    private readonly float* _images, _upstream, _result, _scratch;
    private readonly int _paddedWidth, _chunkRows;
    private readonly int[] _offsets;

    /// <param name="geometry">The sizes of the convolution.</param>
    /// <param name="images">[n, groups · channels, height, width].</param>
    /// <param name="upstream">[n, groups · filters, places].</param>
    /// <param name="result">[groups · filters, channels, window].</param>
    /// <param name="scratch"><see cref="ScratchPerPart"/> for each part, on a 64-byte boundary.</param>
    public LaneWeightGradient(ConvolutionGeometry geometry, float* images, float* upstream, float* result, float* scratch)
    {
        _geometry = geometry;
        _images = images;
        _upstream = upstream;
        _result = result;
        _scratch = scratch;
        _paddedWidth = LaneConvolution.PaddedWidth(geometry);
        _chunkRows = ChunkRows(geometry);
        _offsets = LaneConvolution.Offsets(geometry, LaneConvolution.RowsUnder(geometry, _chunkRows), _paddedWidth);
    }

    /// <summary>The scratch floats of a part: a chunk of both operands in lanes, and a vector for every sum.</summary>
    public static long ScratchPerPart(ConvolutionGeometry geometry) =>
        PixelFloats(geometry, ChunkRows(geometry)) + UpstreamFloats(geometry, ChunkRows(geometry)) + (long)TilesAcross(geometry) * TilesDown(geometry) * LaneTile.Sums * Lanes;

    public override void Run(int part, int parts)
    {
        var g = _geometry;
        var across = TilesAcross(g);
        var (start, end) = Piece(g.Groups * across, part, parts);
        for (var group = 0; group < g.Groups; group++)
        {
            var (first, last) = (Math.Max(start, group * across), Math.Min(end, (group + 1) * across));
            if (first < last) Run(group, first - group * across, last - group * across, _scratch + part * ScratchPerPart(g));
        }
    }

    private void Run(int group, int firstTile, int endTile, float* pixels)
    {
        var g = _geometry;
        var upstream = pixels + PixelFloats(g, _chunkRows);
        var sums = upstream + UpstreamFloats(g, _chunkRows);
        ImageLanes.Clear(sums, (nint)(endTile - firstTile) * TilesDown(g) * LaneTile.Sums * Lanes);
        var window = g.Vertical.Size * g.Horizontal.Size;
        var (firstChannel, endChannel) = (firstTile * LaneTile.Elements / window, (Math.Min(g.Patch, endTile * LaneTile.Elements) - 1) / window + 1);
        for (var image = 0; image < g.Images; image += ImageLanes.Count)
        {
            var count = Math.Min(ImageLanes.Count, g.Images - image);
            if (count < ImageLanes.Count) ImageLanes.Clear(pixels, (nint)(PixelFloats(g, _chunkRows) + UpstreamFloats(g, _chunkRows)));
            for (var top = 0; top < g.Down; top += _chunkRows)
            {
                var rows = Math.Min(_chunkRows, g.Down - top);
                for (var channel = firstChannel; channel < endChannel; channel++)
                {
                    ImageLanes.Pack(
                        _images + (((nint)image * g.Groups + group) * g.Channels + channel) * g.Height * g.Width, (nint)g.Groups * g.ImageSize, count, g.Height, g.Width,
                        g.Vertical.At(top, 0), LaneConvolution.RowsUnder(g, rows), g.Horizontal.Before, _paddedWidth,
                        pixels + (nint)channel * LaneConvolution.RowsUnder(g, _chunkRows) * _paddedWidth * ImageLanes.Count);
                }
                for (var filter = 0; filter < g.Filters; filter++)
                {
                    ImageLanes.Pack(
                        _upstream + (((nint)image * g.Groups + group) * g.Filters + filter) * g.Places, (nint)g.Groups * g.Filters * g.Places, count, g.Down, g.Across,
                        top, rows, 0, g.Across, upstream + (nint)filter * rows * g.Across * ImageLanes.Count);
                }
                Add(pixels, upstream, rows, firstTile, endTile, sums);
            }
        }
        for (var tile = firstTile; tile < endTile; tile++) Finish(group, tile, sums + (nint)(tile - firstTile) * TilesDown(g) * LaneTile.Sums * Lanes);
    }

    /// <summary>Adds what a chunk of rows contributes, a run of rows at a time.</summary>
    private void Add(float* pixels, float* upstream, int rows, int firstTile, int endTile, float* sums)
    {
        var g = _geometry;
        var run = Math.Clamp(RunPlaces / g.Across, 1, rows);
        var tile = new LaneTile
        {
            Across = g.Across,
            FilterStride = (nint)rows * g.Across * ImageLanes.Count,
            PixelStep = (nint)g.Horizontal.Stride * ImageLanes.Count,
            RowStep = ((nint)g.Vertical.Stride * _paddedWidth - (nint)g.Across * g.Horizontal.Stride) * ImageLanes.Count,
        };
        for (var row = 0; row < rows; row += run)
        {
            tile.Rows = Math.Min(run, rows - row);
            for (var strip = 0; strip < TilesDown(g); strip++)
            {
                var (filter, filters) = Strip(strip);
                tile.Upstream = upstream + filter * tile.FilterStride + (nint)row * g.Across * ImageLanes.Count;
                for (var across = firstTile; across < endTile; across++)
                {
                    var from = pixels + (nint)row * g.Vertical.Stride * _paddedWidth * ImageLanes.Count;
                    tile.Pixels0 = from + Offset(across, 0);
                    tile.Pixels1 = from + Offset(across, 1);
                    tile.Pixels2 = from + Offset(across, 2);
                    tile.Pixels3 = from + Offset(across, 3);
                    LaneTile.Run(tile, filters, sums + ((nint)(across - firstTile) * TilesDown(g) + strip) * LaneTile.Sums * Lanes);
                }
            }
        }
    }

    // The last tile may be narrower than four elements: it computes its last one several times.
    private int Offset(int tile, int element) => _offsets[Math.Min(_geometry.Patch - 1, tile * LaneTile.Elements + element)];

    private (int Filter, int Filters) Strip(int strip)
    {
        var strips = TilesDown(_geometry);
        var first = _geometry.Filters * strip / strips;
        return (first, _geometry.Filters * (strip + 1) / strips - first);
    }

    private void Finish(int group, int tile, float* sums)
    {
        for (var strip = 0; strip < TilesDown(_geometry); strip++, sums += LaneTile.Sums * Lanes)
        {
            var (first, filters) = Strip(strip);
            for (var filter = 0; filter < filters; filter++)
            {
                var to = _result + ((nint)group * _geometry.Filters + first + filter) * _geometry.Patch;
                for (var element = 0; element < LaneTile.Elements && tile * LaneTile.Elements + element < _geometry.Patch; element++)
                    to[tile * LaneTile.Elements + element] = Vector512.Sum(Avx512F.LoadVector512(sums + (filter * LaneTile.Elements + element) * Lanes));
            }
        }
    }

    private static int TilesAcross(ConvolutionGeometry geometry) => (geometry.Patch + LaneTile.Elements - 1) / LaneTile.Elements;

    private static int TilesDown(ConvolutionGeometry geometry) => (geometry.Filters + LaneTile.Filters - 1) / LaneTile.Filters;

    private static int ChunkRows(ConvolutionGeometry geometry)
    {
        var most = geometry.Down;
        while (most > 1 && PixelFloats(geometry, most) + UpstreamFloats(geometry, most) > ChunkFloats) most--;
        return most;
    }

    private static long PixelFloats(ConvolutionGeometry geometry, int rows) =>
        (long)geometry.Channels * LaneConvolution.RowsUnder(geometry, rows) * LaneConvolution.PaddedWidth(geometry) * ImageLanes.Count;

    private static long UpstreamFloats(ConvolutionGeometry geometry, int rows) => (long)geometry.Filters * rows * geometry.Across * ImageLanes.Count;
}
