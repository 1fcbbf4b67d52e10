using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// The images' gradient of a convolution, computed in <see cref="ImageLanes"/>: for each pixel, result[channels, images] = Σ over the
/// places whose window covered it of weights[channels, filters] · upstream[filters, images]. The upstream is stored with its filters side
/// by side and the weights with their columns reversed. So the places of one row that cover the pixel form one product, as long as all
/// their filters together. Places beyond the edge are left out rather than multiplied as zeros: on small images there are as many of them
/// as of the others. Parts take whole blocks of images, or of rows of pixels.
/// </summary>
internal sealed unsafe class LaneInputGradient : Kernel
{
    // A chunk of rows of the result, and the upstream it is computed from, stay in the level-2 cache.
    private const long ChunkFloats = 224 * 1024;

    private readonly ImageLanes _lanes;
    private readonly ConvolutionGeometry _geometry;
    private readonly float* _upstream, _weights, _result, _scratch;
    private readonly int _chunkRows, _chunks;
    private readonly PlaceRun[][] _columns;

    /// <param name="lanes">How many images lie side by side.</param>
    /// <param name="geometry">The sizes of the convolution.</param>
    /// <param name="upstream">[n, groups · filters, places].</param>
    /// <param name="weights">[groups · filters, channels, window].</param>
    /// <param name="result">[n, groups · channels, height, width].</param>
    /// <param name="scratch"><see cref="ScratchPerPart"/> for each part, on a 64-byte boundary.</param>
    public LaneInputGradient(ImageLanes lanes, ConvolutionGeometry geometry, float* upstream, float* weights, float* result, float* scratch)
    {
        _lanes = lanes;
        _geometry = geometry;
        _upstream = upstream;
        _weights = weights;
        _result = result;
        _scratch = scratch;
        _chunkRows = ChunkRows(lanes, geometry);
        _chunks = EvenCut.Pieces(geometry.Height, _chunkRows);
        _columns = [.. Enumerable.Range(0, geometry.Width).Select(column => PlaceRun.Of(column, geometry.Horizontal, geometry.Across))];
    }

    /// <summary>The scratch floats of a part: the reversed weights, a chunk of upstream, and its result in lanes.</summary>
    public static long ScratchPerPart(ImageLanes lanes, ConvolutionGeometry geometry) =>
        TurnedFloats(geometry) + UpstreamFloats(lanes, geometry, ChunkRows(lanes, geometry))
            + ResultFloats(lanes, geometry, ChunkRows(lanes, geometry));

    /// <summary>Whether sums are short enough to be added in float32 alone. Each element of the window may start a chain.</summary>
    public static bool SumsFit(ConvolutionGeometry geometry) =>
        Terms(geometry) <= LongSums.Block && (long)geometry.Vertical.Size * geometry.Horizontal.Size <= LongSums.Chain / 2;

