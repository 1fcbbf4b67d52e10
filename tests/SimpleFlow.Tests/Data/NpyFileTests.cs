using System.Buffers.Binary;
using System.Text;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Data;

/// <summary>Arrays of NumPy: files that NumPy wrote, and others made byte by byte.</summary>
[Trait("Promise", "10")]
public sealed class NpyFileTests : IDisposable
{
    private static readonly string Corpus = Path.Combine(SimpleFlow.Fuzz.Corpus.Folder, "npy");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> OfNumPy =>
        [.. Directory.GetFiles(Corpus, "numpy-*.npy").Select(path => Path.GetFileName(path)!)
            .Where(name => !name.Contains("objects", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(OfNumPy))]
    public void What_NumPy_wrote_is_read(string name)
    {
        var array = NpyFile.Read(Path.Combine(Corpus, name));
        Assert.Equal([2, 3, 4], array.Dimensions.ToArray());
        var (numbers, wholes) = (new float[24], new int[24]);
        array.CopyTo(numbers);
        array.CopyTo(wholes);
        int[] expected = [.. Enumerable.Range(0, 24).Select(i => name.Contains("truths", StringComparison.Ordinal) ? i % 2 : i)];
        Assert.Equal(expected, wholes);
        Assert.Equal(expected, numbers.Select(number => (int)number));
    }

    [Theory, MemberData(nameof(OfNumPy))]
    public void Rows_that_stay_in_the_file_are_those_that_are_read(string name)
    {
        var path = Path.Combine(Corpus, name);
        if (name.Contains("fortran", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Contains("Fortran", Assert.Throws<DataException>(() => NpyFile.Open(path)).Message, StringComparison.Ordinal);
            return;
        }
        var (read, stored) = (NpyFile.Read(path), NpyFile.Open(path));
        Assert.Equal(read.Dimensions.ToArray(), stored.Dimensions.ToArray());
        foreach (var rows in (int[][])[[0, 1], [1, 0, 1], [1]])
        {
            var (first, second) = (new float[12 * rows.Length], new float[12 * rows.Length]);
            var (firstWhole, secondWhole) = (new int[12 * rows.Length], new int[12 * rows.Length]);
            read.GatherRows(rows, first);
            stored.GatherRows(rows, second);
            read.GatherRows(rows, firstWhole);
            stored.Reshape(2, 12).Slice(0, 2).GatherRows(rows, secondWhole);
            Assert.Equal(first, second);
            Assert.Equal(firstWhole, secondWhole);
        }
    }

    [Fact]
    public void A_file_that_is_cut_short_while_it_is_in_use_is_named()
    {
        var path = _folder.File("a.npy");
        NpyFile.Write(path, DataArray.From(new float[100, 50]));
        var stored = NpyFile.Open(path);
        using (var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(10_000);
        stored.GatherRows([0], new float[50]);
        Assert.Contains("a.npy: the file was cut short", Assert.Throws<DataException>(() => stored.GatherRows([99], new float[50])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void NumPys_own_files_are_all_there() => Assert.Equal(33, OfNumPy.Count);

    [Fact]
    public void What_is_written_is_what_NumPy_writes_byte_for_byte()
    {
        var path = _folder.File("deep", "er", "a.npy");
        NpyFile.Write(path, DataArray.From(Enumerable.Range(0, 24).ToArray()).Reshape(2, 3, 4));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Corpus, "numpy-little-f4.npy")), File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));          // nothing is left beside it
    }

    [Theory]
    [InlineData]
    [InlineData(5L)]
    [InlineData(0L)]
    [InlineData(0L, 7L)]
    [InlineData(2L, 1L, 3L)]
    public void What_is_written_is_read(params long[] dimensions)
    {
        var values = Enumerable.Range(0, (int)dimensions.Aggregate(1L, (count, size) => count * size)).Select(i => i / 3f).ToArray();
        NpyFile.Write(_folder.File("a.npy"), DataArray.From(values).Reshape(dimensions));
        var bytes = File.ReadAllBytes(_folder.File("a.npy"));
        Assert.Equal(0, (bytes.Length - 4 * values.Length) % 64);
        Assert.Equal((byte)'\n', bytes[^(4 * values.Length + 1)]);
        var array = NpyFile.Read(_folder.File("a.npy"));
        Assert.Equal(dimensions, array.Dimensions.ToArray());
        var read = new float[values.Length];
        array.CopyTo(read);
        Assert.Equal(values, read);
    }

    [Fact]
    public void Numbers_keep_their_type_until_they_are_used()
    {
        var array = NpyFile.Read(Npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]));
        var numbers = new float[2];
        array.CopyTo(numbers);
        Assert.Equal([1, 4294967296], numbers);
        Assert.Contains("4294967296 is not a whole number that an int can hold",
            Assert.Throws<DataException>(() => array.CopyTo(new int[2])).Message, StringComparison.Ordinal);
        Assert.Equal([2], NpyFile.Read(Npy("{\"shape\" : ( 2L , ) ,'descr':'|u1','fortran_order':True}", [7, 8])).Dimensions.ToArray());
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "holds Python objects ('|O'), which are not read: they could run any program")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "records of several fields")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "elements of the type '<c8'")]
    [InlineData("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", "elements of the type '<U4'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
        "declares the shape [3] of '<f4', 12 bytes, and 8 follow its header")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "4 bytes, and 8 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "more elements than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 2), }", "more elements than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "not a whole number that can be counted")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "not a whole number that can be counted")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2), }", "'shape' is not a tuple")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }", "neither True nor False")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
        "the key 'descr' does not belong there, or appears twice")]
    [InlineData("{'descr': '<f4', 'shape': (2,), }", "it lacks")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } + __import__('os')", "something follows its end")]
    [InlineData("{'descr': '<f4, 'fortran_order': False, 'shape': (2,), }", "'}' is missing")]
    [InlineData("{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (2,), }", "a text does not end")]
    [InlineData("", "'{' is missing")]
    public void A_header_that_is_wrong_is_refused(string header, string words)
    {
        var path = Npy(header, new byte[8]);
        var message = Assert.Throws<DataException>(() => NpyFile.Read(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_has_at_most_64_axes()
    {
        string Shaped(int axes) =>
            $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({string.Concat(Enumerable.Repeat("1, ", axes))}), }}";
        Assert.Equal(64, NpyFile.Read(Npy(Shaped(64), new byte[8])).Dimensions.Length);
        Assert.Contains("more than 64 axes", Assert.Throws<DataException>(() => NpyFile.Read(Npy(Shaped(65), new byte[8]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var bytes = File.ReadAllBytes(Path.Combine(Corpus, "numpy-big-i2-fortran.npy"));
        var path = _folder.File("cut.npy");
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<DataException>(() => NpyFile.Read(path));
        }
        File.WriteAllBytes(path, [.. bytes, 0]);
        Assert.Throws<DataException>(() => NpyFile.Read(path));
        Assert.Contains("no such file", Assert.Throws<DataException>(() => NpyFile.Read(_folder.File("none"))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 0)]
    [InlineData(0, 0)]
    public void Another_version_is_refused(byte major, byte minor)
    {
        var path = Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new byte[8]);
        var bytes = File.ReadAllBytes(path);
        (bytes[6], bytes[7]) = (major, minor);
        File.WriteAllBytes(path, bytes);
        Assert.Contains($"version {major}.{minor}", Assert.Throws<DataException>(() => NpyFile.Read(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Truth_values_are_0_or_1() =>
        Assert.Contains("element 1 is 2",
            Assert.Throws<DataException>(() =>
                NpyFile.Read(Npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", [1, 2]))).Message, StringComparison.Ordinal);

    private string Npy(string header, byte[] elements)
    {
        var path = _folder.File("made.npy");
        var text = Encoding.Latin1.GetBytes(header + "\n");
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(start.AsSpan(8), (ushort)text.Length);
        File.WriteAllBytes(path, [.. start, .. text, .. elements]);
        return path;
    }
}
