using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SimpleFlow;

/// <summary>What tells data from others: their sizes, and the hash of rows taken from all over them. Reading every row would take as long as an epoch where the data are large.</summary>
internal static class DataFingerprint
{
    private const int MostRows = 256, ChangedRows = 8;
    private const long MostElements = 1 << 20;

    /// <summary>A line for each array.</summary>
    public static IEnumerable<string> Of(string what, Dataset dataset) =>
        dataset.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{what} {entry.Key.Label} [{DataArray.Text(entry.Value.Dimensions)}] {Hash(entry.Value, dataset.AugmentationOf(entry.Key))}"));

    private static string Hash(DataArray array, Augmentation? augmentation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var row = new float[array.RowLength];
        var changed = augmentation is null ? [] : new float[array.RowLength];
        var count = (int)Math.Min(array.Rows, Math.Clamp(MostElements / Math.Max(1, array.RowLength), 2, MostRows));
        for (var i = 0; i < count; i++)
        {
            // The first, the last, and others at even distances.
            var at = count == 1 ? 0 : (int)(i * (array.Rows - 1L) / (count - 1));
            array.GatherRows([at], row.AsSpan());
            hash.AppendData(MemoryMarshal.AsBytes(row.AsSpan()));
            if (augmentation is null || i >= ChangedRows) continue;
            // A change is a function of its seed: what it makes of a few rows tells it from others.
            augmentation.Apply(row, changed, seed: 0, draw: 0, index: i);
            hash.AppendData(MemoryMarshal.AsBytes(changed.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
