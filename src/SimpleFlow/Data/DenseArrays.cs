using System.Diagnostics;
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
        if (Count > int.MaxValue && source is not StoredElements<T>)
            throw new DataException(
                $"[{Text(dimensions)}] has {Count} elements; an array may have {int.MaxValue}. Feed it in batches, or join several "
                    + "(DataArray.Join).");
        if (RowLength > int.MaxValue)
            throw new DataException($"[{Text(dimensions)}] has rows of {RowLength} elements; a row may have {int.MaxValue}.");
        Source = source;
    }

    private protected object Source { get; }

    internal sealed override bool IsReadAhead => Source is StoredElements<T>;

    /// <summary>All elements. Created for each use: a span cannot be stored, and this avoids pinning the elements.</summary>
    private protected ReadOnlySpan<T> Elements => Source switch
    {
        T[] flat => flat,
        Array array => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)),
            array.Length),
        StoredElements<T> => throw new UnreachableException("Elements in a file are read piece by piece."),
        _ => MemoryMarshal.CreateReadOnlySpan(in ((Tensor<T>)Source).GetPinnableReference(), (int)Count),
    };

    /// <summary>Converts elements to floats.</summary>
    private protected abstract void Convert(ReadOnlySpan<T> elements, Span<float> destination);

    /// <summary>Converts elements to whole numbers.</summary>
    /// <param name="elements">The elements.</param>
    /// <param name="destination">Receives them.</param>
    /// <param name="first">The number of the first element in the array, for errors.</param>
    private protected abstract void Convert(ReadOnlySpan<T> elements, Span<int> destination, long first);

    internal sealed override void Read(int row, int count, Span<float> destination)
    {
        if (Source is not StoredElements<T> stored) Convert(Elements.Slice((int)(row * RowLength), destination.Length), destination);
        else for (var at = row * RowLength; !destination.IsEmpty;)
        {
            var piece = stored.Read(at, destination.Length);
            Convert(piece, destination[..piece.Length]);
            at += piece.Length;
            destination = destination[piece.Length..];
        }
    }

    internal sealed override void Read(int row, int count, Span<int> destination)
    {
        var at = row * RowLength;
        if (Source is not StoredElements<T> stored) Convert(Elements.Slice((int)at, destination.Length), destination, at);
        else while (!destination.IsEmpty)
        {
            var piece = stored.Read(at, destination.Length);
            Convert(piece, destination[..piece.Length], at);
            at += piece.Length;
            destination = destination[piece.Length..];
        }
    }

    // Rows in random order are not in the cache, and the processor cannot guess the next: it is told, a few rows ahead.
    internal sealed override void Gather(ReadOnlySpan<int> rows, Span<float> destination)
    {
        if (Source is StoredElements<T>)
        {
            base.Gather(rows, destination);
            return;
        }
        var elements = Elements;
        var length = (int)RowLength;
        for (var i = 0; i < rows.Length; i++)
        {
            if (i + CachePrefetch.RowsAhead < rows.Length)
                CachePrefetch.Row(elements.Slice(rows[i + CachePrefetch.RowsAhead] * length, length));
            Convert(elements.Slice(rows[i] * length, length), destination.Slice(i * length, length));
        }
    }

    internal sealed override void Gather(ReadOnlySpan<int> rows, Span<int> destination)
    {
        if (Source is StoredElements<T>)
        {
            base.Gather(rows, destination);
            return;
        }
        var elements = Elements;
        var length = (int)RowLength;
        for (var i = 0; i < rows.Length; i++)
        {
            if (i + CachePrefetch.RowsAhead < rows.Length)
                CachePrefetch.Row(elements.Slice(rows[i + CachePrefetch.RowsAhead] * length, length));
            Convert(elements.Slice(rows[i] * length, length), destination.Slice(i * length, length), (long)rows[i] * length);
        }
    }
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

    private protected override void Convert(ReadOnlySpan<T> elements, Span<float> destination)
    {
        if (typeof(T) == typeof(float)) MemoryMarshal.Cast<T, float>(elements).CopyTo(destination);
        else TensorPrimitives.ConvertTruncating(elements, destination);
    }

    private protected override void Convert(ReadOnlySpan<T> elements, Span<int> destination, long first)
    {
        if (typeof(T) == typeof(int)) MemoryMarshal.Cast<T, int>(elements).CopyTo(destination);
        else ToIntegers(elements, destination, first / Math.Max(1, RowLength), RowLength, first % Math.Max(1, RowLength));
    }

    /// <summary>Converts numbers that must be whole.</summary>
    /// <param name="elements">The numbers.</param>
    /// <param name="destination">Receives them.</param>
    /// <param name="row">The row of the first, for errors.</param>
    /// <param name="rowLength">How many a row has.</param>
    /// <param name="before">How many of the row come before the first.</param>
    /// <exception cref="DataException">One is not a whole number that an int can hold.</exception>
    internal static void ToIntegers(ReadOnlySpan<T> elements, Span<int> destination, long row, long rowLength, long before = 0)
    {
        for (var i = 0; i < elements.Length; i++)
        {
            destination[i] = int.CreateSaturating(elements[i]);
            // Compared as doubles, which hold every int and every float: 2.5, NaN, infinity and 2³¹ all differ from what was stored.
            if (double.CreateTruncating(elements[i]) != destination[i])
                throw new DataException(
                    $"Row {row + (before + i) / rowLength}: {elements[i]} is not a whole number that an int can hold, and whole numbers "
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
internal sealed class ScaledBytes(object source, float scale, float offset, long[] dimensions) : DenseArray<byte>(source, dimensions)
{
    private protected override void Convert(ReadOnlySpan<byte> elements, Span<float> destination) =>
        ByteConversion.ToSingle(elements, scale, offset, destination);

    private protected override void Convert(ReadOnlySpan<byte> elements, Span<int> destination, long first)
    {
        if (scale != 1 || offset != 0)
            throw new DataException(
                $"Whole numbers are needed, and these bytes stand for byte · {scale} + "
                    + $"{offset}. Give the bytes without a scale and an offset.");
        ByteConversion.ToInt32(elements, destination);
    }

    private protected override DataArray Reshaped(long[] dimensions) => new ScaledBytes(Source, scale, offset, dimensions);
}
