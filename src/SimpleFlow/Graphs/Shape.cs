using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// The sizes of a tensor, outermost first. A size may be unknown (<see langword="null"/>, printed as <c>?</c>) until a feed fixes it;
/// usually this is the batch. Written as a collection expression: <c>[null, 784]</c>; a scalar is <c>[]</c>.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<long?>, IEquatable<Shape>
{
    /// <summary>The maximum number of elements of one tensor.</summary>
    public const long MaximumCount = int.MaxValue;

    private const long Unknown = -1;
    private readonly long[] _sizes;

    private Shape(long[] sizes) => _sizes = sizes;

    /// <summary>The shape of a single number.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>Creates a shape from its sizes.</summary>
    /// <exception cref="ShapeException">A size is negative, or the known sizes multiply to more than
    /// <see cref="MaximumCount"/> elements.</exception>
    public static Shape Create(ReadOnlySpan<long?> sizes)
    {
        var own = new long[sizes.Length];
        for (var axis = 0; axis < own.Length; axis++)
        {
            if (sizes[axis] < 0)
                throw new ShapeException($"A size may not be negative: axis {axis} is {sizes[axis]}.",
                    "Write null for a size that is not known yet.");
            own[axis] = sizes[axis] ?? Unknown;
        }
        return Checked(own);
    }

    internal static Shape Of(params ReadOnlySpan<int> sizes)
    {
        var own = new long[sizes.Length];
        for (var axis = 0; axis < own.Length; axis++) own[axis] = sizes[axis];
        return Checked(own);
    }

    internal static Shape OfLongs(ReadOnlySpan<long> sizes) => Checked(sizes.ToArray());

    /// <summary>The number of axes; 0 for a scalar.</summary>
    public int Rank => _sizes.Length;

    /// <summary>The number of axes, as for every list of sizes; the number of elements is <see cref="ElementCount"/>.</summary>
    public int Count => Rank;

    /// <summary>The size along <paramref name="axis"/>, or null while it is unknown.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public long? this[int axis] =>
        (uint)axis >= (uint)Rank
            ? throw new ArgumentOutOfRangeException(nameof(axis), axis, $"{this} has no axis {axis}: it has {Rank}, counted from 0.")
            : _sizes[axis] == Unknown ? null : _sizes[axis];

    /// <summary>Whether every size is known.</summary>
    public bool IsKnown => OpenAxis < 0;

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">A size is unknown.</exception>
    public long ElementCount
    {
        get
        {
            if (!IsKnown) throw new InvalidOperationException($"The shape {this} has an unknown size, so it has no element count yet.");
            return KnownCount;
        }
    }

    internal int UnknownCount => Array.FindAll(_sizes, size => size == Unknown).Length;

    /// <summary>The product of the sizes that are known.</summary>
    internal long KnownCount
    {
        get
        {
            var count = 1L;
            foreach (var size in _sizes) count *= size == Unknown ? 1 : size;
            return count;
        }
    }

    /// <summary>The first axis of unknown size, or −1 if there is none.</summary>
    internal int OpenAxis => Array.IndexOf(_sizes, Unknown);

    /// <summary>The sizes of a known shape.</summary>
    internal int[] ToSizes()
    {
        if (!IsKnown) throw new InvalidOperationException($"The shape {this} has an unknown size.");
        return Array.ConvertAll(_sizes, size => (int)size);
    }

    internal Shape With(int axis, long? size)
    {
        var sizes = (long[])_sizes.Clone();
        sizes[axis] = size ?? Unknown;
        return Checked(sizes);
    }

    /// <summary>The sum of two sizes. If it is too large for any shape, the result is a size that every shape refuses.</summary>
    internal static long? Sum(long? size, long more) =>
        size + Math.Min(more, MaximumCount + 1) is { } sum ? Math.Min(sum, MaximumCount + 1) : null;

    internal Shape Without(int axis) => Checked([.. _sizes[..axis], .. _sizes[(axis + 1)..]]);

    internal Shape Permuted(IReadOnlyList<int> order)
    {
        var sizes = new long[Rank];
        for (var axis = 0; axis < sizes.Length; axis++) sizes[axis] = _sizes[order[axis]];
        return Checked(sizes);
    }

    internal Shape Insert(int axis, long size) => Checked([.. _sizes[..axis], size, .. _sizes[axis..]]);

    internal Shape Slice(int start, int length) => new(_sizes[start..(start + length)]);

    internal Shape Append(Shape tail) => Checked([.. _sizes, .. tail._sizes]);

    /// <summary>Whether a tensor of the known shape <paramref name="actual"/> fits this declared shape.</summary>
    internal bool Admits(Shape actual)
    {
        if (actual.Rank != Rank) return false;
        for (var axis = 0; axis < Rank; axis++)
        {
            if (_sizes[axis] != Unknown && _sizes[axis] != actual._sizes[axis]) return false;
        }
        return true;
    }

    /// <summary>Whether the other shape has as many axes, each with a size compatible with this one's.</summary>
    internal bool Matches(Shape other, Func<long?, long?, bool> goesWith)
    {
        var matches = other.Rank == Rank;
        for (var axis = 0; matches && axis < Rank; axis++) matches = goesWith(this[axis], other[axis]);
        return matches;
    }

    private static Shape Checked(long[] sizes)
    {
        // If the product overflowed, a later allocation would be too small: refuse it here, before anything is allocated.
        // A size of zero does not excuse a huge one: 0 · 2⁶³ is still refused, because strides are products too.
        var count = 1L;
        foreach (var size in sizes)
        {
            if (size is Unknown or 0) continue;
            if (size < 0 || size > MaximumCount / count)
                throw new ShapeException($"{Text(sizes)} has more than {MaximumCount:N0} elements, the most that one tensor may have.",
                    "Split the data into batches, or the tensor along an axis.");
            count *= size;
        }
        return sizes.Length == 0 ? Scalar ?? new Shape([]) : new Shape(sizes);
    }

    private static string Text(long[] sizes) =>
        "[" + string.Join(", ", sizes.Select(size => size == Unknown ? "?" : size.ToString(CultureInfo.InvariantCulture))) + "]";

    /// <inheritdoc/>
    public override string ToString() => Text(_sizes);

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var size in _sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>The sizes, outermost first.</summary>
    public IEnumerator<long?> GetEnumerator()
    {
        foreach (var size in _sizes) yield return size == Unknown ? null : size;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
