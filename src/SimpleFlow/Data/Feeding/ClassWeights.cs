namespace SimpleFlow;

/// <summary>How much each class counts in a loss, so that frequent classes do not drown rare ones.</summary>
public static class ClassWeights
{
    /// <summary>rows / (classes · rows of the class): every class counts as much as every other, and the mean weight of a row is 1.
    /// A class without rows gets 0.</summary>
    /// <param name="labels">Class indices [rows].</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, such as −100.</param>
    /// <param name="fewestRows">A class with fewer rows counts as if it had so many, so that one or two rows do not count as much as all
    /// of another class. The mean weight of a row is still 1.</param>
    /// <exception cref="DataException">A label is not a whole number from 0 to <paramref name="classes"/> − 1;
    /// the message names its row.</exception>
    public static float[] Balanced(DataArray labels, int classes, int? ignoreIndex = null, int fewestRows = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, Array.MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(fewestRows, 1);
        var counts = new int[classes];
        var rows = 0;
        foreach (var label in ClassLabels.Of(labels, classes, ignoreIndex))
        {
            if (label == ignoreIndex) continue;
            counts[label]++;
            rows++;
        }
        // Each class with enough rows counts as 1, one with fewer as a fraction.
        var total = counts.Sum(count => (float)count / Math.Max(count, fewestRows));
        return Array.ConvertAll(counts, count => count == 0 ? 0 : rows / (total * Math.Max(count, fewestRows)));
    }
}
