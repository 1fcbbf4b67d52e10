using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// A padded copy of some rows of an image, in which what lies under one element of the window is the image itself, shifted: the numbers
/// for all places follow each other, so that a convolution multiplies a weight by a vector of them without unrolling patches. The places
/// that hang over the right edge are computed, too, and thrown away.
/// <code>
///      image, padded            under element (0, 0)         under element (1, 1), 5 further
///
///      . . . .                  . . .|.                      a b .|.
///      . a b .                  . a b|.                      c d .|.
///      . c d .                  . c d|.                      . . .|
///      . . . .
/// </code>
/// If the window moves by several pixels at a time, the pixels of each remainder are a plane of their own, and in it the window moves by
/// one.
/// </summary>
internal sealed unsafe class ShiftedImage
{
    private readonly ConvolutionGeometry _geometry;
    private readonly int[] _rowRemainders, _columnRemainders;
    private readonly int _rowShift, _columnShift;

    public ShiftedImage(ConvolutionGeometry geometry)
    {
        _geometry = geometry;
        (_rowRemainders, _rowShift) = Remainders(geometry.Vertical);
        (_columnRemainders, _columnShift) = Remainders(geometry.Horizontal);
        Width = geometry.Across + _columnShift;
    }

    /// <summary>The length of a row: the places, and those over the edge.</summary>
    public int Width { get; }

    /// <summary>The floats of the copy for some rows of places, with room to read a whole tile from any of them.</summary>
    public long Floats(int rows, int tile) => ScratchSize.Of(Planes, Height(rows), Width) + _columnShift + tile;

    private int Planes => _geometry.Channels * _rowRemainders.Length * _columnRemainders.Length;

    private int Height(int rows) => rows + _rowShift;

    /// <summary>Where the copy of the number under each element of the window lies, from the one under the first place.</summary>
    public void Offsets(int rows, Span<int> offsets)
    {
        var (vertical, horizontal) = (_geometry.Vertical, _geometry.Horizontal);
        for (var element = 0; element < offsets.Length; element++)
        {
            var (channel, y, x) = Patches.Element(_geometry, element);
            var (down, row) = Math.DivRem(y * vertical.Dilation, vertical.Stride);
            var (across, column) = Math.DivRem(x * horizontal.Dilation, horizontal.Stride);
            var plane = (channel * _rowRemainders.Length + Array.IndexOf(_rowRemainders, row)) * _columnRemainders.Length
                + Array.IndexOf(_columnRemainders, column);
            offsets[element] = (plane * Height(rows) + down) * Width + across;
        }
    }

    /// <summary>Copies what the windows of some rows of places see of one group of an image.</summary>
    public void Copy(float* image, int top, int rows, float* copy)
    {
        var g = _geometry;
        for (var channel = 0; channel < g.Channels; channel++, image += g.Height * g.Width)
        {
            foreach (var row in _rowRemainders)
            {
                foreach (var column in _columnRemainders)
                {
                    for (var i = 0; i < Height(rows); i++, copy += Width)
                    {
                        var line = (long)(top + i) * g.Vertical.Stride + row - g.Vertical.Before;
                        if (line < 0 || line >= g.Height) new Span<float>(copy, Width).Clear();
                        else CopyRow(image + (nint)line * g.Width, column - g.Horizontal.Before, copy);
                    }
                }
            }
        }
    }

    // Every stride-th pixel of a line, beginning at one that may lie before it; zeros where there is none.
    private void CopyRow(float* line, int start, float* row)
    {
        var (stride, width) = (_geometry.Horizontal.Stride, _geometry.Width);
        var first = start >= 0 ? 0 : Math.Min(Width, EvenCut.Pieces(-start, stride));
        var end = start >= width ? first : Math.Clamp(EvenCut.Pieces(width - start, stride), first, Width);
        new Span<float>(row, first).Clear();
        new Span<float>(row + end, Width - end).Clear();
        var from = line + start + (nint)first * stride;
        if (stride == 1) new ReadOnlySpan<float>(from, end - first).CopyTo(new Span<float>(row + first, end - first));
        else for (var i = first; i < end; i++, from += stride) row[i] = *from;
    }

    // Which remainders the elements of a window have, and how many places further the furthest lies.
    private static (int[] Remainders, int Shift) Remainders(Sliding sliding)
    {
        var distances = Enumerable.Range(0, sliding.Size).Select(element => element * sliding.Dilation).ToList();
        return ([.. distances.Select(distance => distance % sliding.Stride).Distinct().Order()], distances.Max() / sliding.Stride);
    }
}
