namespace SimpleFlow;

/// <summary>A random change of a row that does not change what it means: a digit a little to the left is the same digit.
/// It turns few examples into many.</summary>
public abstract class Augmentation
{
    /// <summary>Writes the changed row. A function of its arguments alone: for the same seed and epoch, the same row changes in the same
    /// way, on any thread.</summary>
    /// <param name="row">The elements of the row.</param>
    /// <param name="result">Receives as many elements.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="draw">The epoch: each changes the row in another way.</param>
    /// <param name="index">The number of the row.</param>
    public abstract void Apply(ReadOnlySpan<float> row, Span<float> result, ulong seed, long draw, long index);
}
