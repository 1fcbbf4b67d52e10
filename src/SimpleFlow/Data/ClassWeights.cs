namespace SimpleFlow;

/// <summary>How much each class counts in a loss, so that rare ones are not drowned by frequent ones.</summary>
public static class ClassWeights
{
    /// <summary>rows / (classes · rows of the class): every class counts as much as every other, and the mean weight of a row is 1. A class without rows gets 0.</summary>
    /// <param name="labels">Class indices [rows].</param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="DataException">A label is not a whole number from 0 to <paramref name="classes"/> − 1.</exception>
    public static float[] Balanced(DataArray labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, Array.MaxLength);
        var own = new int[labels.Count];
        labels.CopyTo(own.AsSpan());
        var counts = new int[classes];
        for (var row = 0; row < own.Length; row++)
        {
            if ((uint)own[row] >= (uint)classes) throw new DataException($"Row {row}: the label is {own[row]}, and with {classes} classes it must be from 0 to {classes - 1}.");
            counts[own[row]]++;
        }
        var present = counts.Count(count => count > 0);
        return Array.ConvertAll(counts, count => count == 0 ? 0 : own.Length / ((float)present * count));
    }
}
