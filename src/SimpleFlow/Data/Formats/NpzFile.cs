using System.IO.Compression;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// Arrays by their names in NumPy's npz format: a zip archive with an npy file for each, stored or deflated, as <c>numpy.savez</c> and
/// <c>numpy.savez_compressed</c> write and <c>numpy.load</c> reads it. A name is a key and nothing else:
/// no path in an archive is ever opened.
/// </summary>
public static class NpzFile
{
    private const string Ending = ".npy";

    // A zip archive has two bytes for the length of a name, and the ending takes four characters.
    private const int MostNameBytes = 65_531;

    // Deflate cannot say more than 258 bytes in 2 bits.
    private const int LargestExpansion = 1032;

    // The earliest time that a zip file can hold. NumPy uses it too, so that equal arrays give equal files.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads the arrays, in the order in which they lie in the file. Their elements stay as they are stored, as
    /// <see cref="NpyFile.Read(string)"/> has them.</summary>
    /// <exception cref="DataException">It is not an npz file, is damaged, holds a name twice or something other than arrays of
    /// numbers.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, DataArray> Read(string path) =>
        Opened(path, (archive, length) => Arrays(archive, length, path));

    /// <summary>Reads arrays straight into the memory of variables, chosen once all names and shapes are known: of the other arrays only
    /// the header is unpacked, which is at most some thousand bytes. The chosen ones are
    /// unpacked twice, so that all of them are known to be whole before the first variable changes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choose">Looks at the names and shapes, and says which array fills which variable, or throws if they are not what is
    /// needed.</param>
    /// <param name="fill">Fills the variables, each when it asks for it by its number.</param>
    /// <exception cref="DataException">As for <see cref="Read(string)"/>; or a number is too large for a float32.</exception>
    internal static void Read(string path,
        Func<IReadOnlyList<(string Name, IReadOnlyList<long> Shape)>, IReadOnlyList<(string Name, Variable Variable)>> choose,
        Action<IReadOnlyList<Variable>, Action<int>> fill)
    {
        Opened(path, (archive, length) =>
        {
            var shapes = new List<(string, IReadOnlyList<long>)>();
            Each(archive, length, path,
                (name, entry, _, content, error) => shapes.Add((name, NpyFile.Header(content, entry.Length, error).Shape)));
            var chosen = choose(shapes);
            var places = new Dictionary<string, (ZipEntry Entry, Func<string, DataException> Error)>(StringComparer.Ordinal);
            var wanted = chosen.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
            Each(archive, length, path, (name, entry, bytes, content, error) =>
            {
                if (!wanted.Contains(name)) return;
                NpyFile.Check(content, entry.Length, Math.Min(entry.Length, entry.Packed), error);
                RequireWhole(entry, bytes, content, error);
                places.Add(name, (entry, what => new DataException($"{path}, '{Quotation.Of(name)}{Ending}' {what}.")));
            });
            fill([.. chosen.Select(one => one.Variable)], i =>
            {
                var (entry, error) = places[chosen[i].Name];
                var bytes = archive.Open(entry);
                using var unpacking = bytes as DeflateStream;
                NpyFile.Read(bytes, entry.Length, Math.Min(entry.Length, entry.Packed), chosen[i].Variable.Memory.Span, error);
            });
            return 0;
        });
    }

    private static T Opened<T>(string path, Func<ZipDirectory, long, T> read)
    {
        using var file = ReadableFile.Open(path);
        try
        {
            return read(new ZipDirectory(file), file.Length);
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException
            or OverflowException)
        {
            throw new DataException($"{path} is not an npz file, or is damaged: {cause.Message}", cause);
        }
    }

