using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SimpleFlow.Cli.Sources;

/// <summary>Finds rows of one array that are also in another, element by element.</summary>
internal static class SameRows
{
    /// <summary>Pairs of a row of the first and an equal one of the second; each row of the second at most once, in their order.</summary>
    public static IReadOnlyList<(int First, int Second)> Of(DataArray first, DataArray second)
    {
        var rows = new Dictionary<ulong, int>();
        var length = first.Rows == 0 ? 0 : first.Count / first.Rows;
        var (one, other) = (new float[length], new float[length]);
        for (var row = 0; row < first.Rows; row++) rows.TryAdd(Hash(first, row, one), row);
        var same = new List<(int, int)>();
        for (var row = 0; row < second.Rows; row++)
        {
            if (!rows.TryGetValue(Hash(second, row, other), out var found)) continue;
            first.GatherRows([found], one.AsSpan());
            if (one.AsSpan().SequenceEqual(other)) same.Add((found, row));
        }
        return same;
    }

    private static ulong Hash(DataArray array, int row, float[] elements)
    {
        array.GatherRows([row], elements.AsSpan());
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(elements.AsSpan())));
    }
}
