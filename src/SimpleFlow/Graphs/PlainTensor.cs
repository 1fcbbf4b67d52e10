namespace SimpleFlow;

/// <summary>A tensor of the plain reading: float64 elements in row-major order, whatever the element type. Whole numbers up to 2⁵³ are
/// exact; truth values are 0 and 1.</summary>
public sealed class PlainTensor
{
    /// <summary>Zeros.</summary>
    /// <exception cref="MemoryException">There is not enough memory.</exception>
    internal PlainTensor(Shape shape) : this(shape, Zeros(shape)) { }

    internal PlainTensor(Shape shape, double[] elements)
    {
        Shape = shape;
        Elements = elements;
        Sizes = shape.ToSizes();
        Strides = StridesOf(Sizes);
    }

    /// <summary>Its shape, without unknown sizes.</summary>
    public Shape Shape { get; }

    /// <summary>Its elements in row-major order: the last axis varies fastest.</summary>
    public Span<double> Values => Elements;

    /// <summary>The element at an index along each axis, such as <c>x[row, column]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element, or there are more or fewer indices than axes.</exception>
    public double this[params ReadOnlySpan<int> index]
    {
        get => Elements[RequireOffset(index)];
        set => Elements[RequireOffset(index)] = value;
    }

    internal double[] Elements { get; }

    internal int[] Sizes { get; }

    /// <summary>The strides: how far apart neighbours along each axis are.</summary>
    internal int[] Strides { get; }

    internal int Count => Elements.Length;

    internal int Rank => Sizes.Length;

    /// <summary>Its size along an axis; a negative axis counts from the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has no such axis.</exception>
    public int Size(int axis) => axis >= -Rank && axis < Rank ? Sizes[axis < 0 ? axis + Rank : axis]
        : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"A tensor {Shape} has no such axis.");

    private int RequireOffset(ReadOnlySpan<int> index)
    {
        var fits = index.Length == Rank;
        for (var axis = 0; fits && axis < Rank; axis++) fits = (uint)index[axis] < (uint)Sizes[axis];
        return fits ? Offset(index) : throw new ArgumentOutOfRangeException(nameof(index),
            $"[{string.Join(", ", index.ToArray())}] is not an index of a tensor {Shape}.");
    }

    private static double[] Zeros(Shape shape)
    {
        MemoryBudget.Require(shape.ElementCount * sizeof(double), () => $"A tensor {shape} in float64 needs",
            "Use fewer rows: the plain reading keeps every value.");
        if (shape.ElementCount > Array.MaxLength)
            throw new MemoryException($"A tensor {shape} has {shape.ElementCount} elements; an array can hold {Array.MaxLength}.",
                shape.ElementCount * sizeof(double), (long)Array.MaxLength * sizeof(double));
        return new double[shape.ElementCount];
    }

    internal static int[] StridesOf(int[] sizes)
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
    internal int Offset(ReadOnlySpan<int> index)
    {
        var offset = 0;
        for (var axis = 0; axis < Rank; axis++) offset += index[axis] * Strides[axis];
        return offset;
    }

    /// <summary>The position of the element that a result this tensor is broadcast to has at <paramref name="index"/>.</summary>
    internal int BroadcastOffset(ReadOnlySpan<int> index)
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
    internal void IndexOf(int offset, Span<int> index)
    {
        for (var axis = 0; axis < Rank; axis++)
        {
            index[axis] = offset / Strides[axis];
            offset %= Strides[axis];
        }
    }
}
