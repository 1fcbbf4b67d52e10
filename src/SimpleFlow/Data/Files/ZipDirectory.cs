using System.Buffers.Binary;
using System.IO.Compression;

namespace SimpleFlow;

/// <summary>A file in a zip archive, as the archive's directory describes it.</summary>
/// <param name="Name">Its name in UTF-8.</param>
/// <param name="Method">0 if it is stored, 8 if it is deflated.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Checksum">The CRC-32 of its bytes.</param>
/// <param name="Packed">How many bytes it takes in the archive.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Place">The position of its own header.</param>
internal readonly record struct ZipEntry(ReadOnlyMemory<byte> Name, int Method, int Flags, uint Checksum, long Packed, long Length,
    long Place)
{
    /// <summary>Whether it is encrypted.</summary>
    public bool IsEncrypted => (Flags & 1) != 0;
}

/// <summary>
/// The directory at the end of a zip archive (APPNOTE 4.3.12 to 4.3.16), read entry by entry without trusting it.
/// <see cref="ZipArchive"/> makes 600 bytes of objects for each of its entries before it gives the first one, and an entry
/// takes 46 bytes in a malicious file.
/// </summary>
internal sealed class ZipDirectory
{
    private const int Stored = 0, Deflated = 8;
    private const uint EndSignature = 0x0605_4B50, End64Signature = 0x0606_4B50, Locator64Signature = 0x0706_4B50,
        EntrySignature = 0x0201_4B50, LocalSignature = 0x0403_4B50;
    private const int EndLength = 22, LongestComment = 65_535, Locator64Length = 20, End64Length = 56, EntryLength = 46, LocalLength = 30;

    private readonly Stream _file;
    private readonly byte[] _entries;

    /// <summary>Finds the directory.</summary>
    /// <param name="file">The archive.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public ZipDirectory(Stream file)
    {
        _file = file;
        var tail = Bytes(Math.Max(0, file.Length - EndLength - LongestComment - Locator64Length),
            (int)Math.Min(file.Length, EndLength + LongestComment + Locator64Length));
        Span<byte> signature = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(signature, EndSignature);
        var end = tail.AsSpan(0, Math.Max(0, tail.Length - EndLength + 4)).LastIndexOf(signature);
        if (end < 0) throw new InvalidDataException("The directory at its end is missing: it was cut short.");
        var (count, length, place) = ((long)UInt16(tail, end + 10), (long)UInt32(tail, end + 12), (long)UInt32(tail, end + 16));
        // Numbers that do not fit into so few bytes are in a record of their own.
        if ((count == ushort.MaxValue || length == uint.MaxValue || place == uint.MaxValue) && end >= Locator64Length
            && UInt32(tail, end - Locator64Length) == Locator64Signature)
        {
            var end64 = Bytes(Int64(tail, end - Locator64Length + 8), End64Length);
            if (UInt32(end64, 0) != End64Signature) throw Damaged();
            (count, length, place) = (Int64(end64, 32), Int64(end64, 40), Int64(end64, 48));
        }
        if (length < 0 || length > Array.MaxLength || count < 0 || count > length / EntryLength) throw Damaged();
        _entries = Bytes(place, (int)length);
        Count = (int)count;
    }

    /// <summary>How many files the archive holds.</summary>
    public int Count { get; }

    /// <summary>The files, one after the other.</summary>
    /// <exception cref="InvalidDataException">The directory is damaged.</exception>
    public IEnumerable<ZipEntry> Entries()
    {
        var at = 0;
        for (var i = 0; i < Count; i++)
        {
            if (at + EntryLength > _entries.Length || UInt32(_entries, at) != EntrySignature) throw Damaged();
            var (name, extra, comment) = (UInt16(_entries, at + 28), UInt16(_entries, at + 30), UInt16(_entries, at + 32));
            var next = at + EntryLength + name + extra + comment;
            if (next > _entries.Length) throw Damaged();
            var (packed, length, place) = Sizes(at, _entries.AsSpan(at + EntryLength + name, extra));
            yield return new ZipEntry(_entries.AsMemory(at + EntryLength, name), UInt16(_entries, at + 10), UInt16(_entries, at + 8),
                UInt32(_entries, at + 16), packed, length, place);
            at = next;
        }
        if (at != _entries.Length) throw new InvalidDataException("Its directory has bytes that belong to no file.");
    }

    /// <summary>Goes to the bytes of a file.</summary>
    /// <returns>The archive itself, at the first byte, if the file is stored; else a <see cref="DeflateStream"/>
    /// over it, which the caller disposes of.</returns>
    /// <exception cref="InvalidDataException">They are missing, or packed by a method that is not supported.</exception>
    public Stream Open(ZipEntry entry)
    {
        if (entry.Method is not (Stored or Deflated))
            throw new InvalidDataException(
                $"'{Quotation.Of(entry.Name.Span)}' is compressed by method {entry.Method}; only stored and deflated files can be read.");
        if (entry.Method == Stored && entry.Packed != entry.Length)
            throw new InvalidDataException(
                $"'{Quotation.Of(entry.Name.Span)}' is stored, and takes {NumberText.Count(entry.Packed, "byte")} for {entry.Length:N0}.");
        Span<byte> local = stackalloc byte[LocalLength];
        _file.Position = entry.Place;
        _file.ReadExactly(local);
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != LocalSignature)
            throw new InvalidDataException($"'{Quotation.Of(entry.Name.Span)}' is not where the directory says.");
        var start = entry.Place + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(local[26..])
            + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        if (start > _file.Length - entry.Packed)
            throw new InvalidDataException($"'{Quotation.Of(entry.Name.Span)}' continues beyond the end of the file.");
        _file.Position = start;
        return entry.Method == Stored ? _file : new DeflateStream(_file, CompressionMode.Decompress, leaveOpen: true);
    }

    // Sizes of 4 GB and more stand in an extra field, those of them that need it, in this order.
    private (long Packed, long Length, long Place) Sizes(int at, ReadOnlySpan<byte> extra)
    {
        var (packed, length, place) = ((long)UInt32(_entries, at + 20), (long)UInt32(_entries, at + 24), (long)UInt32(_entries, at + 42));
        while (extra.Length >= 4)
        {
            var (kind, size) = (BinaryPrimitives.ReadUInt16LittleEndian(extra), BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]));
            if (size > extra.Length - 4) throw Damaged();
            if (kind == 1)
            {
                var rest = extra.Slice(4, size);
                if (length == uint.MaxValue) length = Take(ref rest);
                if (packed == uint.MaxValue) packed = Take(ref rest);
                if (place == uint.MaxValue) place = Take(ref rest);
            }
            extra = extra[(4 + size)..];
        }
        return (packed, length, place);

        static long Take(ref ReadOnlySpan<byte> rest)
        {
            if (rest.Length < 8) throw Damaged();
            var number = BinaryPrimitives.ReadInt64LittleEndian(rest);
            rest = rest[8..];
            return number;
        }
    }

    private static InvalidDataException Damaged() => new("The directory at its end is damaged.");

    private byte[] Bytes(long place, int count)
    {
        if (place < 0 || place > _file.Length - count) throw Damaged();
        var bytes = new byte[count];
        _file.Position = place;
        _file.ReadExactly(bytes);
        return bytes;
    }

    private static int UInt16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint UInt32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static long Int64(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
}
