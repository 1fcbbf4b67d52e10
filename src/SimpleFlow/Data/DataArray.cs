using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>
/// Elements with a shape, kept as they came: bytes stay bytes and doubles stay doubles, and become what a
/// placeholder wants while they are copied to it.
/// <para>
/// Arrays and dense tensors convert to a <see cref="DataArray"/> implicitly: <c>new Feed { [x] = new float[32, 784] }</c>.
/// Nothing is copied: a later change of the array is seen at the next run.
/// The first dimension counts the rows, the examples of a dataset.
/// </para>
/// </summary>
public abstract class DataArray
{
    private readonly long[] _dimensions;

    private protected DataArray(long[] dimensions)
    {
        _dimensions = dimensions;
        if (!TryCount(dimensions, out var count) || (dimensions.Length > 0 && dimensions[0] > int.MaxValue))
            throw new DataException($"An array of dimensions [{Text(dimensions)}] is too large.");
        Count = count;
        Rows = dimensions.Length == 0 ? 1 : (int)dimensions[0];
        RowLength = Rows == 0 ? 0 : count / Rows;
    }

    /// <summary>The sizes, outermost first; empty for a single number.</summary>
    public ReadOnlySpan<long> Dimensions => _dimensions;

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>The first dimension: the number of examples. 1 for a single number.</summary>
    public int Rows { get; }

    /// <summary>The number of elements in one row.</summary>
    internal long RowLength { get; }

    /// <summary>Copies all elements as floats, in row-major order. Doubles and whole numbers are rounded to the nearest float.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has not exactly <see cref="Count"/> elements.</exception>
    public void CopyTo(Span<float> destination)
    {
        CheckLength(destination.Length, Count);
        Read(0, Rows, destination);
    }

    /// <summary>Copies all elements as whole numbers, in row-major order.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has not exactly <see cref="Count"/> elements.</exception>
    /// <exception cref="DataException">An element is not a whole number that an <see cref="int"/> can hold.</exception>
    public void CopyTo(Span<int> destination)
    {
        CheckLength(destination.Length, Count);
        Read(0, Rows, destination);
    }

    /// <summary>Copies the given rows one after the other as floats. Allocates nothing.</summary>
    /// <param name="rows">Which rows, each from 0 to <see cref="Rows"/> − 1, in any order.</param>
    /// <param name="destination">Receives <paramref name="rows"/>.Length × (elements of a row) floats.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length, or a row does not exist.</exception>
    public void GatherRows(ReadOnlySpan<int> rows, Span<float> destination)
    {
        CheckLength(destination.Length, rows.Length * RowLength);
        foreach (var row in rows) CheckRow(row);
        Gather(rows, destination);
    }

    /// <summary>Copies the given rows one after the other as whole numbers. Allocates nothing.</summary>
    /// <param name="rows">Which rows, each from 0 to <see cref="Rows"/> − 1, in any order.</param>
    /// <param name="destination">Receives <paramref name="rows"/>.Length × (elements of a row) whole numbers.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length, or a row does not exist.</exception>
    /// <exception cref="DataException">An element is not a whole number that an <see cref="int"/> can hold.</exception>
    public void GatherRows(ReadOnlySpan<int> rows, Span<int> destination)
    {
        CheckLength(destination.Length, rows.Length * RowLength);
        foreach (var row in rows) CheckRow(row);
        Gather(rows, destination);
    }

