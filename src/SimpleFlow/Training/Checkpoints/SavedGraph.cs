using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SimpleFlow;

/// <summary>A graph as a text with a line for each node, so that what differs can be said; and packed for a file, whose header might be too
/// short for it.</summary>
internal static class SavedGraph
{
    /// <summary>The lines of nodes, inputs before what is computed from them. A recurrence has those of its body in its own.</summary>
    public static List<string> Lines(IEnumerable<Node> order)
    {
        var numbers = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        var lines = new List<string>();
        foreach (var node in order)
        {
            numbers[node] = lines.Count;
            var what = node switch
            {
                Operation { Op: Scan scan } => $"{scan} {Body(scan.Body)}",
                Operation operation => operation.Op.ToString(),
                Constant constant => $"constant {Identity(constant)}",
                _ => $"{(node is Variable ? "variable" : "placeholder")} {node.Name}",
            };
            lines.Add($"{what} {node.Shape} {string.Join(' ', node.InputArray.Select(input => numbers[input]))}".TrimEnd());
        }
        return lines;
    }

    private static string Body(ScanBody body)
    {
        string Places(IEnumerable<Node> nodes) => string.Join(' ', nodes.Select(node => body.Order.IndexOf(node)));
        return $"{Places(body.Leaves)}: {string.Join("; ", Lines(body.Order))} → {Places(body.Results)}";
    }

    /// <summary>The lines, compressed.</summary>
    public static byte[] Pack(IReadOnlyList<string> lines)
    {
        using var packed = new MemoryStream();
        using (var packing = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            foreach (var line in lines) packing.Write(StrictUtf8.Encoding.GetBytes($"{OneLine(line)}\n"));
        }
        return packed.ToArray();
    }

    /// <summary>The lines of a file, unpacked one by one. One that is longer than any of ours is cut, and the last.</summary>
    /// <param name="packed">The compressed lines.</param>
    /// <param name="longest">The length of our longest line.</param>
    /// <param name="damaged">Makes the error, from what comes after the file's name.</param>
    /// <exception cref="DataException">They are damaged.</exception>
    public static IEnumerable<string> Unpack(byte[] packed, int longest, Func<string, DataException> damaged)
    {
        using var text = new StreamReader(new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress), StrictUtf8.Encoding);
        var line = new StringBuilder();
        for (int next; (next = Next()) >= 0;)
        {
            if (next != '\n')
            {
                line.Append((char)next);
                if (line.Length <= longest) continue;
                yield return $"{line}…";
                yield break;
            }
            yield return line.ToString();
            line.Clear();
        }

        int Next()
        {
            try
            {
                return text.Read();
            }
            catch (Exception exception) when (exception is InvalidDataException or DecoderFallbackException)
            {
                throw damaged($"has a graph that cannot be read: {exception.Message}");
            }
        }
    }

    /// <summary>A line as it is packed: without the line breaks that a name may have.</summary>
    public static string OneLine(string line) =>
        line.AsSpan().IndexOfAny('\n', '\\') < 0 ? line : line.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n",
            StringComparison.Ordinal);

    // A number as it is, and many by what tells them from others.
    private static string Identity(Constant constant) => constant.Shape.Rank == 0
        ? constant.Elements[0].ToString(CultureInfo.InvariantCulture)
        : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(constant.Elements)).AsSpan(0, 8));
}
