namespace SimpleFlow;

/// <summary>Fills a row of a <see cref="DataArray"/>.</summary>
/// <param name="row">The number of the row, from 0.</param>
/// <param name="destination">Receives its elements.</param>
public delegate void RowReader(int row, Span<float> destination);

/// <summary>Rows that a function of the user's makes.</summary>
internal sealed class RowFunction(RowReader read, long[] dimensions) : DataArray(dimensions)
{
    internal override bool IsReadAhead => true;

    internal override void Read(int row, int count, Span<float> destination)
    {
        var length = (int)RowLength;
        // A function may leave zeros as they are.
        destination.Clear();
        lock (read)
        {
            for (var i = 0; i < count; i++) read(row + i, destination.Slice(i * length, length));
        }
    }

    internal override void Read(int row, int count, Span<int> destination)
    {
        var numbers = new float[RowLength];
        for (var i = 0; i < count; i++)
        {
            Read(row + i, 1, numbers);
            Numbers<float>.ToIntegers(numbers, destination.Slice(i * numbers.Length, numbers.Length), row + i, numbers.Length);
        }
    }
}