    /// <summary>Writes arrays as float32 in C order. Doubles and whole numbers are rounded to the nearest float.</summary>
    /// <param name="path">The file; written under a temporary name first, renamed once it is complete.</param>
    /// <param name="arrays">The arrays by their names, which may have slashes.</param>
    /// <param name="compressed">Whether they are deflated, which takes longer and does not shrink noise.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, DataArray> arrays, bool compressed = false)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        WholeFile.Write(path, stream => Write(stream, arrays, compressed));
    }

    /// <summary>Writes the bytes of a file.</summary>
    internal static void Write(Stream stream, IReadOnlyDictionary<string, DataArray> arrays, bool compressed = false)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
            Put(archive, name, compressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression, to => NpyFile.Write(to, array));
    }

    /// <summary>Writes a file straight from where the numbers lie. Nobody may change them meanwhile.</summary>
    /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
    internal static void Write(string path, IReadOnlyDictionary<string, WrittenTensor> tensors)
    {
        foreach (var name in tensors.Keys)
        {
            if (Encoding.UTF8.GetByteCount(name) > MostNameBytes)
                throw SaveException.Unreadable(path, $"a name in an npz file has at most {MostNameBytes:N0} bytes, and "
                    + $"'{Quotation.Of(name)}' has more");
        }
        WholeFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, tensor) in tensors)
                Put(archive, name, CompressionLevel.NoCompression, to => NpyFile.Write(to, tensor.Shape, tensor.Values.Span));
        });
    }

    private static void Put(ZipArchive archive, string name, CompressionLevel compression, Action<Stream> write)
    {
        if (WholeCharacters.FirstHalf(name) is not null)
            throw new DataException(
                $"'{name}' cannot be written: its name has half a character, the other half of the surrogate pair is missing.");
        var entry = archive.CreateEntry(name + Ending, compression);
        entry.LastWriteTime = NoTime;
        using var content = entry.Open();
        write(content);
    }

    private static Dictionary<string, DataArray> Arrays(ZipDirectory archive, long fileLength, string path)
    {
        var arrays = new Dictionary<string, DataArray>(archive.Count, StringComparer.Ordinal);
        Each(archive, fileLength, path, (name, entry, bytes, content, error) =>
        {
            var array = NpyFile.Read(content, entry.Length, Math.Min(entry.Length, entry.Packed), error);
            RequireWhole(entry, bytes, content, error);
            arrays.Add(name, array);
        });
        return arrays;
    }

    private static void RequireWhole(ZipEntry entry, Stream bytes, Crc32Stream content, Func<string, DataException> error)
    {
        if (bytes is DeflateStream unpacking && unpacking.ReadByte() >= 0) throw error("has bytes after its elements");
        if (content.Checksum != entry.Checksum) throw error("is damaged: its bytes are not those that were written");
    }

    /// <summary>Goes to the bytes of one entry after the other.</summary>
    private static void Each(ZipDirectory archive, long fileLength, string path,
        Action<string, ZipEntry, Stream, Crc32Stream, Func<string, DataException>> read)
    {
        var names = new HashSet<string>(archive.Count, StringComparer.Ordinal);
        var (left, reading) = (fileLength, default(ZipEntry));
        // One for all entries: objects per entry would add up, as an entry may be smaller than an object.
        Func<string, DataException> error = Error;
        foreach (var entry in archive.Entries())
        {
            reading = entry;
            if (!entry.Name.Span.EndsWith(".npy"u8)) throw Error("is not an array: its name does not end in .npy");
            if (entry.IsEncrypted) throw Error("is encrypted, and cannot be read");
            var name = Encoding.UTF8.GetString(entry.Name.Span[..^Ending.Length]);
            if (!names.Add(name)) throw Error("appears twice");
            // Entries that share their bytes could unpack to many times what an honest file can hold.
            if (entry.Packed < 0 || (left -= entry.Packed) < 0) throw Error("overlaps others, or is longer than the file");
            if (entry.Length < 0 || entry.Length / LargestExpansion > entry.Packed)
                throw Error($"declares {NumberText.Count(entry.Length, "byte")}, and {entry.Packed:N0} cannot unpack to that");
            var bytes = archive.Open(entry);
            using var unpacking = bytes as DeflateStream;
            read(name, entry, bytes, new Crc32Stream(bytes), error);
        }

        DataException Error(string what) => new($"{path}, '{Quotation.Of(reading.Name.Span)}' {what}.");
    }
}