    /// <summary>The rows from <paramref name="start"/> on, <paramref name="count"/> of them, without a copy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Some of these rows do not exist.</exception>
    public DataArray Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Rows);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows - start);
        return Range(start, WithRows(count));
    }

    /// <summary>The given rows in the given order, without a copy of their elements.</summary>
    /// <exception cref="ArgumentException">A row does not exist.</exception>
    public DataArray SelectRows(ReadOnlySpan<int> rows)
    {
        foreach (var row in rows) CheckRow(row);
        return SharedRows(rows.ToArray());
    }

    /// <summary>Rows whose numbers are known to exist, and are not copied: several arrays share them.</summary>
    /// <exception cref="DataException">They would be read through more lists of rows than there is stack for.</exception>
    internal virtual DataArray SharedRows(int[] rows) => Depth < MostNested ? new RowSelection(this, rows, WithRows(rows.Length))
        : throw new DataException(
            $"Rows of joined rows were selected {MostNested} times, one selection of another. Copy them (CopyTo) and use the copy.");

    /// <summary>Through how many lists of rows a row is read.</summary>
    internal virtual int Depth => 0;

    // Far more than any program has a use for, and few enough for any stack.
    private const int MostNested = 64;

    /// <summary>Rows that are chosen anew for each batch, not copied.</summary>
    internal DataArray RowsAt(RowPlace place, int rows) => new PlacedRows(this, place, WithRows(rows));

    /// <summary>The same elements under other dimensions, without a copy: images of [60000, 784] as [60000, 1, 28, 28].</summary>
    /// <exception cref="ArgumentException">The number of elements differs, or the number of rows differs and the
    /// array is a view of another one's rows.</exception>
    public DataArray Reshape(params ReadOnlySpan<long> dimensions)
    {
        if (!TryCount(dimensions, out var count) || count != Count)
            throw new ArgumentException(
                $"[{Text(Dimensions)}] has {NumberText.Count(Count, "element")} and cannot be reshaped to [{Text(dimensions)}].",
                nameof(dimensions));
        return Reshaped(dimensions.ToArray());
    }

    /// <summary>
    /// Class labels as one-hot rows: label 2 of 4 classes is <c>0 0 1 0</c>. The dimensions are [rows, classes];
    /// the rows are made while they are copied.
    /// </summary>
    /// <exception cref="ArgumentException">A row has more than one element, so it is not a label.</exception>
    /// <exception cref="DataException">A label is not a whole number from 0 to <paramref name="classes"/> − 1.</exception>
    public DataArray OneHot(int classes) => new OneHotRows(this, classes);

    /// <summary>Bytes that stand for the numbers <c>byte · scale + offset</c>.</summary>
    /// <param name="elements">The bytes in row-major order; not copied.</param>
    /// <param name="dimensions">The sizes, outermost first.</param>
    /// <param name="scale">What each byte is multiplied by; <c>1/255f</c> makes pixels numbers from 0 to 1.</param>
    /// <param name="offset">What is added after that.</param>
    /// <exception cref="ArgumentException">The dimensions do not multiply to the number of bytes.</exception>
    public static DataArray Bytes(byte[] elements, ReadOnlySpan<long> dimensions, float scale = 1, float offset = 0)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new ScaledBytes(elements, scale, offset, [elements.Length]).Reshape(dimensions);
    }

    /// <summary>An array of any rank whose elements are float, double, int or byte; not copied.</summary>
    /// <exception cref="ArgumentException">The elements are of another type.</exception>
    public static DataArray From(Array array)
    {
        ArgumentNullException.ThrowIfNull(array);
        var dimensions = new long[array.Rank];
        for (var axis = 0; axis < dimensions.Length; axis++) dimensions[axis] = array.GetLongLength(axis);
        var type = array.GetType().GetElementType();
        if (type == typeof(float)) return new Numbers<float>(array, dimensions);
        if (type == typeof(double)) return new Numbers<double>(array, dimensions);
        if (type == typeof(int)) return new Numbers<int>(array, dimensions);
        if (type == typeof(byte)) return new ScaledBytes(array, 1, 0, dimensions);
        var advice = type!.IsArray ? $" Rows of rows may differ in length: use a rectangular array, {type.GetElementType()!.Name}[,]." : "";
        throw new ArgumentException($"The elements are {type.Name}; float, double, int or byte is needed.{advice}", nameof(array));
    }

    /// <summary>A row for each of some objects, read once and immediately: <c>DataArray.From(people, one => [one.Age,
    /// one.Height])</c> has dimensions [people, 2].</summary>
    /// <exception cref="DataException">The rows differ in length; the message names the first that does.</exception>
    public static DataArray From<T>(IEnumerable<T> examples, Func<T, float[]> row)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(row);
        float[][] rows = [.. examples.Select(row)];
        if (Array.IndexOf(rows, null) is >= 0 and var gap)
            throw new DataException($"Row {gap} is null: every example needs a row of numbers.");
        var length = rows.Length == 0 ? 0 : rows[0].Length;
        if (Array.FindIndex(rows, one => one.Length != length) is >= 0 and var other)
            throw new DataException(
                $"Row {other} has {NumberText.Count(rows[other].Length, "number")}, and row 0 has {length}: all rows must have the "
                    + "same length.");
        return From(rows.SelectMany(one => one).ToArray()).Reshape(rows.Length, length);
    }

    /// <summary>A number for each of some objects, [objects], read once and immediately.</summary>
    public static DataArray From<T>(IEnumerable<T> examples, Func<T, float> number) =>
        Required.Value(examples).Select(Required.Value(number)).ToArray();

    /// <summary>A whole number for each of some objects, such as its class: [objects], read once and immediately.</summary>
    public static DataArray From<T>(IEnumerable<T> examples, Func<T, int> number) =>
        Required.Value(examples).Select(Required.Value(number)).ToArray();

    /// <summary>The rows of several arrays, one array after the other, without a copy: the parts of a data set that lie in several files,
    /// or that are too large for one array of .NET.</summary>
    /// <param name="parts">The arrays; apart from their first, they have the same dimensions.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    /// <exception cref="DataException">The rows of two differ in their dimensions; the message names the part.</exception>
    public static DataArray Join(params IReadOnlyList<DataArray> parts)
    {
        if (Required.List(parts).Count == 0) throw new ArgumentException("There is nothing to join: name an array.", nameof(parts));
        return parts.Count == 1 ? parts[0] : RowJoin.Of(parts);
    }

    /// <summary>Rows that are made, or fetched from anywhere, whenever they are used: nothing is kept.</summary>
    /// <param name="rows">How many there are.</param>
    /// <param name="dimensions">Those of a row: [3, 64, 64] for pictures.</param>
    /// <param name="read">Fills a row, given its number. The same row must always get the same numbers, or nothing can be repeated. It is
    /// called on one thread at a time, and not always on the same.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative.</exception>
    /// <exception cref="DataException">The dimensions are negative or too large.</exception>
    public static DataArray FromRows(int rows, ReadOnlySpan<long> dimensions, RowReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentNullException.ThrowIfNull(read);
        return new RowFunction(read, [rows, .. dimensions]);
    }

    /// <summary>A single number.</summary>
    public static implicit operator DataArray(float number) => new Numbers<float>(new[] { number }, []);

    /// <summary>Floats of dimensions [length]; not copied.</summary>
    public static implicit operator DataArray(float[] array) => From(array);

    /// <summary>Floats of two dimensions; not copied.</summary>
    public static implicit operator DataArray(float[,] array) => From(array);

    /// <summary>Floats of three dimensions; not copied.</summary>
    public static implicit operator DataArray(float[,,] array) => From(array);

    /// <summary>Floats of four dimensions; not copied.</summary>
    public static implicit operator DataArray(float[,,,] array) => From(array);

    /// <summary>Doubles of dimensions [length]; not copied.</summary>
    public static implicit operator DataArray(double[] array) => From(array);

    /// <summary>Doubles of two dimensions; not copied.</summary>
    public static implicit operator DataArray(double[,] array) => From(array);

    /// <summary>Doubles of three dimensions; not copied.</summary>
    public static implicit operator DataArray(double[,,] array) => From(array);

    /// <summary>Doubles of four dimensions; not copied.</summary>
    public static implicit operator DataArray(double[,,,] array) => From(array);

    /// <summary>Whole numbers of dimensions [length]; not copied.</summary>
    public static implicit operator DataArray(int[] array) => From(array);

    /// <summary>Whole numbers of two dimensions; not copied.</summary>
    public static implicit operator DataArray(int[,] array) => From(array);

    /// <summary>Whole numbers of three dimensions; not copied.</summary>
    public static implicit operator DataArray(int[,,] array) => From(array);

    /// <summary>Whole numbers of four dimensions; not copied.</summary>
    public static implicit operator DataArray(int[,,,] array) => From(array);

    /// <summary>Bytes of dimensions [length], that stand for 0 to 255; not copied.</summary>
    public static implicit operator DataArray(byte[] array) => From(array);

    /// <summary>A tensor of floats; copied only if its elements do not lie one after the other.</summary>
    public static implicit operator DataArray(Tensor<float> tensor) => Numbers<float>.Of(tensor);

    /// <summary>A tensor of doubles; copied only if its elements do not lie one after the other.</summary>
    public static implicit operator DataArray(Tensor<double> tensor) => Numbers<double>.Of(tensor);

    /// <summary>A tensor of whole numbers; copied only if its elements do not lie one after the other.</summary>
    public static implicit operator DataArray(Tensor<int> tensor) => Numbers<int>.Of(tensor);

    /// <summary>Copies <paramref name="count"/> neighbouring rows as floats. Together with the method for whole numbers, it is all that a
    /// kind of array must implement.</summary>
    internal abstract void Read(int row, int count, Span<float> destination);

    /// <summary>Copies <paramref name="count"/> neighbouring rows as whole numbers.</summary>
    internal abstract void Read(int row, int count, Span<int> destination);

    /// <summary>Copies rows that are known to exist; neighbours at once.</summary>
    internal virtual void Gather(ReadOnlySpan<int> rows, Span<float> destination)
    {
        var length = (int)RowLength;
        for (int i = 0, count; i < rows.Length; i += count)
        {
            count = Neighbours(rows[i..]);
            Read(rows[i], count, destination.Slice(i * length, count * length));
        }
    }

    /// <summary>Copies rows that are known to exist; neighbours at once.</summary>
    internal virtual void Gather(ReadOnlySpan<int> rows, Span<int> destination)
    {
        var length = (int)RowLength;
        for (int i = 0, count; i < rows.Length; i += count)
        {
            count = Neighbours(rows[i..]);
            Read(rows[i], count, destination.Slice(i * length, count * length));
        }
    }

    /// <summary>Whether reading a row takes so long, because it comes from a file or is computed, that it should be read ahead on another
    /// thread.</summary>
    internal virtual bool IsReadAhead => false;

    /// <summary>For rows that come one after the other, within how many of them they are shuffled; null for rows that can be read in any
    /// order.</summary>
    internal virtual int? Window => null;

    /// <summary>How many rows at the beginning follow each other in the array too.</summary>
    private static int Neighbours(ReadOnlySpan<int> rows)
    {
        var count = 1;
        while (count < rows.Length && rows[count] == rows[0] + count) count++;
        return count;
    }

    /// <summary>A view of dimensions that hold as many elements.</summary>
    private protected virtual DataArray Reshaped(long[] dimensions)
    {
        if (dimensions.Length == 0 || dimensions[0] != Rows)
            throw new ArgumentException(
                $"Rows that were taken from another array must stay: reshape [{Text(Dimensions)}] to [{Rows}, …], not to "
                    + $"[{Text(dimensions)}].", nameof(dimensions));
        return Range(0, dimensions);
    }

    /// <summary>A view of neighbouring rows, as many as the first of the dimensions says.</summary>
    private protected virtual DataArray Range(int start, long[] dimensions) => new RowRange(this, start, dimensions);

    /// <summary>The view of another array.</summary>
    private protected static DataArray RangeOf(DataArray array, int start, long[] dimensions) => array.Range(start, dimensions);

    /// <summary>The product of the dimensions, or false if it, or the product of those that are
    /// not 0, is beyond what can be counted.</summary>
    internal static bool TryCount(ReadOnlySpan<long> dimensions, out long count)
    {
        // A dimension of zero does not excuse the others: the length of a row is a product too.
        count = 1;
        var isEmpty = false;
        foreach (var dimension in dimensions)
        {
            if (dimension < 0 || (dimension > 0 && count > long.MaxValue / dimension)) return false;
            if (dimension == 0) isEmpty = true;
            else count *= dimension;
        }
        if (isEmpty) count = 0;
        return true;
    }

    /// <summary>Whether one array can hold the elements, and could if the dimensions of zero were ones:
    /// the length of a row is then small too.</summary>
    internal static bool FitsArray(ReadOnlySpan<long> dimensions, out long count)
    {
        if (!TryCount(dimensions, out count)) return false;
        var withoutZeros = 1L;
        foreach (var dimension in dimensions) withoutZeros *= Math.Max(1, dimension);
        return withoutZeros <= Array.MaxLength;
    }

    internal static string Text(ReadOnlySpan<long> dimensions) => string.Join(", ", dimensions.ToArray());

    private long[] WithRows(int rows) => Dimensions.IsEmpty ? [rows] : [rows, .. Dimensions[1..]];

    private int CheckRow(int row)
    {
        if ((uint)row >= (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(row), $"There is no row {row}: the dimensions are [{Text(Dimensions)}].");
        return row;
    }

    private static void CheckLength(int destination, long expected)
    {
        if (destination != expected)
            throw new ArgumentException($"The destination has {destination} elements and must have {expected}.", nameof(destination));
    }
}
