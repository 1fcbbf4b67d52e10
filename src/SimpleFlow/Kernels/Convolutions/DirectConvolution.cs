using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// A convolution whose filters were brought into panels before: sums[places, filters] = pixels[places, patch] · filters[patch, filters].
/// The pixels are read where they lie in the image, or in a padded copy of it: nothing is unrolled, and the number of places fits any
/// tile. The sums have the same order as those of <see cref="ConvolutionKernel"/>, and the same bits.
/// </summary>
/// <remarks>
/// The panels are [filters / width, patch, width], as wide as a tile. Parts take whole chunks of rows, or some panels of each if there are
/// few.
/// </remarks>
internal sealed unsafe class DirectConvolution : Kernel
{
    // The sums of a chunk for one panel, and its pixels, stay in the level-2 cache.
    private const long SumFloats = 16 * 1024, PixelFloats = 128 * 1024;
    private const int LongestLine = 256;

    // Each sum is moved to its place in the result at the end. At 27 elements of the window that takes as long as half the sum does;
    // at 144 it does not show.
    private const int FewestElements = 64;

    private readonly ConvolutionGeometry _geometry;
    private readonly TileShape _tile;
    private readonly float* _images, _panels, _result, _scratch;
    private readonly IEpilogue? _epilogue;
    private readonly int _chunkRows, _chunks, _strips;
    private readonly int[] _offsets;

    /// <param name="tile">The micro-kernel.</param>
    /// <param name="geometry">The sizes, of one group.</param>
    /// <param name="images">[n, channels, height, width].</param>
    /// <param name="panels">[filters / width, patch, width].</param>
    /// <param name="result">[n, filters, places].</param>
    /// <param name="scratch"><see cref="ScratchPerPart"/> for each part, on a 64-byte boundary.</param>
    /// <param name="epilogue">What continues with the result, or null.</param>
    public DirectConvolution(TileShape tile, ConvolutionGeometry geometry, float* images, float* panels, float* result, float* scratch,
        IEpilogue? epilogue)
    {
        _geometry = geometry = Flat(geometry);
        (_tile, _epilogue) = (tile, epilogue);
        _images = images;
        _panels = panels;
        _result = result;
        _scratch = scratch;
        _chunkRows = ChunkRows(geometry, tile);
        _chunks = EvenCut.Pieces(geometry.Down, _chunkRows);
        _strips = EvenCut.Pieces(geometry.Across, tile.Height);
        _offsets = Offsets();
    }

    /// <summary>Whether a convolution of one group gains from it.</summary>
    public static bool Suits(int filters, long patch) => VectorWidths.Best != VectorWidth.Scalar && filters > 0
        && filters % TileShape.Best.Width == 0 && patch is >= FewestElements and <= LongSums.Block;

    /// <summary>The scratch floats of a part: the pixels of a chunk, if they are padded, and the sums of a panel.</summary>
    public static long ScratchPerPart(TileShape tile, ConvolutionGeometry geometry)
    {
        geometry = Flat(geometry);
        var rows = ChunkRows(geometry, tile);
        return CopyFloats(geometry, rows) + ScratchSize.Of(rows, geometry.Across, tile.Width);
    }

