using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels;

/// <summary>How a window slides along one axis, over the axis and the padding before and after it.</summary>
/// <param name="Size">The number of elements in the window.</param>
/// <param name="Stride">The distance from one place of the window to the next.</param>
/// <param name="Before">Padding before the first position.</param>
/// <param name="After">Padding after the last position.</param>
/// <param name="Dilation">The distance from one element of the window to the next.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Sliding(int Size, int Stride, int Before, int After, int Dilation)
{
    /// <summary>From the first element of the window to its last, both counted.</summary>
    public long Extent => (long)Dilation * (Size - 1) + 1;

    /// <summary>How many places the window has along an axis of this length.</summary>
    public long Places(long length) => length + Before + After < Extent ? 0 : (length + Before + After - Extent) / Stride + 1;

    /// <summary>Where an element of the window lies; negative or beyond the axis for padding.</summary>
    public int At(int place, int element) => place * Stride - Before + element * Dilation;

    /// <summary>The places at which an element of the window lies on the axis and not in the padding.</summary>
    public (int First, int End) Inside(int element, int length, int places)
    {
        var shift = Before - element * Dilation;
        var first = shift <= 0 ? 0 : (shift + Stride - 1) / Stride;
        var last = length - 1 + shift;
        first = Math.Min(first, places);
        return (first, Math.Clamp(last < 0 ? 0 : last / Stride + 1, first, places));
    }
}
