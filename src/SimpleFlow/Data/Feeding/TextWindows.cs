namespace SimpleFlow;

/// <summary>Pieces of one long row of numbers, which may overlap: a view, so that they take no memory of their own.</summary>
/// <param name="numbers">All numbers.</param>
/// <param name="start">Where the first piece begins.</param>
/// <param name="stride">From the beginning of one piece to that of the next.</param>
/// <param name="dimensions">[pieces, length].</param>
internal sealed class TextWindows(int[] numbers, int start, int stride, long[] dimensions) : DataArray(dimensions)
{
    internal override void Read(int row, int count, Span<float> destination)
    {
        for (var i = 0; i < count; i++)
        {
            var piece = PieceOf(row + i);
            var place = destination.Slice(i * piece.Length, piece.Length);
            for (var at = 0; at < piece.Length; at++) place[at] = piece[at];
        }
    }

    internal override void Read(int row, int count, Span<int> destination)
    {
        for (var i = 0; i < count; i++)
        {
            var piece = PieceOf(row + i);
            piece.CopyTo(destination.Slice(i * piece.Length, piece.Length));
        }
    }

    private ReadOnlySpan<int> PieceOf(int row) => numbers.AsSpan(start + row * stride, (int)RowLength);

    // If the rows stay, it is still a view; with other rows, the pieces must be copied one after the other.
    private protected override DataArray Reshaped(long[] dimensions)
    {
        if (dimensions.Length > 0 && dimensions[0] == Rows) return base.Reshaped(dimensions);
        var copy = new int[Count];
        CopyTo(copy);
        return From(copy).Reshape(dimensions);
    }
}
