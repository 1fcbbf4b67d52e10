using System.Diagnostics.CodeAnalysis;

namespace SimpleFlow.Execution;

/// <summary>What is known of feeds by the dimensions of their arrays, so that a feed like one before needs no new shapes.</summary>
/// <typeparam name="T">What is known.</typeparam>
internal sealed class FeedShapes<T> where T : class
{
    // A program that feeds ever-changing dimensions must not fill memory.
    private const int Most = 1_024;

    private readonly Dictionary<Signature, T> _known = new(new Comparer());
    private readonly Dictionary<Signature, T>.AlternateLookup<Feed> _byFeed;

    public FeedShapes() => _byFeed = _known.GetAlternateLookup<Feed>();

    /// <summary>What is known of feeds like this one.</summary>
    public bool TryGet(Feed feed, [MaybeNullWhen(false)] out T known) => _byFeed.TryGetValue(feed, out known);

    /// <summary>Remembers it for feeds like this one.</summary>
    public void Add(Feed feed, T known)
    {
        if (_known.Count >= Most) _known.Clear();
        _byFeed[feed] = known;
    }

    /// <summary>The placeholders of a feed with the dimensions of their arrays.</summary>
    private readonly record struct Signature((Placeholder Placeholder, long[] Dimensions)[] Entries);

    private sealed class Comparer : IEqualityComparer<Signature>, IAlternateEqualityComparer<Feed, Signature>
    {
        public bool Equals(Feed alternate, Signature other)
        {
            if (alternate.Count != other.Entries.Length) return false;
            var i = 0;
            foreach (var (placeholder, array) in alternate)
            {
                var entry = other.Entries[i++];
                if (!ReferenceEquals(placeholder, entry.Placeholder) || !array.Dimensions.SequenceEqual(entry.Dimensions)) return false;
            }
            return true;
        }

        public int GetHashCode(Feed alternate)
        {
            var hash = new HashCode();
            foreach (var (_, array) in alternate)
            {
                foreach (var size in array.Dimensions) hash.Add(size);
            }
            return hash.ToHashCode();
        }

        public Signature Create(Feed alternate) =>
            new([.. alternate.Select(entry => (entry.Key, entry.Value.Dimensions.ToArray()))]);

        public bool Equals(Signature x, Signature y) => x.Entries.Length == y.Entries.Length
            && x.Entries.Zip(y.Entries).All(pair => ReferenceEquals(pair.First.Placeholder, pair.Second.Placeholder)
                && pair.First.Dimensions.AsSpan().SequenceEqual(pair.Second.Dimensions));

        public int GetHashCode([DisallowNull] Signature obj)
        {
            var hash = new HashCode();
            foreach (var (_, dimensions) in obj.Entries)
            {
                foreach (var size in dimensions) hash.Add(size);
            }
            return hash.ToHashCode();
        }
    }
}
