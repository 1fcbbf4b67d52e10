using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SimpleFlow.Tests.Data;

/// <summary>The directory of a zip archive, as .NET writes it and with lies in it.</summary>
[Trait("Promise", "10")]
public class ZipDirectoryTests
{
    private const int Entry = 0x0201_4B50, End = 0x0605_4B50;

    [Theory, InlineData(CompressionLevel.NoCompression), InlineData(CompressionLevel.Optimal)]
    public void Files_are_found_with_their_bytes(CompressionLevel level)
    {
        var directory = new ZipDirectory(new MemoryStream(Zip(level, "first", "second/ü")));
        Assert.Equal(2, directory.Count);
        Assert.Equal(["first", "second/ü"], directory.Entries().Select(entry => Encoding.UTF8.GetString(entry.Name.Span)));
        Assert.Equal(["first", "second/ü"], directory.Entries().Select(entry => Content(directory, entry)));
    }

    [Fact]
    public void More_files_than_two_bytes_can_count()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 70_000; i++) archive.CreateEntry($"{i}");
        }
        var directory = new ZipDirectory(stream);
        Assert.Equal(70_000, directory.Entries().Count());
        Assert.Equal("69999", Encoding.UTF8.GetString(directory.Entries().Last().Name.Span));
    }

    [Fact]
    public void Sizes_of_eight_bytes_stand_in_an_extra_field()
    {
        var zip = Zip(CompressionLevel.NoCompression, "content");
        var (entry, end) = (Place(zip, Entry), Place(zip, End));
        var header = zip[entry..end];
        byte[] extra = [9, 0, 2, 0, 1, 2, 1, 0, 24, 0, .. Eight(7), .. Eight(7), .. Eight(0)];
        foreach (var at in (int[])[20, 24, 42]) BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(at), uint.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(30), (ushort)extra.Length);
        var tail = zip[end..];
        BinaryPrimitives.WriteInt32LittleEndian(tail.AsSpan(12), header.Length + extra.Length);
        var directory = new ZipDirectory(new MemoryStream([.. zip[..entry], .. header, .. extra, .. tail]));
        Assert.Equal("content", Content(directory, directory.Entries().Single()));

        extra[8] = 8;                                     // a field with one size, where three are said to stand
        Assert.Throws<InvalidDataException>(() =>
            new ZipDirectory(new MemoryStream([.. zip[..entry], .. header, .. extra, .. tail])).Entries().ToList());
    }

    [Theory]
    [InlineData(End, 12, 0x7FFF_FFFF, "directory at its end is damaged")]
    [InlineData(End, 16, 0x7FFF_FFFF, "directory at its end is damaged")]
    [InlineData(End, 10, 0x0000_7FFF, "directory at its end is damaged")]
    [InlineData(End, 10, 0x0000_0000, "belong to no file")]
    [InlineData(End, 0, 0, "cut short")]
    [InlineData(Entry, 0, 0, "directory at its end is damaged")]
    [InlineData(Entry, 28, 0x0000_FFFF, "directory at its end is damaged")]
    [InlineData(Entry, 10, 99, "compressed by method 99")]
    [InlineData(Entry, 20, 3, "is stored, and takes 3 bytes for 5")]
    [InlineData(Entry, 42, 1, "is not where the directory says")]
    public void A_lie_is_refused(int record, int at, int value, string words)
    {
        var zip = Zip(CompressionLevel.NoCompression, "first");
        var place = Place(zip, record) + at;
        if (at is 10 or 28) BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(place), (ushort)value);
        else BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(place), value);
        var refusal = Assert.Throws<InvalidDataException>(() =>
        {
            var directory = new ZipDirectory(new MemoryStream(zip));
            foreach (var entry in directory.Entries()) Content(directory, entry);
        });
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_goes_on_after_the_end_is_refused()
    {
        var zip = Zip(CompressionLevel.NoCompression, "first");
        foreach (var at in (int[])[20, 24]) BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(Place(zip, Entry) + at), 1000);
        var directory = new ZipDirectory(new MemoryStream(zip));
        Assert.Contains("beyond the end",
            Assert.Throws<InvalidDataException>(() => Content(directory, directory.Entries().Single())).Message, StringComparison.Ordinal);
    }

    private static byte[] Zip(CompressionLevel level, params string[] names)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var content = archive.CreateEntry(name, level).Open();
                content.Write(Encoding.UTF8.GetBytes(name));
            }
        }
        return stream.ToArray();
    }

    private static string Content(ZipDirectory directory, ZipEntry entry)
    {
        var bytes = new byte[entry.Length];
        directory.Open(entry).ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static int Place(byte[] zip, int signature) => zip.AsSpan().IndexOf(BitConverter.GetBytes(signature));

    private static byte[] Eight(long number) => BitConverter.GetBytes(number);
}
