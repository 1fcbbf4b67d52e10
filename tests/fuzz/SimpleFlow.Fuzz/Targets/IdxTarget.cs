using System.IO.Compression;

namespace SimpleFlow.Fuzz;

/// <summary>IDX files, plain and compressed.</summary>
internal sealed class IdxTarget : FuzzTarget
{
    public override string Name => "idx";
    public override string Ending => ".idx";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, .. Enumerable.Range(0, 60).Select(i => (byte)(4 * i))];
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 2];
        yield return ("images.idx", images);
        yield return ("labels.idx", labels);
        yield return ("empty.idx", [0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 9]);
        yield return ("images.idx.gz", Gzip(images));
        yield return ("labels.idx.gz", Gzip(labels));
        yield return ("zeros.idx.gz", Gzip([0, 0, 8, 1, 0, 1, 0, 0, .. new byte[65536]]));
        yield return ("two-members.idx.gz", [.. Gzip(images[..40]), .. Gzip(images[40..])]);
    }

    public override object Read(string path) => IdxFile.Read(path);

    public override void Use(string path, object read)
    {
        var file = (IdxFile)read;
        if (file.ToDataArray().Count != file.Elements.Length) throw new InvalidOperationException("Dimensions and elements differ.");
    }

    protected override long Unpacked(byte[] bytes) => Fuzz.Unpacked.Gzip(bytes);

    // Changed inside and compressed again, so that lengths and checksums of gzip are right.
    public override byte[] Structured(byte[] bytes, Mutator mutator)
    {
        if (bytes is not [0x1F, 0x8B, ..]) return mutator.Bytes(bytes, [bytes]);
        using var content = new MemoryStream();
        using (var stream = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)) stream.CopyTo(content);
        return Gzip(mutator.Bytes(content.ToArray(), [bytes]));
    }

    private static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Optimal)) stream.Write(content);
        return compressed.ToArray();
    }
}
