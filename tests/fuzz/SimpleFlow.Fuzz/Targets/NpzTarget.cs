using System.IO.Compression;

namespace SimpleFlow.Fuzz;

/// <summary>Archives of NumPy's arrays.</summary>
internal sealed class NpzTarget : FuzzTarget
{
    public override string Name => "npz";
    public override string Ending => ".npz";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        var (a, b) = (new NpyTarget().Seeds().First().Bytes, new NpyTarget().Seeds().ElementAt(1).Bytes);
        yield return ("stored.npz", Zip([("a.npy", a), ("layer/w.npy", b)], CompressionLevel.NoCompression));
        yield return ("deflated.npz", Zip([("a.npy", a), ("b.npy", b)], CompressionLevel.Optimal));
        yield return ("outside.npz", Zip([("../../outside.npy", a), ("/etc/passwd.npy", b)], CompressionLevel.Optimal));
        yield return ("twice.npz", Zip([("a.npy", a), ("a.npy", b)], CompressionLevel.Optimal));
        yield return ("stranger.npz", Zip([("a.npy", a), ("notes.txt", b)], CompressionLevel.Optimal));
        yield return ("empty.npz", Zip([], CompressionLevel.Optimal));
    }

    public override object Read(string path) => NpzFile.Read(path);

    public override void Use(string path, object read)
    {
        foreach (var array in ((IReadOnlyDictionary<string, DataArray>)read).Values) array.CopyTo(new float[array.Count]);
    }

    protected override long Unpacked(byte[] bytes) => Fuzz.Unpacked.Zip(bytes);

    // An array changed inside, so that lengths and checksums of the archive are right.
    public override byte[] Structured(byte[] bytes, Mutator mutator)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes));
        var entries = archive.Entries.Select(entry => (entry.FullName, Bytes: Content(entry))).ToList();
        if (entries.Count == 0) return mutator.Bytes(bytes, [bytes]);
        var chosen = mutator.Next(entries.Count);
        var (name, content) = entries[chosen];
        entries[chosen] = (name, mutator.Next(2) == 0 ? NpyTarget.Changed(content, mutator) : mutator.Bytes(content, [content]));
        return Zip(entries, mutator.Next(2) == 0 ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Zip(IEnumerable<(string Name, byte[] Bytes)> entries, CompressionLevel level)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                var entry = archive.CreateEntry(name, level);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var content = entry.Open();
                content.Write(bytes);
            }
        }
        return stream.ToArray();
    }
}
