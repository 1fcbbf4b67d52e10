namespace SimpleFlow.Compilation;

/// <summary>
/// Which results lie in the buckets that travel between ranks instead of the arena, so that nothing is copied there and back: the sums that
/// come out, and what only goes in.
/// </summary>
internal static class InBuckets
{
    /// <summary>The results, and where they lie.</summary>
    public static Dictionary<Node, (Bucket Bucket, int Start)> Of(IReadOnlyList<Step> steps, Node[] outputs)
    {
        var places = new Dictionary<Node, (Bucket, int)>(ReferenceEqualityComparer.Instance);
        var leaving = new List<(Operation Node, PutIntoBucket Op)>();
        foreach (var step in steps)
        {
            if (step.Single is { Op: TakeFromBucket taken } sum) places[sum] = (taken.Bucket, taken.Start);
            if (step.Single is { Op: PutIntoBucket put } sign && Storage.IsWhole(sign.InputArray[0])
                && Storage.Of(sign.InputArray[0]) is Operation made)
                leaving.Add((made, put));
        }
        if (leaving.Count == 0) return places;

        // Whoever else reads it could find the sum in its place.
        var kept = new HashSet<Node>(outputs.Select(Storage.Of), ReferenceEqualityComparer.Instance);
        var readings = steps.SelectMany(step => step.Reads.Select(Storage.Of)).CountBy(node => node).ToDictionary();
        foreach (var (made, put) in leaving)
        {
            if (readings[made] == 1 && !kept.Contains(made)) places.TryAdd(made, (put.Bucket, put.Start));
        }
        return places;
    }
}
