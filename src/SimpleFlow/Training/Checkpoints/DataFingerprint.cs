using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SimpleFlow;

/// <summary>Identifies data by their sizes and a hash of all their elements, so that training does not resume with data in which a single
/// row differs.</summary>
internal static class DataFingerprint
{
    private const int ChangedRows = 8;

    // Rows are hashed in blocks of about this many floats: much for one call, little for memory.
    private const int BlockLength = 1 << 16;

    /// <summary>A line for each array.</summary>
    public static IEnumerable<string> Of(string what, Dataset dataset) => Lines(what, dataset, Hash);

    /// <summary>The same, but of an array that is not in memory only some rows: of several ranks, none reads all of it.</summary>
    public static IEnumerable<string> OfSome(string what, Dataset dataset) => Lines(what, dataset,
        static (array, augmentation) => array.Window is not null ? "in order" : array.IsReadAhead ? Sample(array, augmentation)
            : Hash(array, augmentation));

    /// <summary>The lines as in version 1 of the checkpoints, which hashes at most 256 rows.</summary>
    public static IEnumerable<string> OfVersion1(string what, Dataset dataset) => Lines(what, dataset, Sample);

    /// <summary>A line for a sampler, by the rows that it gives for the first epoch; none without one.</summary>
    public static IEnumerable<string> OfSampler(Func<int, IReadOnlyList<int>>? sampler) =>
        sampler is null ? [] : [$"sampled rows {Text(XxHash64.Of(MemoryMarshal.AsBytes<int>([.. sampler(0)]), seed: 0))}"];

    private static IEnumerable<string> Lines(string what, Dataset dataset, Func<DataArray, Augmentation?, string> hash) =>
        dataset.Select(entry => string.Create(CultureInfo.InvariantCulture,
            $"{what} {entry.Key.Label} [{DataArray.Text(entry.Value.Dimensions)}] {hash(entry.Value, dataset.AugmentationOf(entry.Key))}")
                + (entry.Value.Window is { } window ? $" in windows of {window}" : ""));

    private static string Hash(DataArray array, Augmentation? augmentation)
    {
        var length = (int)array.RowLength;
        var block = (int)Math.Min(array.Rows, Math.Max(1, BlockLength / Math.Max(1, length)));
        var values = new float[block * (long)length];
        // The hash of a block is the seed of the next.
        var hash = 0UL;
        for (var row = 0; row < array.Rows; row += block)
        {
            var rows = Math.Min(block, array.Rows - row);
            var some = values.AsSpan(0, rows * length);
            array.Read(row, rows, some);
            hash = XxHash64.Of(MemoryMarshal.AsBytes(some), hash);
        }
        if (augmentation is null || length == 0) return Text(hash);
        // An augmentation is a function of its seed: what it makes of a few rows identifies it.
        var (one, changed) = (new float[length], new float[length]);
        for (var row = 0; row < Math.Min(ChangedRows, array.Rows); row++)
        {
            array.Read(row, 1, one);
            augmentation.Apply(one, changed, seed: 0, draw: 0, index: row);
            hash = XxHash64.Of(MemoryMarshal.AsBytes(changed.AsSpan()), hash);
        }
        return Text(hash);
    }

    private static string Text(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    private static string Sample(DataArray array, Augmentation? augmentation)
    {
        const int mostRows = 256;
        const long mostElements = 1 << 20;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var row = new float[array.RowLength];
        var changed = augmentation is null ? [] : new float[array.RowLength];
        var count = (int)Math.Min(array.Rows, Math.Clamp(mostElements / Math.Max(1, array.RowLength), 2, mostRows));
        for (var i = 0; i < count; i++)
        {
            // The first, the last, and others at even distances.
            var at = count == 1 ? 0 : (int)(i * (array.Rows - 1L) / (count - 1));
            array.GatherRows([at], row.AsSpan());
            hash.AppendData(MemoryMarshal.AsBytes(row.AsSpan()));
            if (augmentation is null || i >= ChangedRows) continue;
            augmentation.Apply(row, changed, seed: 0, draw: 0, index: i);
            hash.AppendData(MemoryMarshal.AsBytes(changed.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
