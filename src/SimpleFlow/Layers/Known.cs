namespace SimpleFlow;

/// <summary>Checks the inputs of layers: sizes that determine a variable's shape must be known when the layer is built.</summary>
internal static class Known
{
    /// <summary>The known size along an axis; a negative axis counts from the last.</summary>
    /// <exception cref="ShapeException">The axis does not exist, or its size is unknown.</exception>
    public static long Size(string layer, Node x, int axis, string what)
    {
        ArgumentNullException.ThrowIfNull(x);
        var at = axis < 0 ? axis + x.Shape.Rank : axis;
        if (at >= 0 && at < x.Shape.Rank && x.Shape[at] is { } size) return size;
        throw ShapeException.Of(layer, [x],
            new ShapeException($"{what} of `{x.Label}` {x.Shape} must be known.", "Declare it where the placeholder is made."));
    }

    /// <summary>A number of units that a layer derives from other sizes, as an int.</summary>
    /// <exception cref="ShapeException">The number is too large.</exception>
    public static int Units(string layer, Node x, long units) =>
        units <= int.MaxValue ? (int)units
            : throw ShapeException.Of(layer, [x],
                new ShapeException($"`{x.Label}` is {x.Shape}: a layer inside would have {units} units; the maximum is {int.MaxValue}.",
                    "Give it fewer features."));

    /// <summary>Checks that an input has this many axes.</summary>
    /// <exception cref="ShapeException">It has more or fewer.</exception>
    public static void Rank(string layer, Node x, int rank, string axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != rank)
            throw ShapeException.Of(layer, [x], new ShapeException($"`{x.Label}` is {x.Shape}; the layer takes {axes}.", "Reshape() it."));
    }

    /// <summary>Checks that ε can be added to a variance.</summary>
    /// <exception cref="ArgumentOutOfRangeException">ε is negative, infinite or NaN.</exception>
    public static void Epsilon(float epsilon)
    {
        if (!(epsilon >= 0 && float.IsFinite(epsilon)))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε must be finite and not negative.");
    }

    /// <summary>Checks that an input is made of floats.</summary>
    /// <exception cref="ShapeException">It is not.</exception>
    public static void Float(string layer, Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ElementType != ElementType.Float32)
            throw ShapeException.Of(layer, [x], new ShapeException($"`{x.Label}` is {x.ElementType}; {ElementType.Float32} is needed.",
                "Convert it with Cast(), or give indices to an Embedding first."));
    }
}
