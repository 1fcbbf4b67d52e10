namespace SimpleFlow.Kernels;

/// <summary>
/// Where the elements that one rank computes lie in the batch of all ranks: random numbers are drawn by that place, so that they do not
/// depend on how many ranks there are. Without a batch axis every element is at its own place.
/// </summary>
internal sealed class GlobalRows(int? axis, int[] sizes, StepClock clock)
{
    // From the batch axis on: what follows each other in memory and belongs to rows of this rank.
    private readonly long _block = axis is { } first ? sizes[first..].Aggregate(1L, (product, size) => product * size) : 0;

    /// <summary>The place of an element, and how many of the next ones follow it there without a gap.</summary>
    /// <param name="start">The element.</param>
    /// <param name="most">The most that are wanted.</param>
    public (long Place, int Length) PlaceOf(int start, int most)
    {
        if (_block == 0) return (start, most);
        var part = clock.Part;
        var own = Math.Max(part.Rows, 1);
        if (_block % own != 0) return (start, most);                           // not made of rows
        var row = _block / own;
        var within = start % _block;
        return (start / _block * (row * part.AllRows) + row * part.First + within, (int)Math.Min(most, _block - within));
    }
}
