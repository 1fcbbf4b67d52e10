using System.Collections;
using System.Numerics.Tensors;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Examples to train or test with: for each placeholder an array, and row i of every array belongs to example i.
/// Written like a feed, <c>new Dataset { [x] = images, [y] = labels }</c>; the training loop makes the feeds of its batches from it.
/// </summary>
public sealed class Dataset : IReadOnlyCollection<KeyValuePair<Placeholder, DataArray>>
{
    private readonly Feed _arrays = [];
    private Dictionary<Placeholder, Augmentation>? _augmentations;

    /// <summary>The number of examples; 0 before the first array is set.</summary>
    public int Rows { get; private set; }

    /// <summary>The number of arrays, one for each placeholder. The number of examples is <see cref="Rows"/>.</summary>
    public int Count => _arrays.Count;

    /// <summary>The rows for <paramref name="placeholder"/>. Setting them again replaces them.</summary>
    /// <exception cref="DataException">The array has another number of rows than those before it, or is a single number.</exception>
    /// <exception cref="KeyNotFoundException">The placeholder is read and was not set.</exception>
    public DataArray this[Placeholder placeholder]
    {
        get => _arrays[placeholder];
        set
        {
            ArgumentNullException.ThrowIfNull(placeholder);
            ArgumentNullException.ThrowIfNull(value);
            if (value.Dimensions.IsEmpty)
                throw new DataException(
                    $"`{placeholder.Label}` was given a single number, and a dataset holds a row for each example. A value for all "
                        + "examples is a Constant, or goes into a Feed.");
            foreach (var (other, rows) in _arrays)
            {
                if (other != placeholder && rows.Rows != value.Rows)
                    throw new DataException(
                        $"All arrays of a dataset have a row for each example: `{other.Label}` has {NumberText.Count(rows.Rows, "row")}, "
                            + $"`{placeholder.Label}` has {value.Rows}.");
            }
            _arrays[placeholder] = value;
            Rows = value.Rows;
        }
    }

