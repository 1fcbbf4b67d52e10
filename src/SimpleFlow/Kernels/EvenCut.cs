using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels;

/// <summary>
/// A whole cut into pieces of equal size, give or take one, the larger ones first:
/// how items are dealt out to parts, rows to strips, and depths to blocks. It never multiplies two sizes, so that
/// it is exact up to the largest whole there is.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct EvenCut(int whole, int pieces)
{
    private readonly int _size = whole / pieces, _larger = whole % pieces;

    /// <summary>How much lies before a piece: nothing before the first, and everything before the one after the last.</summary>
    public int Before(int piece) => piece * _size + Math.Min(piece, _larger);

    /// <summary>The fewest pieces of at most so much each.</summary>
    public static int Pieces(int whole, int most) => (int)(((uint)whole + (uint)most - 1) / (uint)most);
}
