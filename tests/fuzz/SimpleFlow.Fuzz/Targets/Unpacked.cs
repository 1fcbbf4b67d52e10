using System.IO.Compression;

namespace SimpleFlow.Fuzz;

/// <summary>How much a compressed file really unpacks to: what a reader may use memory for.</summary>
internal static class Unpacked
{
    /// <summary>The bytes of a gzip file, or of a plain one.</summary>
    public static long Gzip(byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..]) return bytes.Length;
        using var stream = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        return Count(stream);
    }

    /// <summary>The bytes of all entries of a zip archive together.</summary>
    public static long Zip(byte[] bytes)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(bytes));
            var count = 0L;
            foreach (var entry in archive.Entries)
            {
                using var stream = entry.Open();
                count += Count(stream);
            }
            return count;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            return bytes.Length;
        }
    }

    private static long Count(Stream stream)
    {
        var (buffer, count) = (new byte[4096], 0L);
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;) count += read;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // What came before the damage counts.
        }
        return count;
    }
}
