namespace SimpleFlow;

/// <summary>How much each class counts in a loss, so that frequent classes do not drown rare ones.</summary>
public static class ClassWeights
{
    /// <summary>rows / (classes · rows of the class): every class counts as much as every other, and the mean weight of a row is 1.
    /// A class without rows gets 0.</summary>
    /// <param name="labels">Class indices [rows].</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, such as −100.</param>
    /// <exception cref="DataException">A label is not a whole number from 0 to <paramref name="classes"/> − 1;
    /// the message names its row.</exception>
    public static float[] Balanced(DataArray labels, int classes, int? ignoreIndex = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, Array.MaxLength);
        var counts = new int[classes];
        var rows = 0;
        foreach (var label in ClassLabels.Of(labels, classes, ignoreIndex))
        {
            if (label == ignoreIndex) continue;
            counts[label]++;
            rows++;
        }
        var present = counts.Count(count => count > 0);
        return Array.ConvertAll(counts, count => count == 0 ? 0 : rows / ((float)present * count));
    }
}
