using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels;

/// <summary>
/// How a window slides along one axis and the padding before and after it. The shape rule of every op with a window limits the axis with
/// its padding, and the window, to <see cref="int.MaxValue"/>. A stride may be that large, too.
/// </summary>
/// <param name="Size">The number of elements in the window.</param>
/// <param name="Stride">The distance from one place of the window to the next.</param>
/// <param name="Before">Padding before the first position.</param>
/// <param name="After">Padding after the last position.</param>
/// <param name="Dilation">The distance from one element of the window to the next.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Sliding(int Size, int Stride, int Before, int After, int Dilation)
{
    /// <summary>The extent from the first element of the window to its last, both included.</summary>
    public long Extent => (long)Dilation * (Size - 1) + 1;

    /// <summary>How many places the window has along an axis of this length.</summary>
    public long Places(long length) => length + Before + After < Extent ? 0 : (length + Before + After - Extent) / Stride + 1;

    /// <summary>The maximum number of places whose windows share an element of the axis.</summary>
    public long Overlap(int places) => Math.Min(Math.Min(Size, places), (Extent - 1) / Stride + 1);

    /// <summary>Where an element of the window lies; negative or beyond the axis for padding. Valid only for an existing place: one place
    /// further, a large stride would overflow 32 bits.</summary>
    public int At(int place, int element) => place * Stride - Before + element * Dilation;

    /// <summary>The places at which an element of the window lies on the axis and not in the padding.</summary>
    public (int First, int End) Inside(int element, int length, int places) => Meeting(Before - element * Dilation, Stride, length, places);

    /// <summary>The elements of the window that lie on the axis at a place.</summary>
    public (int First, int End) Under(int place, int length) => Meeting(Before - place * Stride, Dilation, length, Size);

    /// <summary>Which of the first multiples 0, step, 2·step, … of a step lie in a stretch of this length that begins at
    /// <paramref name="start"/>.</summary>
    private static (int First, int End) Meeting(int start, int step, int length, int multiples)
    {
        var first = Math.Min(Below(start, step), multiples);
        return (first, Math.Clamp(Below(start + length, step), first, multiples));
    }

    /// <summary>How many multiples, starting at 0, are smaller than a number.</summary>
    private static int Below(int number, int step) => number <= 0 ? 0 : step == 1 ? number : (number - 1) / step + 1;
}
