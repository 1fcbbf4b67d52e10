namespace SimpleFlow.Compilation;

/// <summary>When a buffer is needed, and where it lies.</summary>
/// <param name="size">Its size in floats.</param>
/// <param name="first">The step that makes it.</param>
internal sealed class Life(long size, int first)
{
    public long Size { get; } = size;

    public int First { get; } = first;

    /// <summary>The last step that reads it.</summary>
    public int Last { get; set; } = first;

    public long Offset { get; set; } = -1;
}

/// <summary>
/// Finds a place for every buffer, so that no two share memory at the same time. It tries two strategies and takes the smaller arena:
/// largest first, which compares every pair of buffers; and longest first, which takes n log n and is the only one for plans of many
/// thousands.
/// </summary>
internal static class Placement
{
    /// <summary>Up to this many buffers, every pair is compared. A plan of that size takes seconds to compile, and comparing the pairs a
    /// tenth of a second.</summary>
    public const int MostInPairs = 8_192;

    /// <returns>The end of the arena.</returns>
    /// <param name="buffers">The buffers to place.</param>
    /// <param name="start">The first free offset.</param>
    /// <param name="cancellation">Cancels between two buffers.</param>
    public static long Place(List<Life> buffers, long start, CancellationToken cancellation = default)
    {
        var stacked = LongestFirst(buffers, start, cancellation);
        if (buffers.Count > MostInPairs) return stacked;
        var offsets = buffers.ConvertAll(buffer => buffer.Offset);
        var top = LargestFirst(buffers, start, cancellation);
        if (top <= stacked) return top;
        for (var i = 0; i < offsets.Count; i++) buffers[i].Offset = offsets[i];
        return stacked;
    }

    /// <summary>Largest first, each at the lowest place that is free during its whole life (greedy by size;
    /// Pisarchyk and Lee, "Efficient memory management for deep neural net inference", 2020).</summary>
    public static long LargestFirst(List<Life> buffers, long start, CancellationToken cancellation = default)
    {
        var top = start;
        var placed = new List<Life>();                       // by offset
        foreach (var buffer in buffers.OrderByDescending(buffer => buffer.Size).ThenBy(buffer => buffer.First))
        {
            cancellation.ThrowIfCancellationRequested();
            var offset = start;
            var at = 0;
            for (; at < placed.Count; at++)
            {
                var other = placed[at];
                if (other.Last < buffer.First || other.First > buffer.Last) continue;
                if (other.Offset - offset >= buffer.Size) break;
                offset = Math.Max(offset, other.Offset + other.Size);
            }
            buffer.Offset = offset;
            top = Math.Max(top, offset + buffer.Size);
            var index = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(index < 0 ? placed.Count : index, buffer);
        }
        return top;
    }

    /// <summary>
    /// Longest first, each above everything that lives during its time. If of any two overlapping lives one contains the other, nothing is
    /// wasted; this holds for activations, which back-propagation needs in the opposite order.
    /// </summary>
    public static long LongestFirst(List<Life> buffers, long start, CancellationToken cancellation = default)
    {
        var skyline = new Skyline(buffers.Count == 0 ? 0 : buffers.Max(buffer => buffer.Last) + 1);
        var top = start;
        foreach (var buffer in buffers.OrderByDescending(buffer => (long)buffer.Last - buffer.First).ThenBy(buffer => buffer.First))
        {
            cancellation.ThrowIfCancellationRequested();
            buffer.Offset = Math.Max(start, skyline.Highest(buffer.First, buffer.Last));
            skyline.Raise(buffer.First, buffer.Last, buffer.Offset + buffer.Size);
            top = Math.Max(top, buffer.Offset + buffer.Size);
        }
        return top;
    }

    /// <summary>The largest number of floats alive at one step: no arena can be smaller.</summary>
    public static long LargestLive(List<Life> buffers)
    {
        var change = new long[buffers.Count == 0 ? 0 : buffers.Max(buffer => buffer.Last) + 2];
        foreach (var buffer in buffers)
        {
            change[buffer.First] += buffer.Size;
            change[buffer.Last + 1] -= buffer.Size;
        }
        long live = 0, largest = 0;
        foreach (var delta in change) largest = Math.Max(largest, live += delta);
        return largest;
    }

    /// <summary>How high the buffers are stacked at each step: a segment tree, in which querying and raising take time logarithmic in the
    /// number of steps.</summary>
    private sealed class Skyline
    {
        private readonly int _width = 1;
        private readonly long[] _highest;       // somewhere in the segment
        private readonly long[] _everywhere;    // in all of it at least

        public Skyline(int steps)
        {
            while (_width < steps) _width *= 2;
            _highest = new long[2 * _width];
            _everywhere = new long[2 * _width];
        }

        public long Highest(int first, int last)
        {
            var highest = 0L;
            var (left, right) = (first + _width, last + _width);
            // A segment that was raised as a whole counts on top of the segments that it consists of.
            for (var (low, high) = (left, right); low >= 1;
            (low, high) = (low / 2, high / 2))
                highest = Math.Max(highest, Math.Max(_everywhere[low], _everywhere[high]));
            for (; left <= right; (left, right) = (left / 2, right / 2))
            {
                if (left % 2 == 1) highest = Math.Max(highest, _highest[left++]);
                if (right % 2 == 0) highest = Math.Max(highest, _highest[right--]);
            }
            return highest;
        }

        public void Raise(int first, int last, long height)
        {
            var (left, right) = (first + _width, last + _width);
            for (; left <= right; (left, right) = (left / 2, right / 2))
            {
                if (left % 2 == 1) Set(left++, height);
                if (right % 2 == 0) Set(right--, height);
            }
            for (var (low, high) = ((first + _width) / 2, (last + _width) / 2); low >= 1; (low, high) = (low / 2, high / 2))
            {
                _highest[low] = Math.Max(_highest[low], height);
                _highest[high] = Math.Max(_highest[high], height);
            }
        }

        private void Set(int segment, long height)
        {
            _everywhere[segment] = Math.Max(_everywhere[segment], height);
            _highest[segment] = Math.Max(_highest[segment], height);
        }
    }
}
