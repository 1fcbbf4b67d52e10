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
        Assert.EndsWith(
            """},"a/w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}""",
            header, StringComparison.Ordinal);
        Assert.Equal(8 + length + 28, bytes.Length);
        Assert.Equal(2, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + length + 4)));
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one()
    {
        var path = _folder.File("kept");
        SafetensorsFile.Write(path, Two());
        var before = File.ReadAllBytes(path);
        Assert.Throws<DataException>(() =>
            SafetensorsFile.Write(path, new Dictionary<string, NamedTensor> { ["x"] = new([5], new float[4]) }));
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
        Assert.Contains("belong to nothing", Assert.Throws<DataException>(() => SafetensorsFile.Read(path)).Message,
            StringComparison.Ordinal);
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
        Assert.Contains("no checksum", Assert.Throws<DataException>(() => SafetensorsFile.Read(path, requireChecksum: true)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[]""", "header")]
    [InlineData("""{"a":1}""", "header")]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,4]}}""",
        "holds 'a' as C64; F32, F16, BF16, F64, F8_E5M2, F8_E4M3, BOOL, U8, I8, U16, I16, U32, I32, U64, I64 are read")]
    [InlineData("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,4]}}""", "its shape needs 8")]
    [InlineData("""{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,4]}}""", "its shape needs 6")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""",
        "'a' twice")]
    [InlineData("""{"__metadata__":{"x":"1","x":"2"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "the text 'x' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'__metadata__' twice")]
    [InlineData("""{"__metadata__":[],"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'__metadata__' is not an object")]
    [InlineData("""{"__metadata__":{"x":null},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "its text 'x' is not a string")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'dtype' that does not belong there")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"path":"/etc/passwd"}}""", "'path' that does not belong there")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "not a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}""", "not a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "more than 2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}""", "too large")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", "header")]
    [InlineData(""" {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "does not begin with {")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} {}""", "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "its shape needs 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,400]}}""", "beyond the end of the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "beyond the end of the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        "uses bytes twice")]
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
    public void Whole_numbers_of_PyTorch_stay_whole()
    {
        var (tensors, metadata) =
            SafetensorsFile.Read(Path.Combine(Docs.Pages.Repository, "tests", "field", "weights", "torch-batchnorm.safetensors"));
        Assert.Equal("pt", metadata["format"]);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensors["0.weight"].Values);
        var tracked = tensors["1.num_batches_tracked"];
        Assert.Equal(("I64", true, 1, 0), (tracked.Type, tracked.IsInteger, tracked.Count, tracked.Shape.Count));
        Assert.Equal([9_007_199_254_740_993], tracked.ToIntegers());          // no double holds it
        Assert.Equal([9_007_199_254_740_992f], tracked.Values);
        Assert.Throws<DataException>(() => tensors["0.weight"].ToIntegers());

        // What was read can be written, and is then what it was.
        SafetensorsFile.Write(_folder.File("again"), tensors, metadata);
        var again = SafetensorsFile.Read(_folder.File("again")).Tensors;
        Assert.Equal(tensors.Keys, again.Keys);
        Assert.All(tensors, one => Assert.Equal((one.Value.Type, string.Join(' ', one.Value.Values)),
            (again[one.Key].Type, string.Join(' ', again[one.Key].Values))));
        Assert.Equal([9_007_199_254_740_993], again["1.num_batches_tracked"].ToIntegers());
        SafetensorsFile.Write(_folder.File("mine"),
            new Dictionary<string, NamedTensor> { ["n"] = NamedTensor.OfIntegers([2], [long.MinValue, long.MaxValue]) });
        Assert.Equal([long.MinValue, long.MaxValue], SafetensorsFile.Read(_folder.File("mine")).Tensors["n"].ToIntegers());
    }

    [Theory]
    [InlineData("BOOL", "00 01", new long[] { 0, 1 })]
    [InlineData("U8", "00 FF", new long[] { 0, 255 })]
    [InlineData("I8", "7F 80", new long[] { 127, -128 })]
    [InlineData("U16", "FF FF 01 00", new long[] { 65535, 1 })]
    [InlineData("I16", "FF FF 01 00", new long[] { -1, 1 })]
    [InlineData("U32", "FF FF FF FF", new[] { 4294967295L })]
    [InlineData("I32", "FE FF FF FF", new long[] { -2 })]
    [InlineData("U64", "FF FF FF FF FF FF FF 7F", new[] { long.MaxValue })]
    [InlineData("I64", "00 00 00 00 00 00 00 80", new[] { long.MinValue })]
    public void Every_kind_of_whole_number_is_read(string type, string bytes, long[] expected)
    {
        var tensor = SafetensorsFile.Read(Foreign(type, bytes, expected.Length)).Tensors["a"];
        Assert.Equal(expected, tensor.ToIntegers());
        Assert.Equal(Array.ConvertAll(expected, one => (float)one), tensor.Values);
        Assert.Equal(type, tensor.Type);
    }

    [Theory]
    [InlineData("F16", "00 3C FF 7B", new[] { 1f, 65504 })]
    [InlineData("BF16", "80 3F 49 C0", new[] { 1f, -3.140625f })]
    [InlineData("F64", "9A 99 99 99 99 99 B9 3F", new[] { 0.1f })]
    [InlineData("F8_E5M2", "3C 7B 01 FC", new[] { 1f, 57344, 1.52587890625e-05f, float.NegativeInfinity })]
    [InlineData("F8_E4M3", "38 7E 01 FF B8", new[] { 1f, 448, 0.001953125f, float.NaN, -1 })]
    public void Every_kind_of_float_is_read(string type, string bytes, float[] expected) =>
        Assert.Equal(expected, SafetensorsFile.Read(Foreign(type, bytes, expected.Length)).Tensors["a"].Values);

    [Fact]
    public void Whole_numbers_that_cannot_be_are_refused()
    {
        Assert.Contains("holds 'a' as BOOL, and its number 1 is 2",
            Assert.Throws<DataException>(() => SafetensorsFile.Read(Foreign("BOOL", "01 02", 2))).Message, StringComparison.Ordinal);
        var large = SafetensorsFile.Read(Foreign("U64", "00 00 00 00 00 00 00 80", 1)).Tensors["a"];
        Assert.Contains("its number 0 is larger than the largest long", Assert.Throws<DataException>(large.ToIntegers).Message,
            StringComparison.Ordinal);
        Assert.Equal([9.223372e18f], large.Values);
    }

    [Fact]
    public void The_table_of_contents_is_read_without_the_numbers()
    {
        var path = _folder.File("large");
        SafetensorsFile.Write(path, new Dictionary<string, NamedTensor>
        {
            ["w"] = new([1 << 20], new float[1 << 20]),
            ["n"] = NamedTensor.OfIntegers([], [3])
        }, new Dictionary<string, string> { ["who"] = "me" });
        var before = GC.GetAllocatedBytesForCurrentThread();
        var contents = SafetensorsFile.ReadContents(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal([("w", "F32", 4L << 20, 1), ("n", "I64", 8, 0)],
            contents.Tensors.Select(one => (one.Name, one.Type, one.Bytes, one.Shape.Count)));
        Assert.Equal(["who"], contents.Metadata.Keys);
        // A type that is not read spoils neither the table nor the rest.
        var foreign = Foreign("C64", "00 00 00 00 00 00 00 00", 1);
        Assert.Equal("C64", SafetensorsFile.ReadContents(foreign).Tensors.Single().Type);
        Assert.Empty(SafetensorsFile.Read(foreign, name => name != "a").Tensors);
    }

    private string Foreign(string type, string bytes, int count)
    {
        var data = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        var json = Encoding.UTF8.GetBytes($$$"""{"a":{"dtype":"{{{type}}}","shape":[{{{count}}}],"data_offsets":[0,{{{data.Length}}}]}}""");
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(_folder.File("typed"), [.. length, .. json, .. data]);
        return _folder.File("typed");
    }

    [Fact]
    public void A_header_is_read_however_deep_it_claims_to_be_or_long()
    {
        var path = _folder.File("odd");
        var length = new byte[8];
        void Refused(string words) =>
            Assert.Contains(words, Assert.Throws<DataException>(() => SafetensorsFile.Read(path)).Message, StringComparison.Ordinal);
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
        for (var i = 0; i < Count;
        i++)
            header.Append(FormattableString.Invariant(
            $"{(i == 0 ? "" : ",")}\"{i:x}\":{{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[{4 * i},{4 * i + 4}]}}"));
        var (path, json, length) = (_folder.File("many"), Encoding.UTF8.GetBytes(header.Append('}').ToString()), new byte[8]);
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. new byte[4 * Count]]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Count, SafetensorsFile.Read(path).Tensors.Count);
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine(
            FormattableString.Invariant($"{used / (double)json.Length:F1} bytes for each of the header"));
        Assert.InRange(used, json.Length, 16 * json.Length);
    }

    private static Dictionary<string, NamedTensor> Two() =>
        new() { ["a/w"] = new([2, 3], [1, 2, 3, 4, float.Epsilon, -0f]), ["b"] = new([], [7]) };
}
