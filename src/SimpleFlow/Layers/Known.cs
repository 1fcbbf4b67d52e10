namespace SimpleFlow;

/// <summary>The rule of layers: sizes that the shapes of variables follow from must be known when the layer is built.</summary>
internal static class Known
{
    /// <summary>The size along an axis; negative: counted from the last.</summary>
    /// <exception cref="ShapeException">The axis does not exist, or its size is unknown.</exception>
    public static long Size(string layer, Node x, int axis, string what)
    {
        ArgumentNullException.ThrowIfNull(x);
        var at = axis < 0 ? axis + x.Shape.Rank : axis;
        if (at >= 0 && at < x.Shape.Rank && x.Shape[at] is { } size) return size;
        throw ShapeException.Of(layer, [x],
            new ShapeException($"{what} of `{x.Label}` {x.Shape} must be known.", "Declare it where the placeholder is made."));
    }

    /// <summary>A layer's number of units that follows from other sizes, as an int.</summary>
    /// <exception cref="ShapeException">It is too large.</exception>
    public static int Units(string layer, Node x, long units) =>
        units <= int.MaxValue ? (int)units
            : throw ShapeException.Of(layer, [x],
                new ShapeException($"`{x.Label}` is {x.Shape}: a layer inside would have {units} units, and {int.MaxValue} is the most.",
                    "Give it fewer features."));

    /// <summary>Refuses an input that does not have this many axes.</summary>
    /// <exception cref="ShapeException">It does not.</exception>
    public static void Rank(string layer, Node x, int rank, string axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != rank)
            throw ShapeException.Of(layer, [x], new ShapeException($"`{x.Label}` is {x.Shape}, and {axes} is needed.", "Reshape() it."));
    }

    /// <summary>Refuses an ε that no variance can be added to.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, infinite or NaN.</exception>
    public static void Epsilon(float epsilon)
    {
        if (!(epsilon >= 0 && float.IsFinite(epsilon)))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε is finite and not negative.");
    }

    /// <summary>Refuses an input that is not made of floats.</summary>
    /// <exception cref="ShapeException">It is not.</exception>
    public static void Float(string layer, Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ElementType != ElementType.Float32)
            throw ShapeException.Of(layer, [x], new ShapeException($"`{x.Label}` is {x.ElementType}; {ElementType.Float32} is needed.",
                "Convert it with Cast(), or give indices to an Embedding first."));
    }
}
