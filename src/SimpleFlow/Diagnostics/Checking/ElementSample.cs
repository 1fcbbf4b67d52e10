namespace SimpleFlow;

/// <summary>Which elements of a tensor are compared with differences: all of a small one;
/// of a larger one the first, the last, and others picked at random, always the same.</summary>
internal static class ElementSample
{
    public const int Size = 16;

    /// <summary>Positions in row-major order, rising.</summary>
    public static int[] Of(int count, bool all)
    {
        if (all || count <= Size) return [.. Enumerable.Range(0, count)];
        var picked = new SortedSet<int> { 0, count - 1 };
        var random = new Random(count);
        while (picked.Count < Size) picked.Add(random.Next(count));
        return [.. picked];
    }
}
