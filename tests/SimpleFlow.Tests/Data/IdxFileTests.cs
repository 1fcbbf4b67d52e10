using System.Buffers.Binary;
using System.IO.Compression;

namespace SimpleFlow.Tests.Data;

[Trait("Promise", "10")]
[Trait("Promise", "18")]
public sealed class IdxFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simpleflow-idx-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_good_file_is_read_whatever_its_name(bool gzip)
    {
        foreach (uint[] dimensions in (uint[][])[[5], [0], [2, 3], [4, 7, 9], [0, 28, 28], [2, 1, 1, 1, 3]])
        {
            var content = Idx(0x08, dimensions);
            foreach (var name in new[] { "data", "data.gz" })
            {
                var file = IdxFile.Read(Write(name, gzip ? Gzip(content) : content));
                Assert.Equal(dimensions, Array.ConvertAll(file.Dimensions.ToArray(), size => (uint)size));
                Assert.Equal(content[(4 + 4 * dimensions.Length)..], file.Elements.ToArray());
                Assert.Equal(dimensions.Length == 0 ? 1 : dimensions[0], (uint)file.ToDataArray().Rows);
            }
        }
    }

    [Fact]
    public void Rows_that_stay_in_the_file_are_those_that_are_read()
    {
        var content = Idx(0x08, [9, 4, 5]);
        var path = Write("images", content);
        var (read, stored) = (IdxFile.Read(path).ToDataArray(1 / 255f, 0.5f), IdxFile.Open(path, 1 / 255f, 0.5f, rank: 3));
        Assert.Equal(read.Dimensions.ToArray(), stored.Dimensions.ToArray());
        var (first, second) = (new float[60], new float[60]);
        read.GatherRows([8, 0, 3], first);
        stored.GatherRows([8, 0, 3], second);
        Assert.Equal(first, second);
        Assert.Contains("decompress it", Assert.Throws<DataException>(() => IdxFile.Open(Write("packed", Gzip(content)))).Message,
            StringComparison.Ordinal);
        Assert.Contains("cut short", Assert.Throws<DataException>(() => IdxFile.Open(Write("short", content[..^1]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("magic number", Assert.Throws<DataException>(() => IdxFile.Open(path, rank: 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_compresses_a_thousandfold_is_read()
    {
        var content = new byte[8 + 3_000_000];
        Idx(0x08, [3_000_000])[..8].CopyTo(content, 0);
        Assert.Equal(3_000_000, IdxFile.Read(Write("zeros", Gzip(content))).Elements.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_wrong_magic_number_is_named_with_the_expected_one(bool gzip)
    {
        Refuses(Idx(0x08, [4]), gzip, 3, "expected the magic number 0x00000803", "as for images", "found 0x00000801", "as for labels");
        Refuses(Idx(0x08, [4, 2, 2]), gzip, 1, "expected the magic number 0x00000801", "found 0x00000803");
        Refuses(Idx(0x0D, [4]), gzip, 1, "0x00000801", "found 0x00000D01 (32-bit floats");
        Refuses(Idx(0x0D, [4]), gzip, null, "found 0x00000D01 (32-bit floats");
        Refuses(Idx(0x09, [4]), gzip, null, "signed bytes");
        Refuses(Idx(0x0B, [4]), gzip, null, "16-bit whole numbers");
        Refuses(Idx(0x0C, [4]), gzip, null, "32-bit whole numbers");
        Refuses(Idx(0x0E, [4]), gzip, null, "64-bit floats");
        Refuses(Idx(0x08, []), gzip, null, "one or more dimensions");
        Refuses("\u007fELF and more of it"u8.ToArray(), gzip, 3, "0x00000803", "0x7F454C46 (not IDX)");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_of_the_wrong_length_is_refused(bool gzip)
    {
        var good = Idx(0x08, [4, 7, 9]);
        for (var length = 0; length < good.Length; length++) Refuses(good[..length], gzip, 3);
        Refuses([], gzip, null, "magic number", "expected 4 bytes there and found 0");
        Refuses(good[..10], gzip, null, "dimension 2 of 3", "found 2");
        Refuses(good[..^1], gzip, null, "[4, 7, 9]", "268");
        Refuses([.. good, 0], gzip, null, "[4, 7, 9]", "268", "269");
        Refuses([.. good, .. good], gzip, null);
    }

    [Fact]
    public void A_gzip_file_that_was_cut_anywhere_is_refused()
    {
        var content = Idx(0x08, [100, 20]);
        var file = Gzip(content);
        for (var length = 0; length < file.Length; length++) Refuses(file[..length], false, 2);
        // Cut, but ending as if it were whole, so that the length at its end gives nothing away.
        for (var length = 0; length < file.Length - 8; length += 7) Refuses([.. file[..length], .. file[^8..]], false, 2);
        Refuses([.. file, 0], false, 2);
        file[^6] ^= 1;
        Refuses(file, false, 2, "undamaged");
    }

    [Fact]
    public void A_gzip_file_of_several_members_is_refused()
    {
        // Its last four bytes are the length of its last member alone, so that nothing would notice a member that is missing.
        var content = Idx(0x08, [100, 20]);
        foreach (var cut in (int[])[5, 12, 1000]) Refuses([.. Gzip(content[..cut]), .. Gzip(content[cut..])], false, 2);
    }

    [Theory]
    [InlineData(1u << 31, 1u << 31)]
    [InlineData(1u << 31, 1u << 31, 1u << 31)]
    [InlineData(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue)]
    [InlineData(0u, 1u << 31, 1u << 31)]
    [InlineData(0u, uint.MaxValue, uint.MaxValue, uint.MaxValue)]
    [InlineData(0x7FFFFFC7u)]
    [InlineData(60000u, 28u, 28u)]
    [InlineData(1u << 16, 1u << 16)]
    public void Declared_sizes_are_not_believed_and_cost_no_memory(params uint[] dimensions)
    {
        var header = Idx(0x08, dimensions, new byte[100]);
        var length = 1UL;
        foreach (var dimension in dimensions) length = unchecked(length * dimension);
        var lying = Gzip(header);
        BinaryPrimitives.WriteUInt32LittleEndian(lying.AsSpan(lying.Length - 4), (uint)((ulong)(4 + 4 * dimensions.Length) + length));
        foreach (var bytes in new[] { header, Gzip(header), lying })
        {
            var path = Write("huge", bytes);
            Assert.Throws<DataException>(() => IdxFile.Read(path));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<DataException>(() => IdxFile.Read(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * bytes.Length + (1 << 20));
        }
    }

    [Fact]
    public void A_header_within_what_deflate_can_expand_earns_its_memory_as_bytes_arrive()
    {
        // 2 MB of noise, declared to be 1 GB: possible by the file's length, and by its last four bytes, which lie.
        const uint Declared = 1 << 30;
        var noise = new byte[2 << 20];
        new Random(1).NextBytes(noise);
        var file = Gzip(Idx(0x08, [Declared], noise));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 4), Declared + 8);
        var path = Write("lying", file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => IdxFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * file.Length + (1 << 20));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Whatever_happens_to_a_file_only_a_data_exception_comes_out(bool gzip, int seed)
    {
        var content = Idx(0x08, [10, 6, 5]);
        var good = gzip ? Gzip(content) : content;
        var random = new Random(seed);
        for (var trial = 0; trial < 2000; trial++)
        {
            List<byte> bytes = [.. good];
            var moved = false;
            for (var change = random.Next(1, 4); change > 0 && bytes.Count > 0; change--)
            {
                // Changes near the start meet the header more often.
                var at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 20) : bytes.Count);
                switch (random.Next(5))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: bytes[at] = (byte)random.Next(256); break;
                    case 2: bytes.RemoveRange(at, random.Next(bytes.Count - at + 1)); moved = true; break;
                    case 3: bytes.Insert(at, (byte)random.Next(256)); moved = true; break;
                    default: bytes[at] = (byte)(random.Next(2) * 255); break;
                }
            }
            var path = Write("mutant", [.. bytes]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var file = IdxFile.Read(path, random.Next(2) == 0 ? 3 : null);
                Assert.True(DataArray.TryCount(file.Dimensions, out var count));
                Assert.Equal(count, file.Elements.Length);
                // A checksum stands behind the compressed content, so changed bytes are never taken for good ones.
                if (gzip && !moved) Assert.Equal(content[16..], file.Elements.ToArray());
            }
            catch (DataException error)
            {
                Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * bytes.Count + (1 << 20));
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_the_platforms_own_error() =>
        Assert.Throws<FileNotFoundException>(() => IdxFile.Read(Path.Combine(_folder.FullName, "none")));

    private void Refuses(byte[] content, bool gzip, int? rank, params string[] says)
    {
        var path = Write("bad", gzip ? Gzip(content) : content);
        var message = Assert.Throws<DataException>(() => IdxFile.Read(path, rank)).Message;
        Assert.StartsWith(path + ": ", message, StringComparison.Ordinal);
        foreach (var text in says) Assert.Contains(text, message);
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    internal static byte[] Idx(byte type, uint[] dimensions, byte[]? elements = null)
    {
        if (elements is null)
        {
            elements = new byte[dimensions.Aggregate(1, (count, size) => count * (int)size)];
            new Random(7).NextBytes(elements);
        }
        var header = new byte[4 + 4 * dimensions.Length];
        (header[2], header[3]) = (type, (byte)dimensions.Length);
        for (var axis = 0; axis < dimensions.Length;
        axis++)
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4 + 4 * axis), dimensions[axis]);
        return [.. header, .. elements];
    }

    internal static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) gzip.Write(content);
        return compressed.ToArray();
    }
}
