using System.Buffers.Binary;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Data;

/// <summary>Archives of NumPy's arrays: those that NumPy wrote, our own, and broken ones.</summary>
[Trait("Promise", "10")]
public sealed class NpzFileTests : IDisposable
{
    private static readonly string Corpus = Path.Combine(SimpleFlow.Fuzz.Corpus.Folder, "npz");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_NumPy_wrote_is_read()
    {
        var stored = NpzFile.Read(Path.Combine(Corpus, "numpy-stored.npz"));
        Assert.Equal(["layer/w", "layer/b"], stored.Keys);
        Assert.Equal([2, 3], stored["layer/w"].Dimensions.ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5], Numbers(stored["layer/w"]));
        Assert.Equal([0, 1, 2], Numbers(stored["layer/b"]));
        var deflated = NpzFile.Read(Path.Combine(Corpus, "numpy-deflated.npz"));
        Assert.Equal(new float[2000], Numbers(deflated["zeros"]));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Numbers(deflated["labels"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read(bool compressed)
    {
        var path = Written(compressed);
        var read = NpzFile.Read(path);
        Assert.Equal(["a/w", "b", "none"], read.Keys);
        Assert.Equal([50, 20], read["a/w"].Dimensions.ToArray());
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i / 7f), Numbers(read["a/w"]));
        Assert.Equal([2.5f], Numbers(read["b"]));
        Assert.Equal([0, 3], read["none"].Dimensions.ToArray());
        var first = File.ReadAllBytes(path);
        Assert.Equal(first, File.ReadAllBytes(Written(compressed)));          // equal arrays are equal files
    }

    [Theory]
    [InlineData("twice.npz", "'a.npy' appears twice")]
    [InlineData("stranger.npz", "'notes.txt' is not an array: its name does not end in .npy")]
    public void What_is_no_archive_of_arrays_is_refused(string name, string words) =>
        Assert.Contains(words, Assert.Throws<DataException>(() => NpzFile.Read(Path.Combine(Corpus, name))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Names_are_keys_and_no_paths()
    {
        var before = Directory.GetFileSystemEntries(_folder.File()).Length;
        var path = _folder.File("outside.npz");
        File.Copy(Path.Combine(Corpus, "outside.npz"), path);
        Assert.Equal(["../../outside", "/etc/passwd"], NpzFile.Read(path).Keys);
        Assert.Equal(before + 1, Directory.GetFileSystemEntries(_folder.File()).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flipped_bit_is_noticed_or_changes_nothing(bool compressed)
    {
        var path = Written(compressed);
        var bytes = File.ReadAllBytes(path);
        var harmless = 0;
        float[][] expected = [.. NpzFile.Read(path).Values.Select(Numbers)];
        for (var bit = 0; bit < 8 * bytes.Length; bit += 3)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(path, bytes);
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                // Names and times stand beside the checksums, but no number may be another.
                // (A name that differs is found by whoever looks for it.)
                Assert.Equal(expected, NpzFile.Read(path).Values.Select(Numbers));
                harmless++;
            }
            catch (DataException error)
            {
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            }
        }
        Assert.InRange(harmless, 1, bytes.Length);
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var path = Written(compressed: true);
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += 5)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<DataException>(() => NpzFile.Read(path));
        }
    }

    [Fact]
    public void A_declared_length_is_not_believed_and_costs_no_memory()
    {
        // In the central directory, at the end, where the length that is believed stands.
        var path = _folder.File("lie.npz");
        var bytes = File.ReadAllBytes(Path.Combine(Corpus, "numpy-deflated.npz"));
        var directory = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        foreach (var length in (uint[])[1 << 20, 1 << 30, int.MaxValue, uint.MaxValue - 1])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 24), length);
            File.WriteAllBytes(path, bytes);
            Assert.Throws<DataException>(() => NpzFile.Read(path));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<DataException>(() => NpzFile.Read(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    [Fact]
    public void What_is_no_zip_file_is_refused()
    {
        File.WriteAllText(_folder.File("text.npz"), "this is no archive");
        Assert.Contains("is not an npz file, or is damaged",
            Assert.Throws<DataException>(() => NpzFile.Read(_folder.File("text.npz"))).Message,
            StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<DataException>(() => NpzFile.Read(_folder.File("none"))).Message,
            StringComparison.Ordinal);
    }

    private string Written(bool compressed)
    {
        var path = _folder.File("some.npz");
        NpzFile.Write(path, new Dictionary<string, DataArray>
        {
            ["a/w"] = DataArray.From(Enumerable.Range(0, 1000).Select(i => i / 7f).ToArray()).Reshape(50, 20),
            ["b"] = 2.5f,
            ["none"] = new float[0, 3],
        }, compressed);
        return path;
    }

    private static float[] Numbers(DataArray array)
    {
        var numbers = new float[array.Count];
        array.CopyTo(numbers);
        return numbers;
    }
}
