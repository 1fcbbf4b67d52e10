namespace SimpleFlow;

/// <summary>The shape a placeholder takes from what it is fed.</summary>
internal static class FeedShape
{
    /// <summary>
    /// An array of the placeholder's rank keeps its own shape. A flat array is read in row-major order
    /// into the placeholder's shape, and rows of another shape but the right length are taken in their order: images [n, 784] for [?, 28,
    /// 28].
    /// </summary>
    /// <param name="placeholder">What is fed.</param>
    /// <param name="array">What it is fed with.</param>
    /// <param name="rows">How many of the array's rows are meant.</param>
    /// <exception cref="GraphException">The elements do not fill the placeholder's shape.</exception>
    public static Shape Of(Placeholder placeholder, DataArray array, int rows)
    {
        var dimensions = array.Dimensions;
        var own = dimensions.IsEmpty ? Shape.Scalar : Shape.OfLongs([rows, .. dimensions[1..]]);
        var declared = placeholder.Shape;
        if (own.Rank != declared.Rank && declared.UnknownCount <= 1)
        {
            var known = declared.Aggregate(1L, (product, size) => product * (size ?? 1));
            var open = declared.ToList().IndexOf(null);
            var filled = open < 0 ? declared : known > 0 && own.ElementCount % known == 0 ? declared.With(open, own.ElementCount / known)
                : null;
            var keepsRows = own.Rank <= 1 || (filled is { Rank: > 0 } && filled[0] == rows);
            if (filled is not null && filled.ElementCount == own.ElementCount && keepsRows) return filled;
        }
        return declared.Admits(own) ? own : throw GraphException.WrongFeed(placeholder, own);
    }

    /// <summary>The shapes that a feed gives its placeholders.</summary>
    public static Dictionary<Placeholder, Shape> Of(Feed feed)
    {
        var shapes = new Dictionary<Placeholder, Shape>(ReferenceEqualityComparer.Instance);
        foreach (var (placeholder, array) in feed) shapes[placeholder] = Of(placeholder, array, array.Rows);
        return shapes;
    }

    public static void Copy(DataArray array, Kernels.Region region, ElementType type)
    {
        if (type == ElementType.Int32) array.CopyTo(region.IntegerSpan);
        else array.CopyTo(region.Span);
    }
}
