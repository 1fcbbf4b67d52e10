using System.Collections;

namespace SimpleFlow;

/// <summary>An immutable list that equals any list with equal items, so that an op that keeps its axes in one compares by value.</summary>
internal sealed class ValueList<T>(params T[] items) : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    public T this[int index] => items[index];

    public int Count => items.Length;

    public T[] ToArray() => [.. items];

    public bool Equals(ValueList<T>? other) => other is not null && this.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in items) hash.Add(item);
        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", items.Select(item => $"{item}"))}]";
}
