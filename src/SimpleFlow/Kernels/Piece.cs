using System.Runtime.InteropServices;

namespace SimpleFlow.Kernels;

/// <summary>The rectangle of C that one part computes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Piece(int Row, int RowEnd, int Column, int ColumnEnd)
{
    public int Rows => RowEnd - Row;

    public int Columns => ColumnEnd - Column;

    /// <summary>
    /// Cuts an m × n matrix into a grid of <paramref name="parts"/> pieces and returns one of them, which may be empty. Of the grids (1 ×
    /// parts, 2 × parts/2, …) it takes the one whose largest piece is smallest, because the slowest part decides; of equal ones, the one
    /// with the shortest edges, because a piece reads as many rows of op(A) and columns of op(B) as it has itself. Columns are cut at
    /// multiples of <paramref name="width"/>, so that only the last tile of a row is narrow; rows are cut anywhere, because tiles may have
    /// any height.
    /// </summary>
    public static Piece Of(int m, int n, int width, int part, int parts)
    {
        if (parts == 1) return new Piece(0, m, 0, n);

        var panels = EvenCut.Pieces(n, width);
        var (best, area, edges) = (1, long.MaxValue, long.MaxValue);
        for (var across = 1; across <= parts; across++)
        {
            if (parts % across != 0) continue;
            var rows = EvenCut.Pieces(m, across);
            var columns = (long)width * EvenCut.Pieces(panels, parts / across);
            var (candidateArea, candidateEdges) = (rows * columns, rows + columns);
            if (candidateArea > area || (candidateArea == area && candidateEdges >= edges)) continue;
            (best, area, edges) = (across, candidateArea, candidateEdges);
        }

        var down = parts / best;
        var (i, j) = (part / down, part % down);
        var (rowsBefore, panelsBefore) = (new EvenCut(m, best), new EvenCut(panels, down));
        return new Piece(rowsBefore.Before(i), rowsBefore.Before(i + 1), Column(j), Column(j + 1));

        // Up to one panel beyond the last column.
        int Column(int piece) => (int)Math.Min(n, (long)width * panelsBefore.Before(piece));
    }
}
