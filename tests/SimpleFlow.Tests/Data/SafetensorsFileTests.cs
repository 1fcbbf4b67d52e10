using System.Buffers.Binary;
using System.Text;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Data;

/// <summary>Files of tensors, whole and damaged.</summary>
[Trait("Promise", "9")]
[Trait("Promise", "10")]
public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        var path = _folder.File("deep", "er", "some.safetensors");
        SafetensorsFile.Write(path, Two(), new Dictionary<string, string> { ["who"] = "Jürgen „Q“" });
        var (tensors, metadata) = SafetensorsFile.Read(path);
        Assert.Equal(["a/w", "b"], tensors.Keys);
        Assert.Equal([2, 3], tensors["a/w"].Shape);
        Assert.Equal([1, 2, 3, 4, float.Epsilon, -0f], tensors["a/w"].Values);
        Assert.Empty(tensors["b"].Shape);
        Assert.Equal("Jürgen „Q“", metadata["who"]);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));          // nothing is left beside it
    }

    [Fact]
    public void The_layout_is_that_of_the_format()
    {
        var path = _folder.File("one");
        SafetensorsFile.Write(path, Two());
        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        var header = Encoding.UTF8.GetString(bytes, 8, length).TrimEnd();
        Assert.StartsWith("{\"__metadata__\":{\"sha256\":\"", header, StringComparison.Ordinal);
        Assert.EndsWith("""},"a/w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}""", header, StringComparison.Ordinal);
        Assert.Equal(8 + length + 28, bytes.Length);
        Assert.Equal(2, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + length + 4)));
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one()
    {
        var path = _folder.File("kept");
        SafetensorsFile.Write(path, Two());
        var before = File.ReadAllBytes(path);
        Assert.Throws<DataException>(() => SafetensorsFile.Write(path, new Dictionary<string, NamedTensor> { ["x"] = new([5], new float[4]) }));
        Assert.Equal(before, File.ReadAllBytes(path));
        Directory.CreateDirectory(_folder.File("folder"));
        Assert.ThrowsAny<Exception>(() => SafetensorsFile.Write(_folder.File("folder"), Two()));
        Assert.Equal(["kept"], Directory.GetFiles(_folder.File()).Select(Path.GetFileName));
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var path = _folder.File("cut");
        SafetensorsFile.Write(path, Two());
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<DataException>(() => SafetensorsFile.Read(path));
        }
        File.WriteAllBytes(path, [.. bytes, 0]);
        Assert.Contains("belong to nothing", Assert.Throws<DataException>(() => SafetensorsFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        var path = _folder.File("flipped");
        SafetensorsFile.Write(path, Two(), new Dictionary<string, string> { ["who"] = "me" });
        var bytes = File.ReadAllBytes(path);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(path, bytes);
            Assert.Throws<DataException>(() => SafetensorsFile.Read(path, requireChecksum: true));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        File.WriteAllBytes(path, bytes);
        Assert.Equal(["who"], SafetensorsFile.Read(path, requireChecksum: true).Metadata.Keys);
    }

    [Fact]
    public void Files_of_other_programs_have_no_checksum()
    {
        var path = _folder.File("foreign");
        var json = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"""u8;
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, 0, 0, 0x80, 0x3F]);
        Assert.Equal([1], SafetensorsFile.Read(path).Tensors["a"].Values);
        Assert.Contains("no checksum", Assert.Throws<DataException>(() => SafetensorsFile.Read(path, requireChecksum: true)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[]""", "header")]
    [InlineData("""{"a":1}""", "header")]
    [InlineData("""{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", "holds 'a' as I32; F32, F16, BF16, F64 are read")]
    [InlineData("""{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,4]}}""", "its shape needs 6")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", "'a' twice")]
    [InlineData("""{"__metadata__":{"x":"1","x":"2"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "the text 'x' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'__metadata__' twice")]
    [InlineData("""{"__metadata__":[],"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'__metadata__' is no object")]
    [InlineData("""{"__metadata__":{"x":null},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "its text 'x' is no text")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'dtype' that does not belong there")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"path":"/etc/passwd"}}""", "'path' that does not belong there")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "no whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}""", "no whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "more than 2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}""", "too large")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", "header")]
    [InlineData(""" {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "does not begin with {")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} {}""", "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "its shape needs 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,400]}}""", "stands where the file has ended")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "stands where the file has ended")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "uses bytes twice")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", "header")]
    [InlineData("""{"__metadata__":{"a":1}}""", "header")]
    public void A_header_that_lies_is_refused(string header, string words)
    {
        var path = _folder.File("lie");
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, 0, 0, 0, 0]);
        Assert.Contains(words, Assert.Throws<DataException>(() => SafetensorsFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_is_read_however_deep_it_claims_to_be_or_long()
    {
        var path = _folder.File("odd");
        var length = new byte[8];
        void Refused(string words) => Assert.Contains(words, Assert.Throws<DataException>(() => SafetensorsFile.Read(path)).Message, StringComparison.Ordinal);
        var deep = Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', 100_000)}{new string(']', 100_000)}}}");
        BinaryPrimitives.WriteInt64LittleEndian(length, deep.Length);
        File.WriteAllBytes(path, [.. length, .. deep]);
        Refused("header");
        foreach (var claimed in (long[])[-1, 0, 1, 100_000_001, long.MaxValue, long.MinValue])
        {
            BinaryPrimitives.WriteInt64LittleEndian(length, claimed);
            File.WriteAllBytes(path, [.. length, .. "{}      "u8]);
            Refused("its header would be longer");
        }
    }

    [Fact]
    public void Many_small_tensors_cost_no_more_than_their_header_is_worth()
    {
        var header = new StringBuilder("{");
        const int Count = 20_000;
        for (var i = 0; i < Count; i++) header.Append(FormattableString.Invariant($"{(i == 0 ? "" : ",")}\"{i:x}\":{{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[{4 * i},{4 * i + 4}]}}"));
        var (path, json, length) = (_folder.File("many"), Encoding.UTF8.GetBytes(header.Append('}').ToString()), new byte[8]);
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. new byte[4 * Count]]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Count, SafetensorsFile.Read(path).Tensors.Count);
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{used / (double)json.Length:F1} bytes for each of the header"));
        Assert.InRange(used, json.Length, 16 * json.Length);
    }

    private static Dictionary<string, NamedTensor> Two() => new() { ["a/w"] = new([2, 3], [1, 2, 3, 4, float.Epsilon, -0f]), ["b"] = new([], [7]) };
}
