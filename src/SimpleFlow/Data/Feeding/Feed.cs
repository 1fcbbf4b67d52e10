using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace SimpleFlow;

/// <summary>What each placeholder holds in a run: <c>new Feed { [x] = images, [y] = labels }</c>.
/// Arrays, tensors and numbers may be given as they are.</summary>
public sealed class Feed : IReadOnlyCollection<KeyValuePair<Placeholder, DataArray>>
{
    // A list, not a dictionary: a feed has a handful of entries, and keeps the order in which they were written.
    private readonly List<KeyValuePair<Placeholder, DataArray>> _entries = [];

    /// <summary>How many placeholders are fed.</summary>
    public int Count => _entries.Count;

    /// <summary>What <paramref name="placeholder"/> holds. Setting it again replaces it.</summary>
    /// <exception cref="KeyNotFoundException">The placeholder is read and was not fed.</exception>
    public DataArray this[Placeholder placeholder]
    {
        get => TryGet(Required.Value(placeholder), out var array) ? array
            : throw new KeyNotFoundException($"The feed holds nothing for `{placeholder.Label}`.");
        set
        {
            ArgumentNullException.ThrowIfNull(placeholder);
            ArgumentNullException.ThrowIfNull(value);
            var entry = KeyValuePair.Create(placeholder, value);
            var index = IndexOf(placeholder);
            if (index < 0) _entries.Add(entry);
            else _entries[index] = entry;
        }
    }

    /// <summary>The placeholders and what they hold, in the order in which they were first set.</summary>
    public List<KeyValuePair<Placeholder, DataArray>>.Enumerator GetEnumerator() => _entries.GetEnumerator();

    IEnumerator<KeyValuePair<Placeholder, DataArray>> IEnumerable<KeyValuePair<Placeholder, DataArray>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Which rows of a dataset it holds; empty if it was not made of one.</summary>
    internal ReadOnlyMemory<int> DataRows { get; set; }

    /// <summary>Its rows as a fraction of those of a full batch: less than 1 for a smaller last one.</summary>
    internal float Share { get; set; } = 1;

    /// <summary>Which rows of the batch of all ranks it holds.</summary>
    internal Kernels.BatchPart Part { get; set; } = Kernels.BatchPart.Whole;

    internal bool TryGet(Placeholder placeholder, [NotNullWhen(true)] out DataArray? array)
    {
        var index = IndexOf(placeholder);
        array = index < 0 ? null : _entries[index].Value;
        return array is not null;
    }

    private int IndexOf(Placeholder placeholder)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (ReferenceEquals(_entries[i].Key, placeholder)) return i;
        }
        return -1;
    }
}
