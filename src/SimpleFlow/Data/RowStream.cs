using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>Writes what a placeholder takes of an example.</summary>
/// <param name="example">The example.</param>
/// <param name="destination">Receives a row; it holds zeros.</param>
public delegate void RowWriter<in T>(T example, Span<float> destination);

/// <summary>
/// Examples that come one after the other, from files, a database or a computation, and are too many to keep in memory:
/// <c>var stream = new RowStream&lt;Trade&gt;(ReadTrades(), count: 50_000_000);
/// var data = new Dataset { [x] = stream.Rows([8], (trade, row) =&gt; …), [y] = stream.Numbers(trade =&gt;
/// trade.Price) };</c> Only two windows of them are in memory at a time. An epoch visits one window after the other, each in random order,
/// and reads them ahead on a thread of its own. The sequence is read again from its beginning for every epoch, and must give the same
/// examples each time: then a training repeats bit for bit, and can be resumed.
/// </summary>
/// <typeparam name="T">What an example is.</typeparam>
public sealed class RowStream<T> : IDisposable
{
    private readonly IEnumerable<T> _examples;
    private T[] _kept;                           // a ring of two windows, or of a batch and a window
    private readonly Lock _reading = new();
    private IEnumerator<T>? _enumerator;
    private int _first, _end;                    // no row before the first is kept, and none from the end on has been read

    /// <summary>Makes a stream of examples.</summary>
    /// <param name="examples">The examples. Each must be an object of its own: it is kept while others are read.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="window">How many examples are shuffled with each other.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative, or <paramref name="window"/> is not from 1 to
    /// 2³⁰ − 1.</exception>
    public RowStream(IEnumerable<T> examples, int count, int window = 10_000)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, int.MaxValue / 2);
        (_examples, Count, Window) = (examples, count, window);
        _kept = new T[Math.Min(2 * window, Math.Max(1, count))];
    }

    /// <summary>How many examples there are.</summary>
    public int Count { get; }

    /// <summary>How many examples are shuffled with each other.</summary>
    public int Window { get; }

    /// <summary>Rows of floats.</summary>
    /// <param name="dimensions">Those of a row: [3, 64, 64] for pictures.</param>
    /// <param name="write">Writes a row; the same for the same example.</param>
    public DataArray Rows(ReadOnlySpan<long> dimensions, RowWriter<T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new StreamedRows<T>(this, write, [Count, .. dimensions]);
    }

    /// <summary>A number for each example, [examples].</summary>
    public DataArray Numbers(Func<T, float> number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return Rows([], (example, row) => row[0] = number(example));
    }

    /// <summary>A whole number for each example, such as its class: [examples].</summary>
    public DataArray Labels(Func<T, int> label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return new StreamedLabels<T>(this, label, [Count]);
    }

    /// <summary>Ends reading, and frees what the sequence holds open. The next use begins again.</summary>
    public void Dispose()
    {
        lock (_reading) Restart();
    }

    /// <summary>Makes sure that rows so far apart are in memory at the same time, with a window of others: each placeholder reads all rows
    /// of a batch.</summary>
    internal void Hold(int rows)
    {
        lock (_reading)
        {
            var length = (int)Math.Min((long)rows + Window, Math.Max(1, Count));
            if (length <= _kept.Length) return;
            var kept = new T[length];
            for (var row = Math.Max(0, _end - _kept.Length); row < _end; row++) kept[row % length] = _kept[row % _kept.Length];
            // Of the rows before these there is nothing to keep.
            (_first, _kept) = (Math.Max(_first, _end - _kept.Length), kept);
        }
    }

    /// <summary>The example of a row. One that has left memory is read again, with all before it.</summary>
    /// <exception cref="DataException">The sequence has another number of examples than was said.</exception>
    internal T Of(int row)
    {
        lock (_reading)
        {
            if (row < Math.Max(_first, _end - _kept.Length)) Restart();
            while (row >= _end) Advance();
            return _kept[row % _kept.Length];
        }
    }

    private void Advance()
    {
        _enumerator ??= _examples.GetEnumerator();
        if (!_enumerator.MoveNext())
            throw new DataException($"The stream ends after {NumberText.Count(_end, "example")}; {Count} were announced.");
        _kept[_end++ % _kept.Length] = _enumerator.Current;
        if (_end < Count) return;
        if (_enumerator.MoveNext()) throw new DataException($"The stream continues after the {Count} examples that were announced.");
        Close();
    }

    private void Restart()
    {
        Close();
        (_first, _end) = (0, 0);
        Array.Clear(_kept);
    }

    private void Close()
    {
        _enumerator?.Dispose();
        _enumerator = null;
    }
}

/// <summary>Rows that come one after the other: they cannot be picked in any order.</summary>
internal abstract class Streamed<T>(RowStream<T> stream, long[] dimensions) : DataArray(dimensions)
{
    private protected RowStream<T> Stream { get; } = stream;

    internal override int? Window => Stream.Window;

    internal override bool IsReadAhead => true;

    internal override void Gather(ReadOnlySpan<int> rows, Span<float> destination)
    {
        Hold(rows);
        base.Gather(rows, destination);
    }

    internal override void Gather(ReadOnlySpan<int> rows, Span<int> destination)
    {
        Hold(rows);
        base.Gather(rows, destination);
    }

    private void Hold(ReadOnlySpan<int> rows)
    {
        if (!rows.IsEmpty) Stream.Hold(TensorPrimitives.Max(rows) - TensorPrimitives.Min(rows) + 1);
    }

    internal override DataArray SharedRows(int[] rows) => throw new DataException(
        "Rows of a stream come one after the other, and cannot be picked in another order. Divide them with Take and Skip.");
}

/// <summary>Rows of floats.</summary>
internal sealed class StreamedRows<T>(RowStream<T> stream, RowWriter<T> write, long[] dimensions) : Streamed<T>(stream, dimensions)
{
    internal override void Read(int row, int count, Span<float> destination)
    {
        var length = (int)RowLength;
        // A writer may leave zeros as they are.
        destination.Clear();
        for (var i = 0; i < count; i++) write(Stream.Of(row + i), destination.Slice(i * length, length));
    }

    internal override void Read(int row, int count, Span<int> destination)
    {
        var numbers = new float[RowLength];
        for (var i = 0; i < count; i++)
        {
            Read(row + i, 1, numbers);
            Numbers<float>.ToIntegers(numbers, destination.Slice(i * numbers.Length, numbers.Length), row + i, numbers.Length);
        }
    }
}

/// <summary>A whole number for each example.</summary>
internal sealed class StreamedLabels<T>(RowStream<T> stream, Func<T, int> label, long[] dimensions) : Streamed<T>(stream, dimensions)
{
    internal override void Read(int row, int count, Span<float> destination)
    {
        for (var i = 0; i < count; i++) destination[i] = label(Stream.Of(row + i));
    }

    internal override void Read(int row, int count, Span<int> destination)
    {
        for (var i = 0; i < count; i++) destination[i] = label(Stream.Of(row + i));
    }
}
