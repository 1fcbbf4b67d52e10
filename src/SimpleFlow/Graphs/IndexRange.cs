namespace SimpleFlow;

/// <summary>Which indices an op takes: from 0 to <paramref name="Count"/> − 1.
/// A run that meets another one ends with an error, and assigns nothing.</summary>
/// <param name="Input">Which input of the op holds the indices.</param>
/// <param name="Count">How many classes there are, or entries in a table.</param>
/// <param name="Ignored">One more index that is taken, for rows that do not count.</param>
/// <param name="Table">Which input is the table that they point into; null if they are classes.</param>
internal readonly record struct IndexRange(int Input, long Count, int? Ignored = null, int? Table = null)
{
    public bool Takes(double index) => (index >= 0 && index < Count) || index == Ignored;
}
