using System.Buffers.Binary;
using System.Text;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>The weights alone, from and for other programs.</summary>
[Trait("Promise", "18")]
public sealed class WeightsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Placeholder _x = new("x", [null, 2]), _y = new("y", [null, 2]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("w.safetensors")]
    [InlineData("w.npz")]
    [InlineData("W.NPZ")]
    public void Weights_are_saved_and_loaded_without_what_the_optimizer_remembers(string name)
    {
        var (trained, path) = (Model(new Adam(0.01f)), _folder.File(name));
        trained.Fit(new Feed { [_x] = new float[3, 2], [_y] = new float[3, 2] }, 5);
        trained.SaveWeights(path);
        string[] names = [.. name.EndsWith("npz", StringComparison.OrdinalIgnoreCase) ? NpzFile.Read(path).Keys
            : SafetensorsFile.Read(path).Tensors.Keys];
        Assert.Equal(["dense/b", "dense/w"], names.Order());
        // Another optimizer does not matter, nor does another seed.
        var other = Model(new Momentum(0.1f), seed: 9);
        other.LoadWeights(path);
        Weights.AssertSame(Weights.Of(trained), Weights.Of(other));
        Assert.Equal(0, other.Iterations);
    }

    [Theory]
    [InlineData("another", "`dense/b` is missing; `dense/w` is missing; `another` is not used here")]
    [InlineData("dense/w", "`dense/b` is missing; `dense/w` is [8000000] and should be [2, 2]")]
    public void An_archive_is_refused_by_names_and_shapes_before_it_is_unpacked(string name, string words)
    {
        // 32 MB of zeros, which are 31 KB in the file.
        var (model, path) = (Model(), _folder.File("zeros.npz"));
        NpzFile.Write(path, new Dictionary<string, DataArray> { [name] = new float[8_000_000] }, compressed: true);
        Assert.InRange(new FileInfo(path).Length, 1, 100_000);
        Refused(model, path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Refused(model, path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1 << 20);
        foreach (var word in words.Split("; ")) Assert.Contains(word, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_other_programs_are_read_in_their_types()
    {
        // w as float16, [[1, -2], [0.5, 65504]]; b as float64.
        const string Halves = """
            {"dense/w":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]},"dense/b":{"dtype":"F64","shape":[2],"data_offsets":[8,24]}}
            """;
        byte[] halves = [0x00, 0x3C, 0x00, 0xC0, 0x00, 0x38, 0xFF, 0x7B];
        var doubles = new byte[16];
        BinaryPrimitives.WriteDoubleLittleEndian(doubles, 0.1);
        BinaryPrimitives.WriteDoubleLittleEndian(doubles.AsSpan(8), double.NegativeInfinity);
        var model = Model();
        model.LoadWeights(
            Foreign(Halves, [.. halves, .. doubles]));
        Assert.Equal([1, -2, 0.5f, 65504], Of(model, "dense/w"));
        Assert.Equal([0.1f, float.NegativeInfinity], Of(model, "dense/b"));
        // bfloat16 is the upper half of a float32: 1, −3.140625, the smallest, NaN.
        model.LoadWeights(
            Foreign("""
                {"dense/b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"dense/w":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}
                """, [0x80, 0x3F, 0x49, 0xC0, 0x01, 0x00, 0xC0, 0x7F, .. new byte[8]]));
        Assert.Equal([1, -3.140625f, BitConverter.Int32BitsToSingle(0x10000), float.NaN], Of(model, "dense/w"));
        BinaryPrimitives.WriteDoubleLittleEndian(doubles, 1e39);
        Assert.Contains("holds 'dense/b' as F64, and its number 0 is too large for a float32",
            Refused(model,
                Foreign(Halves, [.. halves, .. doubles])), StringComparison.Ordinal);
    }

    [Fact]
    public void Doubles_of_NumPy_that_no_float_can_hold_are_refused()
    {
        using (var archive = System.IO.Compression.ZipFile.Open(_folder.File("d.npz"), System.IO.Compression.ZipArchiveMode.Create))
        {
            foreach (var (name, shape, count) in ((string, string, int)[])[("dense/w", "2, 2", 4), ("dense/b", "2,", 2)])
            {
                using var entry = archive.CreateEntry(name + ".npy").Open();
                var header = Encoding.Latin1.GetBytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}\n");
                var numbers = new byte[8 * count];
                if (name == "dense/b") BinaryPrimitives.WriteDoubleLittleEndian(numbers.AsSpan(8), -1e300);
                entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. numbers]);
            }
        }
        Assert.Contains("'dense/b.npy' holds float64, and its number 1 is too large for a float32", Refused(Model(), _folder.File("d.npz")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.safetensors")]
    [InlineData("x.npz")]
    public void What_differs_is_listed_and_nothing_changes(string name)
    {
        var (model, path) = (Model(), _folder.File(name));
        var before = Weights.Of(model);
        if (name.EndsWith("npz", StringComparison.Ordinal))
            NpzFile.Write(path, new Dictionary<string, DataArray> { ["dense/w"] = new float[2, 3], ["fc.weight"] = new float[1] });
        else SafetensorsFile.Write(path,
            new Dictionary<string, NamedTensor> { ["dense/w"] = new([2, 3], new float[6]), ["fc.weight"] = new([1], [1]) });
        var message = Refused(model, path);
        foreach (var words in (string[])[path, "`dense/w` is [2, 3] and should be [2, 2]", "`dense/b` is missing",
            "`fc.weight` is not used here"])
            Assert.Contains(words, message, StringComparison.Ordinal);
        Weights.AssertSame(before, Weights.Of(model));
    }

    [Fact]
    public void Another_ending_is_refused_before_anything_is_written()
    {
        var path = _folder.File("w.pt");
        Assert.Contains("end in .safetensors or .npz", Assert.Throws<DataException>(() => Model().SaveWeights(path)).Message,
            StringComparison.Ordinal);
        Assert.Contains("end in .safetensors or .npz", Refused(Model(), path), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.File()));
        Assert.Contains("no such file", Refused(Model(), _folder.File("none.npz")), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_variables_of_one_name_are_told_apart_by_their_order()
    {
        Model Twice(ulong seed)
        {
            var prediction = Layers.Dense(Layers.Dense(_x, 2), 2);
            return new Model(prediction.Power(2).Mean(), prediction, seed: seed);
        }
        var (first, second) = (Twice(1), Twice(2));
        first.SaveWeights(_folder.File("twice.npz"));
        Assert.Equal(["dense/b", "dense/b#2", "dense/w", "dense/w#2"],
            NpzFile.Read(_folder.File("twice.npz")).Keys.Order(StringComparer.Ordinal));
        second.LoadWeights(_folder.File("twice.npz"));
        Weights.AssertSame(Weights.Of(first), Weights.Of(second));
    }

    [Theory]
    [InlineData("part.safetensors")]
    [InlineData("part.npz")]
    public void Some_weights_are_loaded_and_the_report_says_which(string name)
    {
        var (body, path) = (Model(seed: 5), _folder.File(name));
        body.SaveWeights(path);
        var hidden = Layers.Dense(_x, 2, Activation.Relu);                                     // dense/w and dense/b, as in the file
        var prediction = Layers.Dense(hidden, 2, name: "head");
        var model = new Model(Losses.MeanSquaredError(prediction, _y), prediction, seed: 9, threads: 1);
        var head = Of(model, "head/w");

        var report = model.LoadWeights(path, "dense/w*");
        Assert.Equal([("dense/w", "dense/w")], report.Taken);
        Assert.Equal(["dense/b", "head/b", "head/w"], report.Kept.Order(StringComparer.Ordinal));
        Assert.Equal(["dense/b"], report.Unused);
        Assert.Contains("loaded from the file:    1: `dense/w`", report.ToString(), StringComparison.Ordinal);
        Assert.Equal(Of(body, "dense/w"), Of(model, "dense/w"));
        Assert.Equal(head, Of(model, "head/w"));
        Assert.Equal(["dense/b", "dense/w"], model.LoadWeights(path, "*").Taken.Select(one => one.Variable).Order(StringComparer.Ordinal));

        report = model.LoadWeights(path, new Dictionary<string, string> { ["head/w"] = "dense/w" });
        Assert.Equal(Of(body, "dense/w"), Of(model, "head/w"));
        Assert.Contains("`head/w from dense/w`", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("not used from the file:  1: `dense/b`", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Some_weights_that_do_not_fit_change_nothing()
    {
        var (model, path) = (Model(), Path.Combine(Docs.Pages.Repository, "tests", "field", "weights", "torch-batchnorm.safetensors"));
        var before = Weights.Of(model);
        void Refuse(string words, Func<LoadedWeights> load) =>
            Assert.Contains(words, Assert.Throws<DataException>(load).Message, StringComparison.Ordinal);
        Refuse("no name in common that fits 'dense*'. The model has `dense/b`, `dense/w`; the file has `0.bias`",
            () => model.LoadWeights(path, "dense*"));
        Refuse("no variables `dense/x`; it has `dense/b`, `dense/w`",
            () => model.LoadWeights(path, new Dictionary<string, string> { ["dense/x"] = "0.weight" }));
        Refuse("has no tensors `0.w`; it has `0.bias`",
            () => model.LoadWeights(path, new Dictionary<string, string> { ["dense/w"] = "0.w" }));
        Refuse("`dense/w` is [3, 2] and should be [2, 2]",
            () => model.LoadWeights(path, new Dictionary<string, string> { ["dense/w"] = "0.weight" }));
        Weights.AssertSame(before, Weights.Of(model));
    }

    private static string Refused(Model model, string path) => Assert.Throws<DataException>(() => model.LoadWeights(path)).Message;

    private static float[] Of(Model model, string name) => model.Variables.Single(variable => variable.Name == name).Memory.Span.ToArray();

    private Model Model(Optimizer? optimizer = null, ulong seed = 1)
    {
        var prediction = Layers.Dense(_x, 2);
        return new Model(Losses.MeanSquaredError(prediction, _y), prediction, optimizer, seed: seed, threads: 1);
    }

    private string Foreign(string header, byte[] elements)
    {
        var (path, text, length) = (_folder.File("foreign.safetensors"), Encoding.UTF8.GetBytes(header), new byte[8]);
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. elements]);
        return path;
    }
}
