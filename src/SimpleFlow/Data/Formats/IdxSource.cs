using System.Buffers.Binary;
using System.IO.Compression;

namespace SimpleFlow;

/// <summary>
/// The bytes of an IDX file after decompression, read without trusting it: nothing large is allocated because a header says so,
/// and whatever is wrong with the file becomes a <see cref="DataException"/>.
/// <para>
/// A gzip file must be one member, as gzip itself writes it: its last four bytes are then the length of the content.
/// Comparing them finds every file that was cut short, which the platform's decompressor accepts if only the end is missing;
/// its checksum finds changed bytes.
/// </para>
/// </summary>
internal sealed class IdxSource : IDisposable
{
    // Deflate cannot say more than 258 bytes in 2 bits, and a gzip file spends 18 bytes on its frame.
    private const int LargestExpansion = 1032;
    private const int SmallestGzip = 18;

    private readonly string _path;
    private readonly long _fileLength;
    private readonly Stream _content;

    /// <summary>What the last four bytes of a gzip file say: how long its content is, modulo 2³². Null for a plain file.</summary>
    private readonly uint? _lengthByTrailer;

    private IdxSource(string path, Stream file)
    {
        _path = path;
        _content = file;
        _fileLength = file.Length;

        Span<byte> bytes = stackalloc byte[4];
        var isGzip = file.ReadAtLeast(bytes[..2], 2, throwOnEndOfStream: false) == 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
        if (isGzip)
        {
            if (_fileLength < SmallestGzip) throw Damaged();
            file.Seek(-4, SeekOrigin.End);
            file.ReadExactly(bytes);
            _lengthByTrailer = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }
        file.Seek(0, SeekOrigin.Begin);
        if (isGzip) _content = new GZipStream(file, CompressionMode.Decompress);
    }

    /// <summary>Whether the file is compressed.</summary>
    public bool IsCompressed => _lengthByTrailer is not null;

    public static IdxSource Open(string path)
    {
        var file = ReadableFile.OpenThere(path);
        try
        {
            return new IdxSource(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public DataException Error(string message, Exception? cause = null) =>
        cause is null ? new($"{_path}: {message}") : new($"{_path}: {message}", cause);

    public void ReadExactly(Span<byte> destination, string what)
    {
        var count = Read(destination);
        if (count < destination.Length)
            throw Error($"ends within {what}: expected {NumberText.Count(destination.Length, "byte")} there and found {count}.");
    }

    /// <summary>Compares the length that the header declares with what is there, as far as that can be known before reading it.</summary>
    public void CheckLength(int headerLength, long count, string dimensions)
    {
        var declared = headerLength + count;
        var says =
            $"the header of {headerLength} bytes declares the dimensions [{dimensions}], {NumberText.Count(declared, "byte")} in all, and ";
        if (_lengthByTrailer is null)
        {
            if (_fileLength < declared) throw Error($"{says}only {_fileLength:N0} are there: the file was cut short.");
            if (_fileLength > declared) throw Error($"{says}{_fileLength:N0} are there: {_fileLength - declared:N0} too many.");
        }
        else if (_lengthByTrailer != (uint)declared || declared > LargestExpansion * _fileLength)
        {
            throw Error(
                $"{says}the gzip file of {NumberText.Count(_fileLength, "byte")} ends with the length {_lengthByTrailer:N0}: it was cut "
                    + "short, or is not what its header says.");
        }
    }

    /// <summary>Reads the elements, which must be all that is left.</summary>
    public byte[] ReadToEnd(int count, CancellationToken cancellation)
    {
        byte[] elements;
        int arrived;
        try
        {
            // A plain file is known to hold them. For a compressed one, memory grows with what arrives.
            elements = EarnedArray.Read<byte>(_content, count, _lengthByTrailer is null ? count : _fileLength, out arrived, cancellation);
        }
        catch (Exception cause) when (IsDamage(cause))
        {
            throw Damaged(cause);
        }
        if (arrived < count) throw Error($"ends after {arrived:N0} of {NumberText.Count(count, "element")}.");
        // Asking for one byte more also makes gzip compare its checksum.
        Span<byte> beyond = stackalloc byte[1];
        if (Read(beyond) != 0) throw Error($"has bytes after its {NumberText.Count(count, "element")}.");
        return elements;
    }

    public void Dispose() => _content.Dispose();

    private int Read(Span<byte> destination)
    {
        try
        {
            return _content.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (Exception cause) when (IsDamage(cause))
        {
            throw Damaged(cause);
        }
    }

    private bool IsDamage(Exception cause) => _lengthByTrailer is not null && cause is InvalidDataException or IOException;

    private DataException Damaged(Exception? cause = null) =>
        Error($"is not a whole, undamaged gzip file ({NumberText.Count(_fileLength, "byte")}). Fetch it again.", cause);
}