    // The maximum number of terms of an element.
    private static long Terms(ConvolutionGeometry geometry) =>
        ScratchSize.Of(geometry.Filters, geometry.Vertical.Size, geometry.Horizontal.Size);

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        _lanes.BlockPath(_geometry),
        _chunks > 1 ? KernelPath.SeveralChunks : KernelPath.OneChunk,
        LongSums.PathOf(Terms(_geometry)),
    ];

    private static bool IsLong(ConvolutionGeometry geometry) => Terms(geometry) > LongSums.Chain;

    public override void Run(int part, int parts)
    {
        var turned = _scratch + part * ScratchPerPart(_lanes, _geometry);
        Turn(turned);
        var (start, end) = Piece(_lanes.BlocksOf(_geometry.Images) * _geometry.Groups * _chunks, part, parts);
        for (var item = start; item < end; item++)
        {
            var (rest, chunk) = Math.DivRem(item, _chunks);
            var (block, group) = Math.DivRem(rest, _geometry.Groups);
            RunChunk(block * _lanes.Count, group, chunk * _chunkRows, turned + (nint)group * _geometry.Patch * _geometry.Filters,
                turned + TurnedFloats(_geometry));
        }
    }

    private void RunChunk(int firstImage, int group, int top, float* weights, float* upstream)
    {
        var g = _geometry;
        var count = Math.Min(_lanes.Count, g.Images - firstImage);
        var bottom = Math.Min(top + _chunkRows, g.Height);
        var (firstPlace, endPlace) = PlacesThatSaw(top, bottom);
        var result = upstream + UpstreamFloats(_lanes, g, _chunkRows);
        if (count < _lanes.Count) ImageLanes.Clear(upstream, (nint)UpstreamFloats(_lanes, g, _chunkRows));
        var from = _upstream + ((nint)firstImage * g.Groups + group) * g.Filters * g.Places + firstPlace * g.Across;
        for (var filter = 0; filter < g.Filters; filter++, from += g.Places)
            Packing.Transposed(from, (nint)g.Groups * g.Filters * g.Places, count, (endPlace - firstPlace) * g.Across,
                upstream + filter * _lanes.Count, g.Filters * _lanes.Count);

        var length = (bottom - top) * g.Width;
        for (var row = top; row < bottom; row++)
        {
            for (var column = 0; column < g.Width; column++)
                RunPixel(row, _columns[column], weights, upstream - (nint)firstPlace * g.Across * g.Filters * _lanes.Count,
                    result + (nint)((row - top) * g.Width + column) * _lanes.Count, (nint)length * _lanes.Count);
        }
        var to = _result + ((nint)firstImage * g.Groups + group) * g.ImageSize + top * g.Width;
        for (var channel = 0; channel < g.Channels; channel++, to += g.Height * g.Width)
            _lanes.Unpack(result + (nint)channel * length * _lanes.Count, length, to, g.Groups * g.ImageSize, count);
    }

    /// <summary>Computes one pixel of all channels.</summary>
    private void RunPixel(int row, PlaceRun[] column, float* weights, float* upstream, float* result, nint channelStride)
    {
        var g = _geometry;
        var isLong = IsLong(g);
        var strips = EvenCut.Pieces(g.Channels, _lanes.TileHeight);
        var channelsBefore = new EvenCut(g.Channels, strips);
        Tile tile = default;
        (tile.RowA, tile.StepA, tile.StepB, tile.Ldc, tile.Columns) = ((nint)g.Vertical.Size * g.Horizontal.Size * g.Filters, 1,
            _lanes.Count, channelStride, _lanes.Count);
        var begun = false;
        for (var y = 0; y < g.Vertical.Size; y++)
        {
            var (place, between) = Math.DivRem(row + g.Vertical.Before - y * g.Vertical.Dilation, g.Vertical.Stride);
            if (between != 0 || place < 0 || place >= g.Down) continue;
            foreach (var run in column)
            {
                var length = (nint)run.Length * g.Filters;
                // A long sum has a chain for each run of places, or several.
                var chains = isLong ? EvenCut.Pieces(checked((int)length), BlockSizes.Depth) : 1;
                for (nint first = 0, chain = 0; chain < chains; chain++, first += tile.Depth, begun = true)
                {
                    tile.Depth = (length - first) / (chains - chain);
                    (tile.Continue, tile.Adds) = (begun && !isLong, begun && isLong);
                    tile.B = upstream + (((nint)place * g.Across + run.Place) * g.Filters + first) * _lanes.Count;
                    for (var strip = 0; strip < strips; strip++)
                    {
                        var channel = channelsBefore.Before(strip);
                        tile.Rows = channelsBefore.Before(strip + 1) - channel;
                        tile.A = weights + channel * tile.RowA + (y * g.Horizontal.Size + run.Element) * g.Filters + first;
                        tile.C = result + channel * channelStride;
                        _lanes.Multiply(tile);
                    }
                }
            }
        }
        if (begun) return;
        for (var channel = 0; channel < g.Channels; channel++) ImageLanes.Clear(result + channel * channelStride, _lanes.Count);
    }

    /// <summary>[groups · filters, channels, rows, columns] → [groups · channels, rows, columns
    /// from the last to the first, filters].</summary>
    private void Turn(float* to)
    {
        var (g, across) = (_geometry, _geometry.Horizontal.Size);
        for (var group = 0; group < g.Groups; group++)
            for (var channel = 0; channel < g.Channels; channel++)
                for (var y = 0; y < g.Vertical.Size; y++)
                    for (var x = across - 1; x >= 0; x--)
                        for (var filter = 0; filter < g.Filters; filter++)
                            *to++ = _weights[((((nint)group * g.Filters + filter) * g.Channels + channel) * g.Vertical.Size + y) * across
                                + x];
    }

    /// <summary>The rows of places whose windows may cover some rows of pixels.</summary>
    private (int First, int End) PlacesThatSaw(int top, int bottom)
    {
        var vertical = _geometry.Vertical;
        var first = (int)Math.Clamp((top + vertical.Before - vertical.Extent + vertical.Stride) / vertical.Stride, 0, _geometry.Down);
        return (first, Math.Clamp((bottom - 1 + vertical.Before) / vertical.Stride + 1, first, _geometry.Down));
    }

    private static int ChunkRows(ImageLanes lanes, ConvolutionGeometry geometry)
    {
        var most = geometry.Height;
        while (most > 1 && UpstreamFloats(lanes, geometry, most) + ResultFloats(lanes, geometry, most) > ChunkFloats) most--;
        return EvenCut.Pieces(geometry.Height, EvenCut.Pieces(geometry.Height, most));
    }

    private static long TurnedFloats(ConvolutionGeometry geometry) =>
        ConvolutionGeometry.Aligned((long)geometry.Groups * geometry.Filters * geometry.Patch);

    private static long UpstreamFloats(ImageLanes lanes, ConvolutionGeometry geometry, int rows) =>
        Math.Min(geometry.Down, (rows - 2 + geometry.Vertical.Extent) / geometry.Vertical.Stride + 1) * geometry.Across * geometry.Filters
            * lanes.Count;

    private static long ResultFloats(ImageLanes lanes, ConvolutionGeometry geometry, int rows) =>
        (long)geometry.Channels * rows * geometry.Width * lanes.Count;

    /// <summary>Neighbouring places of a row whose windows cover a pixel: the first place, the element of the window there, counted from
    /// the last, and the number of places.</summary>
    private readonly record struct PlaceRun(int Place, int Element, int Length)
    {
        public static PlaceRun[] Of(int pixel, Sliding sliding, int places)
        {
            var runs = new List<PlaceRun>();
            for (var element = sliding.Size - 1; element >= 0; element--)
            {
                var (place, between) = Math.DivRem(pixel + sliding.Before - element * sliding.Dilation, sliding.Stride);
                if (between != 0 || place < 0 || place >= places) continue;
                var turned = sliding.Size - 1 - element;
                if (runs.Count > 0 && runs[^1] is var last && last.Place + last.Length == place && last.Element + last.Length == turned)
                    runs[^1] = last with { Length = last.Length + 1 };
                else runs.Add(new PlaceRun(place, turned, 1));
            }
            return [.. runs];
        }
    }
}
