namespace SimpleFlow;

/// <summary>A tensor of the plain reading: float64 elements in row-major order, whatever the element type. Whole numbers up to 2⁵³ and
/// truth values are exact.</summary>
internal sealed class PlainTensor
{
    /// <summary>Zeros.</summary>
    /// <exception cref="MemoryException">There is not enough memory.</exception>
    public PlainTensor(Shape shape) : this(shape, Zeros(shape)) { }

    public PlainTensor(Shape shape, double[] elements)
    {
        Shape = shape;
        Elements = elements;
        Sizes = shape.ToSizes();
        Strides = StridesOf(Sizes);
    }

    public Shape Shape { get; }

    public double[] Elements { get; }

    public int[] Sizes { get; }

    /// <summary>The strides: how far apart neighbours along each axis are.</summary>
    public int[] Strides { get; }

    public int Count => Elements.Length;

    public int Rank => Sizes.Length;

    private static double[] Zeros(Shape shape)
    {
        MemoryBudget.Require(shape.ElementCount * sizeof(double), () => $"A tensor {shape} in float64 needs",
            "Use fewer rows: the plain reading keeps every value.");
        if (shape.ElementCount > Array.MaxLength)
            throw new MemoryException($"A tensor {shape} has {shape.ElementCount} elements; an array can hold {Array.MaxLength}.",
                shape.ElementCount * sizeof(double), (long)Array.MaxLength * sizeof(double));
        return new double[shape.ElementCount];
    }

    public static int[] StridesOf(int[] sizes)
    {
        var strides = new int[sizes.Length];
        var stride = 1;
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        return strides;
    }

    /// <summary>The position of the element at <paramref name="index"/> along each axis.</summary>
    public int Offset(ReadOnlySpan<int> index)
    {
        var offset = 0;
        for (var axis = 0; axis < Rank; axis++) offset += index[axis] * Strides[axis];
        return offset;
    }

    /// <summary>The position of the element that a result this tensor is broadcast to has at <paramref name="index"/>.</summary>
    public int BroadcastOffset(ReadOnlySpan<int> index)
    {
        var missing = index.Length - Rank;
        var offset = 0;
        for (var axis = 0; axis < Rank; axis++)
        {
            if (Sizes[axis] != 1) offset += index[missing + axis] * Strides[axis];
        }
        return offset;
    }

    /// <summary>The index along each axis of the element at <paramref name="offset"/>.</summary>
    public void IndexOf(int offset, Span<int> index)
    {
        for (var axis = 0; axis < Rank; axis++)
        {
            index[axis] = offset / Strides[axis];
            offset %= Strides[axis];
        }
    }
}
