using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>
/// Records which examples a network was trained on, so that an evaluation can tell them from others: five bytes of a hash of each, and no
/// content. Of more than 200,000 it keeps a random share, and reports the rest as unknown. About one in ten million other examples is
/// mistaken for one of them.
/// </summary>
public sealed class TrainedRows
{
    private const int Size = 5, Most = 200_000;
    private const ulong All = 1UL << 8 * Size;

    // Four characters for three bytes, for the most rows and duplicates there may be, and some words.
    private const int LongestJson = 2 * Most * Size / 3 * 4 + 1000;

    // Rows are hashed in blocks of about this many floats.
    private const int BlockLength = 1 << 16;

    // The hashes in their order; those at and above the limit are not kept. Of examples kept for testing that are
    // the same as one trained on, the hash of each.
    private readonly ulong[] _trained, _twins;
    private readonly ulong _limit;

    private TrainedRows(int count, ulong[] trained, ulong[] twins, ulong limit) =>
        (Count, _trained, _twins, _limit) = (count, trained, twins, limit);

    /// <summary>How many examples it was trained on.</summary>
    public int Count { get; }

    /// <summary>Takes the fingerprints of examples, with what they should give.</summary>
    /// <param name="trained">The training examples.</param>
    /// <param name="kept">The test examples. Some may equal training examples, and still count as kept.</param>
    /// <param name="validation">The validation examples, which choose the epoch that is kept, if they are not part of the training
    /// examples. They count as trained on: a network does better on what it was chosen by.</param>
    public static TrainedRows Of(Dataset trained, Dataset? kept = null, Dataset? validation = null)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ulong[] hashes = [.. Hashes(trained), .. validation is null ? [] : Hashes(validation)];
        ulong[] all = [.. hashes.Distinct().Order()];
        var limit = all.Length > Most ? all[Most] : All;
        if (all.Length > Most) all = all[..Most];
        ulong[] twins = kept is null ? []
            : [.. Hashes(kept).Where(hash => hash < limit && Array.BinarySearch(all, hash) >= 0).Take(Most).Order()];
        return new TrainedRows(hashes.Length, all, twins, limit);
    }

    /// <summary>Sorts examples by whether the network was trained on them.</summary>
    /// <param name="dataset">The examples with what they should give, prepared as in training.</param>
    /// <returns>The numbers of the rows of each kind; those outside the share that is kept are unknown.</returns>
    public (int[] Trained, int[] Others, int[] Unknown) Sort(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var twins = _twins.CountBy(hash => hash).ToDictionary();
        var (trained, others, unknown) = (new List<int>(), new List<int>(), new List<int>());
        foreach (var (row, hash) in Hashes(dataset).Index())
        {
            if (hash >= _limit) unknown.Add(row);
            else if (Array.BinarySearch(_trained, hash) < 0) others.Add(row);
            else if (twins.TryGetValue(hash, out var left) && left > 0)
            {
                twins[hash] = left - 1;
                others.Add(row);
            }
            else trained.Add(row);
        }
        return ([.. trained], [.. others], [.. unknown]);
    }

    /// <summary>The text in a saved file.</summary>
    internal string ToJson() =>
        JsonSerializer.Serialize(new TrainedRowsText(Count, _limit, Text(_trained), Text(_twins)), TrainedRowsJson.Default.TrainedRowsText);

    /// <summary>Reads the text of a saved file.</summary>
    /// <exception cref="FormatException">It is not such a text.</exception>
    internal static TrainedRows FromJson(string json)
    {
        if (json.Length > LongestJson) throw new FormatException("there are more fingerprints than are ever kept");
        try
        {
            var text = JsonSerializer.Deserialize(json, TrainedRowsJson.Default.TrainedRowsText);
            if (text is not { Trained: { } trained, Twins: { } twins, Rows: >= 0, Limit: <= All })
                throw new FormatException("something is missing");
            return new TrainedRows(text.Rows, Numbers(trained), Numbers(twins), text.Limit);
        }
        catch (JsonException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    private static ulong[] Hashes(Dataset dataset)
    {
        var hashes = new ulong[dataset.Rows];
        foreach (var (_, array) in dataset)
        {
            var length = (int)array.RowLength;
            var block = (int)Math.Min(array.Rows, Math.Max(1, BlockLength / Math.Max(1, length)));
            var values = new float[block * (long)length];
            for (var row = 0; row < array.Rows; row += block)
            {
                var rows = Math.Min(block, array.Rows - row);
                array.Read(row, rows, values.AsSpan(0, rows * length));
                // The hash of a row's inputs is the seed of its target's hash.
                for (var i = 0; i < rows;
                i++)
                    hashes[row + i] = XxHash64.Of(MemoryMarshal.AsBytes(values.AsSpan(i * length, length)), hashes[row + i]);
            }
        }
        return Array.ConvertAll(hashes, hash => hash % All);
    }

    private static string Text(ulong[] hashes)
    {
        var bytes = new byte[Size * hashes.Length + sizeof(ulong)];
        for (var i = 0; i < hashes.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Size * i), hashes[i]);
        return Base64Url.EncodeToString(bytes.AsSpan(0, Size * hashes.Length));
    }

    private static ulong[] Numbers(string text)
    {
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length % Size != 0) throw new FormatException("its length is not that of whole fingerprints");
        var hashes = new ulong[bytes.Length / Size];
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        for (var i = 0; i < hashes.Length; i++)
        {
            bytes.AsSpan(Size * i, Size).CopyTo(one);
            hashes[i] = BinaryPrimitives.ReadUInt64LittleEndian(one);
            if (i > 0 && hashes[i] < hashes[i - 1]) throw new FormatException("the fingerprints are not in their order");
        }
        return hashes;
    }
}

/// <summary>The training rows as a saved file holds them.</summary>
internal sealed record TrainedRowsText(int Rows, ulong Limit, string Trained, string Twins);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrainedRowsText))]
internal sealed partial class TrainedRowsJson : JsonSerializerContext;
