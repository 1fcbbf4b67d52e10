using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using SimpleFlow.Fuzz;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Fuzzing;

/// <summary>Files of megabytes that are made of what costs a reader most: many small things.
/// A changed file of a kilobyte shows nothing of that, as every reader has a megabyte to begin with.</summary>
[Trait("Promise", "10")]
public sealed class LargeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Files => [.. Made.Keys];

    private static readonly Dictionary<(string, string), Func<byte[]>> Made = new()
    {
        { ("csv", "one narrow column"), () => Text("a\n" + Repeat(2_000_000, "1\n")) },
        { ("csv", "empty cells"), () => Text(Commas(1000) + Repeat(3000, Commas(999, "") + "\n")) },
        { ("csv", "columns without rows"), () => Text(string.Join(',', Enumerable.Range(0, 600_000).Select(Short))) },
        { ("csv", "quotes"), () => Text("a,b\n" + Repeat(300_000, "\"\"\"\",\"\"\"\"\n")) },
        { ("csv", "an endless quote"), () => Text("a,b\n1,\"" + new string('x', 4_000_000)) },
        { ("csv", "a long text behind a quote"), () => Text("a,b\n1,\"2\"" + new string('x', 4_000_000)) },
        { ("csv", "UTF-16"), () => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a\n" + Repeat(1_000_000, "語\n"))] },
        { ("safetensors", "tensors of nothing"), () => Safetensors(60_000, "[0]") },
        { ("safetensors", "numbers"), () => Safetensors(60_000, "[]") },
        { ("safetensors", "texts"),
        () => Safetensors("{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, 300_000).Select(i => $"\"{Short(i)}\":\"\"")) + "}}",
            0) },
        { ("safetensors", "an escaped text"),
        () => Safetensors("{\"__metadata__\":{\"a\":\"\\n" + new string('x', 4_000_000) + "\"}}", 0) },
        { ("safetensors", "the last first"),
        () => Safetensors("{"
            + string.Join(',',
                Enumerable.Range(0, 60_000)
                    .Select(i =>
                        string.Create(CultureInfo.InvariantCulture,
                            $"\"{Short(i)}\":{{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[{4 * (59_999 - i)},{4 * (60_000 - i)}]}}")))
            + "}", 240_000) },
        { ("npz", "arrays of nothing"), () => Zip(20_000, "0,") },
        { ("npz", "numbers"), () => Zip(20_000, "") },
        { ("npz", "deflated numbers"), () => Zip(20_000, "", CompressionLevel.Optimal) },
        { ("npz", "a directory without files"), () => Directory(60_000) },
        { ("npy", "bytes"), () => Npy("|u1", "4000000,", 4_000_000) },
        { ("npy", "halves by columns"), () => Npy("<f2", "2000,1000", 4_000_000, fortran: true) },
        { ("layers", "many layers"), () => Text("[" + string.Join(',', Enumerable.Repeat("{\"layer\":\"relu\"}", 100_000)) + "]") },
        { ("layers", "flat layers"), () => Text("[" + string.Join(',', Enumerable.Repeat("{\"layer\":\"flatten\"}", 100_000)) + "]") },
        { ("layers", "not a list of layers"), () => Text("[" + string.Join(',', Enumerable.Repeat("null", 500_000)) + "]") },
        { ("layers", "sizes"),
        () => Text("[{\"layer\":\"reshape\",\"sizes\":[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "]}]") },
        { ("layers", "deep layers"), () => Text(Repeat(200_000, "[{\"layer\":\"residual\",\"layers\":")) },
    };

    [Theory, MemberData(nameof(Files))]
    public void Is_read_or_refused_with_four_times_its_length(string reader, string kind)
    {
        var target = FuzzTarget.All.Single(target => target.Name == reader);
        // What a reader needs once, such as the compiled code of a JSON reader, is not of this file.
        target.Run(target.Seeds().First().Bytes, _folder.File("first"));
        var bytes = Made[(reader, kind)]();
        var path = _folder.File("large");
        File.WriteAllBytes(path, bytes);
        var used = target.MemoryOfReading(path, out var refusal);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{bytes.Length:N0} bytes, {used:N0} allocated, {(double)used / bytes.Length:F2} times as many; {refusal?.Message ?? "read"}");
        Assert.InRange(used, 1, target.MemoryToRead(bytes));
    }

    [Theory, InlineData("lstm"), InlineData("gru"), InlineData("rnn")]
    public void A_network_of_long_sequences_takes_what_the_page_of_limits_says(string kind)
    {
        const int steps = 1_000_000;
        Layer layer = kind switch { "lstm" => new Layer.Lstm(1), "gru" => new Layer.Gru(1), _ => new Layer.Rnn(1) };
        var path = _folder.File("network");
        new Network(new(new TextInput("ab", steps), new ClassOutput("kind", ["a", "b"]), [new Layer.Embedding(2, 1), layer])).Save(path);
        Network.Load(path, threads: 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Network.Load(path, threads: 1);
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{new FileInfo(path).Length:N0} bytes, {used:N0} allocated");
        Assert.InRange(used, 1, 4096 * new FileInfo(path).Length + (16 << 20));
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Repeat(int count, string text) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    private static string Commas(int count) => string.Join(',', Enumerable.Range(0, count).Select(Short)) + "\n";

    private static string Commas(int count, string _) => new(',', count);

    // As short as names can be that differ.
    private static string Short(int i)
    {
        const string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+*/=<>!?%&()[]{}~^|";
        var name = new StringBuilder();
        do name.Append(letters[i % letters.Length]); while ((i /= letters.Length) > 0);
        return name.ToString();
    }

    private static byte[] Safetensors(int count, string shape)
    {
        var size = shape == "[]" ? 4 : 0;
        return Safetensors("{"
            + string.Join(',',
                Enumerable.Range(0, count)
                    .Select(i =>
                        string.Create(CultureInfo.InvariantCulture,
                            $"\"{Short(i)}\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{i * size},{(i + 1) * size}]}}")))
            + "}", count * size);
    }

    private static byte[] Safetensors(string header, int elements)
    {
        var text = Text(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. new byte[elements]];
    }

    private static byte[] Npy(string type, string shape, int elements, bool fortran = false)
    {
        var header = Text($"{{'descr':'{type}','fortran_order':{(fortran ? "True" : "False")},'shape':({shape})}}\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. new byte[elements]];
    }

    private static byte[] Zip(int count, string shape, CompressionLevel level = CompressionLevel.NoCompression)
    {
        var array = Npy("<f4", shape, shape == "" ? 4 : 0);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < count; i++)
            {
                using var entry = archive.CreateEntry(Short(i) + ".npy", level).Open();
                entry.Write(array);
            }
        }
        return stream.ToArray();
    }

    // Entries that all say that they are the same file of nothing.
    private static byte[] Directory(int count)
    {
        var zip = Zip(1, "0,");
        var place = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        var (entry, end) = (zip[place..^22], zip[^22..]);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)count);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), count * entry.Length);
        return [.. zip[..place], .. Enumerable.Repeat(entry, count).SelectMany(bytes => bytes), .. end];
    }
}
