using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels;

/// <summary>
/// Cuts a whole into pieces whose sizes differ by at most one, the larger ones first: this distributes items over parts, rows over strips,
/// and depths over blocks. It never multiplies two sizes, so it is exact up to the largest possible whole.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct EvenCut(int whole, int pieces)
{
    private readonly int _size = whole / pieces, _larger = whole % pieces;

    /// <summary>How much lies before a piece: 0 for the first piece, and everything for the one after the last.</summary>
    public int Before(int piece) => piece * _size + Math.Min(piece, _larger);

    /// <summary>The smallest number of pieces of at most the given size.</summary>
    public static int Pieces(int whole, int most) => (int)(((uint)whole + (uint)most - 1) / (uint)most);
}