    /// <summary>The same examples, whose rows for <paramref name="placeholder"/> change at random each time they are trained on. Evaluation
    /// and prediction use them as they are.</summary>
    /// <exception cref="KeyNotFoundException">The placeholder has no rows.</exception>
    public Dataset Augment(Placeholder placeholder, Augmentation augmentation)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        _ = this[placeholder];
        var changed = Select(array => array);
        changed._augmentations = new(_augmentations ?? [], ReferenceEqualityComparer.Instance) { [placeholder] = augmentation };
        return changed;
    }

    /// <summary>Within how many rows they are shuffled, if some come one after the other; null if all can be read in any order.</summary>
    internal int? Window => _arrays.Min(entry => entry.Value.Window);

    /// <summary>The random order of an epoch.</summary>
    internal void FillOrder(Span<int> order, ulong seed, int epoch)
    {
        if (Window is { } window) Shuffle.FillWithin(order, window, seed, epoch);
        else Shuffle.Fill(order, seed, epoch);
    }

    internal bool IsAugmented => _augmentations is { Count: > 0 };

    internal Augmentation? AugmentationOf(Placeholder placeholder) => _augmentations?.GetValueOrDefault(placeholder);

    /// <summary>The first <paramref name="count"/> examples, or all if there are fewer. Shares the elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public Dataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Select(array => array.Slice(0, Math.Min(count, Rows)));
    }

    /// <summary>All examples but the first <paramref name="count"/>; none if there are fewer. Shares the elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public Dataset Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var start = Math.Min(count, Rows);
        return Select(array => array.Slice(start, Rows - start));
    }

    /// <summary>Splits the examples at random into a training set and a validation set. Both share the elements.</summary>
    /// <param name="fraction">The share to train with, from 0 to 1; 0.9 leaves a tenth for validation.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <param name="stratify">The placeholder of the labels, whole numbers or one-hot rows, whose classes should have the same shares in
    /// both parts. A class too rare for that has at least one row in the first part, if there is room.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not from 0 to 1.</exception>
    /// <exception cref="KeyNotFoundException">The placeholder of the labels has no rows.</exception>
    /// <exception cref="DataException">A label is not a whole number; the message names its row.</exception>
    public (Dataset Train, Dataset Validation) Split(double fraction, ulong seed = 0, Placeholder? stratify = null)
    {
        if (!(fraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The share to train with must be from 0 to 1.");
        var (train, rest) = DealOut(Rows, fraction, seed, stratify is null ? null : Labels(this[stratify]));
        return (Select(array => array.SharedRows(train)), Select(array => array.SharedRows(rest)));
    }

    /// <summary>The numbers of the rows that go to either part of a split.</summary>
    private static (int[] Train, int[] Others) DealOut(int rows, double fraction, ulong seed, int[]? labels)
    {
        var order = new int[rows];
        Shuffle.Fill(order, seed, epoch: 0, RandomStreams.Splits);
        var count = (int)Math.Round(fraction * rows);
        if (labels is null) return (order[..count], order[count..]);
        var isTaken = Stratified(order, labels, count);
        var (train, others) = (new int[count], new int[rows - count]);
        var (nextTrain, nextOther) = (0, 0);
        for (var i = 0; i < rows; i++)
        {
            if (isTaken[i]) train[nextTrain++] = order[i];
            else others[nextOther++] = order[i];
        }
        return (train, others);
    }

    /// <summary>Splits the examples at random into a training set, a validation set, and a test set, which gets the rest. All share the
    /// elements.</summary>
    /// <param name="train">The share to train with.</param>
    /// <param name="validation">The share to validate with.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <param name="stratify">As for <see cref="Split"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shares are negative or more than 1 together.</exception>
    /// <exception cref="KeyNotFoundException">The placeholder of the labels has no rows.</exception>
    public (Dataset Train, Dataset Validation, Dataset Test) SplitInThree(double train, double validation, ulong seed = 0,
        Placeholder? stratify = null)
    {
        if (!(validation >= 0 && train + validation <= 1 + 1e-9))
            throw new ArgumentOutOfRangeException(nameof(validation), validation,
                "The shares to train and to validate with must not be negative, and must be at most 1 together.");
        var (first, rest) = Split(train, seed, stratify);
        var (second, third) = rest.Split(train < 1 ? Math.Min(1, validation / (1 - train)) : 0, seed, stratify);
        return (first, second, third);
    }

    // Walks through the classes one after the other and takes rows at even distances, so that each class gives its share,
    // and all together exactly the number asked for. The position of a row in that walk is counted, not sorted, which takes only a byte per
    // row.
    private static bool[] Stratified(int[] order, int[] labels, int train)
    {
        var counts = new SortedDictionary<int, int>();
        foreach (var label in labels) counts[label] = counts.GetValueOrDefault(label) + 1;
        var next = new Dictionary<int, int>(counts.Count);
        var start = 0;
        foreach (var (label, count) in counts)
        {
            next[label] = start;
            start += count;
        }
        var isTaken = new bool[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var at = next[labels[order[i]]]++;
            isTaken[i] = (at + 1L) * train / order.Length > at * (long)train / order.Length;
        }
        TakeOneOfEach(counts.Keys, order, labels, isTaken);
        return isTaken;
    }

    // A class that is not learned from is never predicted: one of its rows takes the place of a row of the class with the most.
    private static void TakeOneOfEach(IEnumerable<int> classes, int[] order, int[] labels, bool[] isTaken)
    {
        var taken = classes.ToDictionary(label => label, _ => 0);
        for (var i = 0; i < order.Length; i++) taken[labels[order[i]]] += isTaken[i] ? 1 : 0;
        foreach (var missed in taken.Where(one => one.Value == 0).Select(one => one.Key).ToList())
        {
            var (donor, rows) = taken.MaxBy(one => one.Value);
            if (rows < 2) return;
            isTaken[Array.FindIndex(order, row => labels[row] == missed)] = true;
            isTaken[Enumerable.Range(0, order.Length).First(i => isTaken[i] && labels[order[i]] == donor)] = false;
            (taken[missed], taken[donor]) = (1, rows - 1);
        }
    }

    private static int[] Labels(DataArray array)
    {
        var labels = new int[array.Rows];
        if (array.RowLength == 1)
        {
            array.CopyTo(labels);
            return labels;
        }
        var row = new float[array.RowLength];
        for (var i = 0; i < labels.Length; i++)
        {
            array.Read(i, 1, row.AsSpan());
            // NaN is neither larger nor smaller than anything: a row with one has no largest place.
            labels[i] = row.AsSpan().IndexOf(float.NaN) < 0 ? TensorPrimitives.IndexOfMax(row)
                : throw new DataException($"Row {i}: the one-hot label has a NaN, so it names no class.") { Row = i };
        }
        return labels;
    }

    /// <summary>Draws different examples at random, as a feed: a mini-batch. The feed reads the elements where they are.</summary>
    /// <param name="count">How many, up to <see cref="Rows"/>.</param>
    /// <param name="seed">The same seed draws the same examples.</param>
    /// <param name="draw">The number of the draw; each gives other examples.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or larger than <see cref="Rows"/>.</exception>
    public Feed Sample(int count, ulong seed = 0, long draw = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows);
        var rows = new int[count];
        Shuffle.Sample(rows, Rows, seed, draw);
        var feed = new Feed();
        foreach (var (placeholder, array) in _arrays) feed[placeholder] = array.SelectRows(rows);
        return feed;
    }

    /// <summary>
    /// The examples of an epoch in batches, for training loops of your own: <c>foreach (var batch in data.Batches(32, epoch))
    /// model.Step(batch);</c> With the seed of the model they are the batches of <see cref="Model.Fit(Dataset, FitOptions,
    /// CancellationToken)"/>, in the same order. One feed is used again for all of them: it is valid until the next batch.
    /// </summary>
    /// <param name="batchSize">Rows per batch. The last may be smaller.</param>
    /// <param name="epoch">The number of the epoch, from 0: each has an order and random changes of its own.</param>
    /// <param name="seed">The same seed gives the same orders and the same changes.</param>
    /// <param name="shuffle">Whether the order is random.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batchSize"/> is below 1, or <paramref name="epoch"/> is
    /// negative.</exception>
    public IEnumerable<Feed> Batches(int batchSize, int epoch = 0, ulong seed = 0, bool shuffle = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        return Batched();

        IEnumerable<Feed> Batched()
        {
            using var batches = new Batches(this, Rows, batchSize, seed, augmented: true);
            var order = new int[Rows];
            if (shuffle) FillOrder(order, seed, epoch);
            else for (var i = 0; i < order.Length; i++) order[i] = i;
            for (var batch = 0; batch < batches.Count; batch++) yield return batches.Load(order, batch, epoch);
        }
    }

    /// <summary>The placeholders and their rows, in the order in which they were first set.</summary>
    public List<KeyValuePair<Placeholder, DataArray>>.Enumerator GetEnumerator() => _arrays.GetEnumerator();

    IEnumerator<KeyValuePair<Placeholder, DataArray>> IEnumerable<KeyValuePair<Placeholder, DataArray>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dataset Select(Func<DataArray, DataArray> view)
    {
        var selected = new Dataset { _augmentations = _augmentations };
        foreach (var (placeholder, array) in _arrays) selected[placeholder] = view(array);
        return selected;
    }
}
