using System.Runtime.Intrinsics;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// Copies between one group of an image and its patches. A row of the patches belongs to one element of the window: it contains what lies
/// under that element, place by place.
/// <code>
///      image, 4 wide            patches of a 2 × 2 window, 3 places across
///
///      a b c d                  element (0, 0):   a b c   e f g        each run is a piece of a row of the image,
///      e f g h                  element (0, 1):   b c d   f g h        zeros where the window hangs over the edge
///      i j k l                  element (1, 0):   e f g   i j k
/// </code>
/// </summary>
internal static unsafe class Patches
{
    /// <summary>Writes rows <paramref name="firstRow"/> to <paramref name="endRow"/> of the patches for some rows of places, without
    /// gaps.</summary>
    public static void Unroll(ConvolutionGeometry geometry, float* image, int firstRow, int endRow, int top, int bottom, float* patches)
    {
        if (Patches512.Suits(geometry))
        {
            Patches512.Unroll(geometry, image, firstRow, endRow, top, bottom, patches);
            return;
        }
        var (vertical, horizontal, across, width) = (geometry.Vertical, geometry.Horizontal, geometry.Across, geometry.Width);
        for (var row = firstRow; row < endRow; row++)
        {
            var (channel, y, x) = Element(geometry, row);
            var (first, end) = horizontal.Inside(x, width, across);
            for (var place = top; place < bottom; place++, patches += across)
            {
                var line = vertical.At(place, y);
                if (line < 0 || line >= geometry.Height)
                {
                    new Span<float>(patches, across).Clear();
                    continue;
                }
                for (var i = 0; i < first; i++) patches[i] = 0;
                for (var i = end; i < across; i++) patches[i] = 0;
                if (first == end) continue;
                var from = image + (channel * geometry.Height + line) * (nint)width + horizontal.At(first, x);
                if (horizontal.Stride == 1) Copy(from, patches + first, end - first);
                else for (var i = first; i < end; i++, from += horizontal.Stride) patches[i] = *from;
            }
        }
    }

    /// <summary>The reverse: adds every element of the patches to the pixel it came from. What came from the padding is dropped.</summary>
    public static void AddBack(ConvolutionGeometry geometry, float* patches, int top, int bottom, float* image)
    {
        if (Patches512.Suits(geometry))
        {
            Patches512.AddBack(geometry, patches, top, bottom, image);
            return;
        }
        var (vertical, horizontal, across, width) = (geometry.Vertical, geometry.Horizontal, geometry.Across, geometry.Width);
        for (var row = 0; row < geometry.Patch; row++)
        {
            var (channel, y, x) = Element(geometry, row);
            var (first, end) = horizontal.Inside(x, width, across);
            for (var place = top; place < bottom; place++, patches += across)
            {
                var line = vertical.At(place, y);
                if (line < 0 || line >= geometry.Height || first == end) continue;
                var to = image + (channel * geometry.Height + line) * (nint)width + horizontal.At(first, x);
                if (horizontal.Stride == 1) Add(patches + first, to, end - first);
                else for (var i = first; i < end; i++, to += horizontal.Stride) *to += patches[i];
            }
        }
    }

    /// <summary>The same for pixels that are totals.</summary>
    public static void AddToTotals(ConvolutionGeometry geometry, float* patches, int top, int bottom, double* image)
    {
        var (vertical, horizontal) = (geometry.Vertical, geometry.Horizontal);
        for (var row = 0; row < geometry.Patch; row++)
        {
            var (channel, y, x) = Element(geometry, row);
            var (first, end) = horizontal.Inside(x, geometry.Width, geometry.Across);
            for (var place = top; place < bottom; place++, patches += geometry.Across)
            {
                var line = vertical.At(place, y);
                if (line < 0 || line >= geometry.Height || first == end) continue;
                var to = image + (channel * geometry.Height + line) * (nint)geometry.Width + horizontal.At(first, x);
                if (horizontal.Stride == 1) LongSums.Add(patches + first, to, end - first);
                else for (var i = first; i < end; i++, to += horizontal.Stride) *to += patches[i];
            }
        }
    }

    /// <summary>The element of the window that a row of the patches belongs to.</summary>
    public static (int Channel, int Y, int X) Element(ConvolutionGeometry geometry, int row)
    {
        var (line, x) = Math.DivRem(row, geometry.Horizontal.Size);
        var (channel, y) = Math.DivRem(line, geometry.Vertical.Size);
        return (channel, y, x);
    }

    // The pieces are short, mostly 5 to 30 floats: calling a general copy routine would cost more than the copy.
    // The last vector overlaps the one before.
    private static void Copy(float* from, float* to, int count)
    {
        if (count >= 8)
        {
            for (var i = 0; i < count - 8; i += 8) Vector256.Store(Vector256.Load(from + i), to + i);
            Vector256.Store(Vector256.Load(from + count - 8), to + count - 8);
        }
        else if (count >= 4)
        {
            var last = Vector128.Load(from + count - 4);
            Vector128.Store(Vector128.Load(from), to);
            Vector128.Store(last, to + count - 4);
        }
        else
        {
            for (var i = 0; i < count; i++) to[i] = from[i];
        }
    }

    private static void Add(float* from, float* to, int count)
    {
        var i = 0;
        for (; i + 8 <= count; i += 8) Vector256.Store(Vector256.Load(to + i) + Vector256.Load(from + i), to + i);
        for (; i + 4 <= count; i += 4) Vector128.Store(Vector128.Load(to + i) + Vector128.Load(from + i), to + i);
        for (; i < count; i++) to[i] += from[i];
    }
}
