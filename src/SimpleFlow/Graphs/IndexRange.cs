namespace SimpleFlow;

/// <summary>The range of indices that an op accepts: from 0 to <paramref name="Count"/> − 1. A run with an index outside it ends with an
/// error and assigns nothing.</summary>
/// <param name="Input">Which input of the op holds the indices.</param>
/// <param name="Count">The number of classes, or of entries in a table.</param>
/// <param name="Ignored">One more accepted index, for rows that do not count.</param>
/// <param name="Table">Which input is the table that they point into; null if they are classes.</param>
internal readonly record struct IndexRange(int Input, long Count, int? Ignored = null, int? Table = null)
{
    public bool Takes(double index) => (index >= 0 && index < Count) || index == Ignored;
}