    /// <summary>Whether it passes its results on in pieces that a tile program takes: each of a multiple of four elements.</summary>
    public static bool HandsOn(TileShape tile, ConvolutionGeometry geometry)
    {
        geometry = Flat(geometry);
        var rows = ChunkRows(geometry, tile);
        return rows == geometry.Down || (geometry.Places % 4 == 0 && (long)rows * geometry.Across % 4 == 0);
    }

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        _chunks > 1 ? KernelPath.SeveralChunks : KernelPath.OneChunk, LongSums.PathOf(_geometry.Patch),
        .. _epilogue is null ? [] : (KernelPath[])[KernelPath.HandsOn],
    ];

    public override void Run(int part, int parts)
    {
        var g = _geometry;
        var copy = _scratch + part * ScratchPerPart(_tile, g);
        var sums = copy + CopyFloats(g, _chunkRows);
        var panels = g.Filters / _tile.Width;
        var chunks = g.Images * _chunks;
        var pieces = chunks % parts == 0 || chunks >= 8 * parts ? 1 : Math.Min(panels, parts);
        var panelsBefore = new EvenCut(panels, pieces);
        var (start, end) = Piece(chunks * pieces, part, parts);
        for (int item = start, copied = -1; item < end; item++)
        {
            var (at, piece) = Math.DivRem(item, pieces);
            var (image, chunk) = Math.DivRem(at, _chunks);
            var top = chunk * _chunkRows;
            var pixels = _images + (nint)image * g.ImageSize + (nint)top * g.Vertical.Stride * g.Width;
            if (IsPadded(g))
            {
                if (copied != at) Copy(_images + (nint)image * g.ImageSize, top, copy);
                copied = at;
                pixels = copy;
            }
            for (var panel = panelsBefore.Before(piece); panel < panelsBefore.Before(piece + 1); panel++)
                RunPanel(part, image, panel, top, Math.Min(_chunkRows, g.Down - top), pixels, sums);
        }
    }

    /// <summary>Computes a panel of filters for a chunk of places.</summary>
    private void RunPanel(int part, int image, int panel, int top, int rows, float* pixels, float* sums)
    {
        var g = _geometry;
        var isLong = g.Patch > LongSums.Chain;
        var steps = BlockSizes.StepsOf(g.Patch);
        var strips = new EvenCut(g.Across, _strips);
        Tile tile = default;
        (tile.RowA, tile.StepB, tile.Ldc, tile.Columns) = (g.Horizontal.Stride, _tile.Width, _tile.Width, _tile.Width);
        fixed (int* offsets = _offsets)
        {
            for (int first = 0, depth; first < g.Patch; first += depth)
            {
                depth = Math.Min(steps, g.Patch - first);
                tile.Depth = depth;
                tile.LeftOffsets = offsets + first;
                (tile.Continue, tile.Adds) = (first > 0 && !isLong, first > 0 && isLong);
                tile.B = _panels + ((nint)panel * g.Patch + first) * _tile.Width;
                for (var row = 0; row < rows; row++)
                {
                    var line = pixels + (nint)row * g.Vertical.Stride * LineOf(g);
                    for (var strip = 0; strip < _strips; strip++)
                    {
                        var place = strips.Before(strip);
                        tile.Rows = strips.Before(strip + 1) - place;
                        tile.A = line + (nint)place * g.Horizontal.Stride;
                        tile.C = sums + ((nint)row * g.Across + place) * _tile.Width;
                        _tile.Run(tile);
                    }
                }
            }
        }
        var start = ((nint)image * g.Filters + panel * _tile.Width) * g.Places + top * g.Across;
        Packing.Transposed(sums, _tile.Width, rows * g.Across, _tile.Width, _result + start, g.Places);
        _epilogue?.Finish(part, (int)start, _tile.Width, rows * g.Across, g.Places);
    }

    /// <summary>Copies what the windows of a chunk see of an image, with zeros around it.</summary>
    private void Copy(float* image, int top, float* copy)
    {
        var g = _geometry;
        var (height, width) = (LaneConvolution.RowsUnder(g, _chunkRows), LineOf(g));
        var before = Math.Min(g.Horizontal.Before, width);
        var count = Math.Min(g.Width, width - before);
        for (var channel = 0; channel < g.Channels; channel++, image += (nint)g.Height * g.Width)
        {
            for (var i = 0; i < height; i++, copy += width)
            {
                var line = g.Vertical.At(top, 0) + i;
                if (line < 0 || line >= g.Height)
                {
                    new Span<float>(copy, width).Clear();
                    continue;
                }
                new Span<float>(copy, before).Clear();
                new ReadOnlySpan<float>(image + (nint)line * g.Width, count).CopyTo(new Span<float>(copy + before, count));
                new Span<float>(copy + before + count, width - before - count).Clear();
            }
        }
    }

    // Where the pixel under each element of the window lies, from the one under the first.
    private int[] Offsets()
    {
        var g = _geometry;
        var plane = (IsPadded(g) ? LaneConvolution.RowsUnder(g, _chunkRows) : g.Height) * LineOf(g);
        var offsets = GC.AllocateUninitializedArray<int>(g.Patch, pinned: true);
        for (var element = 0; element < offsets.Length; element++)
        {
            var (channel, y, x) = Patches.Element(g, element);
            offsets[element] = channel * plane + y * g.Vertical.Dilation * LineOf(g) + x * g.Horizontal.Dilation;
        }
        return offsets;
    }

    // If a patch is one pixel, several short lines are one, which fills the tiles.
    private static ConvolutionGeometry Flat(ConvolutionGeometry geometry)
    {
        if (!geometry.IsPointwise || geometry.Down == 0) return geometry;
        var lines = Math.Clamp(LongestLine / Math.Max(1, geometry.Across), 1, geometry.Down);
        while (geometry.Down % lines != 0) lines--;
        return new ConvolutionGeometry(geometry.Images, geometry.Groups, geometry.Channels, geometry.Height / lines, geometry.Width * lines,
            geometry.Filters, geometry.Vertical, geometry.Horizontal);
    }

    private static int ChunkRows(ConvolutionGeometry geometry, TileShape tile)
    {
        var most = geometry.Down;
        while (most > 1 && (ScratchSize.Of(most, geometry.Across, tile.Width) > SumFloats || CopyFloats(geometry, most) > PixelFloats))
            most--;
        if (most == geometry.Down) return most;
        var rows = EvenCut.Pieces(geometry.Down, EvenCut.Pieces(geometry.Down, most));
        var multiple = geometry.Across % 4 == 0 ? 1 : geometry.Across % 2 == 0 ? 2 : 4;
        return rows > multiple ? rows / multiple * multiple : rows;
    }

    private static bool IsPadded(ConvolutionGeometry geometry) => geometry.Vertical.Before > 0 || geometry.Horizontal.Before > 0
        || LaneConvolution.RowsUnder(geometry, geometry.Down) > geometry.Height || LineUnder(geometry) > geometry.Width;

    private static long CopyFloats(ConvolutionGeometry geometry, int rows) => IsPadded(geometry)
        ? ScratchSize.Aligned(ScratchSize.Of(geometry.Channels, LaneConvolution.RowsUnder(geometry, rows), LineUnder(geometry))) : 0;

    private static int LineOf(ConvolutionGeometry geometry) => IsPadded(geometry) ? LineUnder(geometry) : geometry.Width;

    // The pixels of a line that the windows read.
    private static int LineUnder(ConvolutionGeometry geometry) =>
        (geometry.Across - 1) * geometry.Horizontal.Stride + (int)geometry.Horizontal.Extent;
}
