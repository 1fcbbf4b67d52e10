using System.Buffers.Binary;

namespace SimpleFlow;

/// <summary>
/// A file in the IDX format of the MNIST database: bytes with dimensions. Plain or compressed with gzip,
/// as its first two bytes say, not its name.
/// <para>
/// The format: two zero bytes, the element type (0x08, unsigned byte, is the one that is read), the number of
/// dimensions, each dimension as a 32-bit number, most significant byte first, then the elements in row-major order and nothing after them.
/// </para>
/// </summary>
public sealed class IdxFile
{
    private const int UnsignedByte = 0x08;
    private readonly byte[] _elements;
    private readonly long[] _dimensions;

    private IdxFile(string path, long[] dimensions, byte[] elements) => (Path, _dimensions, _elements) = (path, dimensions, elements);

    /// <summary>Where the file was read from.</summary>
    public string Path { get; }

    /// <summary>The sizes, outermost first: [60000, 28, 28] for MNIST's training images.</summary>
    public ReadOnlySpan<long> Dimensions => _dimensions;

    /// <summary>The elements in row-major order.</summary>
    public ReadOnlySpan<byte> Elements => _elements;

    /// <summary>The elements, not copied, as the numbers <c>byte · scale + offset</c>.</summary>
    public DataArray ToDataArray(float scale = 1, float offset = 0) => DataArray.Bytes(_elements, _dimensions, scale, offset);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">How many dimensions it must have: 3 for images, 1 for labels; null if any number will do.</param>
    /// <param name="cancellation">Stops before the next million elements.</param>
    /// <exception cref="DataException">The file is not IDX, is damaged, cut short or too long, or has other
    /// elements or dimensions than asked for.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IdxFile Read(string path, int? rank = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var source = IdxSource.Open(path);
        var dimensions = ReadHeader(source, rank);
        if (!DataArray.FitsArray(dimensions, out var count))
            throw source.Error(
                $"the header declares the dimensions [{DataArray.Text(dimensions)}], more elements than the "
                    + $"{Array.MaxLength:N0} that can be read.");
        source.CheckLength(4 + 4 * dimensions.Length, count, DataArray.Text(dimensions));
        return new IdxFile(path, dimensions, source.ReadToEnd((int)count, cancellation));
    }

    /// <summary>Opens an uncompressed file whose elements stay in it: rows are read when they are used, so the file may be larger than
    /// memory. It must not change meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scale">What each byte is multiplied by; <c>1/255f</c> makes pixels numbers from 0 to 1.</param>
    /// <param name="offset">What is added after that.</param>
    /// <param name="rank">How many dimensions it must have; null if any number will do.</param>
    /// <exception cref="DataException">As for <see cref="Read"/>; or the file is compressed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static DataArray Open(string path, float scale = 1, float offset = 0, int? rank = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var source = IdxSource.Open(path);
        if (source.IsCompressed)
            throw source.Error("is compressed, so its rows cannot be read one by one: decompress it (gunzip), or read it whole "
                + "(IdxFile.Read).");
        var dimensions = ReadHeader(source, rank);
        var header = 4 + 4 * dimensions.Length;
        if (!DataArray.TryCount(dimensions, out var count) || dimensions[0] > int.MaxValue)
            throw source.Error($"the header declares the dimensions [{DataArray.Text(dimensions)}], which no file can have.");
        source.CheckLength(header, count, DataArray.Text(dimensions));
        return new ScaledBytes(new StoredElements<byte>(path, header), scale, offset, dimensions);
    }

    private static long[] ReadHeader(IdxSource source, int? rank)
    {
        Span<byte> word = stackalloc byte[4];
        source.ReadExactly(word, "the magic number");
        var magic = BinaryPrimitives.ReadUInt32BigEndian(word);
        var (type, found) = ((int)(magic >> 8), (int)(magic & 0xFF));
        if (rank is { } wanted && magic != (UnsignedByte << 8 | wanted))
            throw source.Error($"expected the magic number {Describe((uint)(UnsignedByte << 8 | wanted))}, found {Describe(magic)}.");
        if (type != UnsignedByte || found == 0)
            throw source.Error(
                "expected a magic number from 0x00000801 to 0x000008FF (unsigned bytes, one or more dimensions), found "
                    + $"{Describe(magic)}.");

        var dimensions = new long[found];
        for (var axis = 0; axis < found; axis++)
        {
            source.ReadExactly(word, $"dimension {axis + 1} of {found}");
            dimensions[axis] = BinaryPrimitives.ReadUInt32BigEndian(word);
        }
        return dimensions;
    }

    private static string Describe(uint magic)
    {
        var type = (magic >> 8) switch
        {
            UnsignedByte => "unsigned bytes",
            0x09 => "signed bytes",
            0x0B => "16-bit whole numbers",
            0x0C => "32-bit whole numbers",
            0x0D => "32-bit floats",
            0x0E => "64-bit floats",
            _ => null,
        };
        var content = (magic & 0xFF) switch { 1 => ", as for labels", 3 => ", as for images", _ => "" };
        return type is null ? $"0x{magic:X8} (not IDX)" : $"0x{magic:X8} ({type}, dimensions: {magic & 0xFF}{content})";
    }
}
