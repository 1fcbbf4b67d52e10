using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Elements that lie one after the other in an array of any rank, or in a tensor.</summary>
internal abstract class DenseArray<T> : DataArray where T : unmanaged
{
    private protected DenseArray(object source, long[] dimensions) : base(dimensions)
    {
        if (Count > int.MaxValue)
            throw new DataException($"[{Text(dimensions)}] has {Count} elements; an array may have {int.MaxValue}. Feed it in batches.");
        Source = source;
    }

    private protected object Source { get; }

    /// <summary>All elements. Created for each use: a span cannot be stored, and this avoids pinning the elements.</summary>
    private protected ReadOnlySpan<T> Elements => Source switch
    {
        T[] flat => flat,
        Array array => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)),
            array.Length),
        _ => MemoryMarshal.CreateReadOnlySpan(in ((Tensor<T>)Source).GetPinnableReference(), (int)Count),
    };

    private protected ReadOnlySpan<T> ElementsOf(int row, int count) => Elements.Slice((int)(row * RowLength), (int)(count * RowLength));
}

/// <summary>Floats, doubles or whole numbers.</summary>
internal sealed class Numbers<T>(object source, long[] dimensions) : DenseArray<T>(source, dimensions) where T : unmanaged, INumber<T>
{
    public static Numbers<T> Of(Tensor<T> tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var dimensions = new long[tensor.Rank];
        for (var axis = 0; axis < dimensions.Length; axis++) dimensions[axis] = tensor.Lengths[axis];
        if (tensor.IsDense) return new Numbers<T>(tensor, dimensions);
        var copy = new T[tensor.FlattenedLength];
        tensor.FlattenTo(copy);
        return new Numbers<T>(copy, dimensions);
    }

    internal override void Read(int row, int count, Span<float> destination) =>
        TensorPrimitives.ConvertTruncating(ElementsOf(row, count), destination);

    internal override void Read(int row, int count, Span<int> destination)
    {
        var elements = ElementsOf(row, count);
        if (typeof(T) == typeof(int))
        {
            MemoryMarshal.Cast<T, int>(elements).CopyTo(destination);
            return;
        }
        for (var i = 0; i < elements.Length; i++)
        {
            destination[i] = int.CreateSaturating(elements[i]);
            // Compared as doubles, which hold every int and every float: 2.5, NaN, infinity and 2³¹ all differ from what was stored.
            if (double.CreateTruncating(elements[i]) != destination[i])
                throw new DataException(
                    $"Row {row + i / RowLength}: {elements[i]} is not a whole number that an int can hold, and whole numbers "
                        + "are needed.");
        }
    }

    /// <summary>The place of the first number that is finite and becomes infinite as a float; null if there is none.</summary>
    internal int? FirstBeyondSingle()
    {
        var elements = Elements;
        for (var i = 0; i < elements.Length; i++)
        {
            if (T.IsFinite(elements[i]) && float.IsInfinity(float.CreateTruncating(elements[i]))) return i;
        }
        return null;
    }

    private protected override DataArray Reshaped(long[] dimensions) => new Numbers<T>(Source, dimensions);
}

/// <summary>Bytes that stand for <c>byte · scale + offset</c>.</summary>
internal sealed class ScaledBytes(Array source, float scale, float offset, long[] dimensions) : DenseArray<byte>(source, dimensions)
{
    internal override void Read(int row, int count, Span<float> destination) =>
        ByteConversion.ToSingle(ElementsOf(row, count), scale, offset, destination);

    internal override void Read(int row, int count, Span<int> destination)
    {
        if (scale != 1 || offset != 0)
            throw new DataException(
                $"Whole numbers are needed, and these bytes stand for byte · {scale} + "
                    + $"{offset}. Give the bytes without a scale and an offset.");
        ByteConversion.ToInt32(ElementsOf(row, count), destination);
    }

    private protected override DataArray Reshaped(long[] dimensions) => new ScaledBytes((Array)Source, scale, offset, dimensions);
}
