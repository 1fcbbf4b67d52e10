using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Saved files with a bit that flipped, or without their end: noticed, and never loaded.</summary>
[Trait("Promise", "9")]
public sealed class DamageTests(ITestOutputHelper output) : IDisposable
{
    private const int Flips = 2500;          // of each kind of file, spread evenly over all its bits
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_damaged_model_is_refused_and_the_model_stays_as_it_was()
    {
        var path = _folder.File("model.safetensors");
        Trained(epochs: 3, _folder.File("unused")).Save(path);
        var loading = Trained(epochs: 1, _folder.File("other"));
        var (before, steps) = (Weights.Of(loading), loading.Iterations);
        Damage("a model", path, () => Refused(() => loading.Load(path)));
        Weights.AssertSame(before, Weights.Of(loading));
        Assert.Equal(steps, loading.Iterations);
        loading.Load(path);          // once it is whole again
        Assert.NotEqual(steps, loading.Iterations);
    }

    /// <summary>What of a file is not weights, such as the name of the program that wrote it, may be damaged.</summary>
    [Theory, InlineData("weights.safetensors"), InlineData("weights.npz")]
    public void Damaged_weights_are_refused_or_the_same(string name)
    {
        var path = _folder.File(name);
        var (saved, loading) = (Trained(epochs: 3, _folder.File("unused")), Trained(epochs: 1, _folder.File("other")));
        saved.SaveWeights(path);
        var (expected, before) = (Weights.Of(saved), loading.Variables.Select(variable => variable.Memory.Span.ToArray()).ToList());
        var (refused, kept) = (0, Weights.Of(loading));
        Assert.NotEqual(expected, kept);
        Damage(name, path, () =>
        {
            foreach (var (variable, elements) in loading.Variables.Zip(before)) elements.CopyTo(variable.Memory.Span);
            if (Record.Exception(() => loading.LoadWeights(path)) is not { } error)
            {
                Weights.AssertSame(expected, Weights.Of(loading));
                return;
            }
            Assert.IsType<DataException>(error);
            Weights.AssertSame(kept, Weights.Of(loading));
            refused++;
        });
        Assert.True(refused > 100);
    }

    [Fact]
    public void A_damaged_network_is_refused()
    {
        var path = _folder.File("network.safetensors");
        new Network(new(new ImageInput(1, 4, 4), new ClassOutput("class", ["a", "b"]),
            [new Layer.Conv2D(2, 3), new Layer.Dense(5, Activation.Relu)])).Save(path);
        Damage("a network", path, () => Refused(() => Network.Load(path)));
        Network.Load(path);
    }

    [Fact]
    public void Of_damaged_checkpoints_the_one_before_is_taken()
    {
        var folder = _folder.File("run");
        Trained(epochs: 3, folder);
        var (newest, weights) = Newest(folder);
        var older = Directory.GetFiles(folder).Where(file => file != newest).Max()!;
        var expected = SafetensorsFile.Read(older).Tensors;
        Assert.NotEqual(expected["out/w"].Values, weights);
        Damage("a checkpoint", newest, () =>
        {
            var read = Newest(folder);
            Assert.Equal(older, read.Path);
            Assert.Equal(expected["out/w"].Values, read.Weights);
        });
        Assert.Equal(newest, Newest(folder).Path);
        foreach (var other in Directory.GetFiles(folder).Where(file => file != newest)) File.Delete(other);
        Damage("the only checkpoint", newest, () => Refused(() => CheckpointFolder.NewestPath(folder)));
    }

    private static (string Path, float[] Weights) Newest(string folder)
    {
        using var file = CheckpointFolder.Newest(folder)!.Value.File;
        return (file.Path, file.Read(file.Find("out/w")!.Value).Values);
    }

    /// <summary>Flips bits and cuts the end off, one after the other, and looks each time.</summary>
    private void Damage(string what, string path, Action assertNoticed)
    {
        var whole = File.ReadAllBytes(path);
        var (bits, flips, cuts) = (8L * whole.Length, 0, 0);
        // An odd step comes past every place of a byte.
        var step = Math.Max(1, bits / Flips) | 1;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0))
        {
            for (var bit = 0L; bit < bits; bit += step, flips++)
            {
                Write(file, bit / 8, (byte)(whole[bit / 8] ^ 1 << (int)(bit % 8)));
                assertNoticed();
                Write(file, bit / 8, whole[bit / 8]);
            }
            for (var length = whole.Length - 1; length >= 0; length -= length > 64 ? 3 : 1, cuts++)
            {
                file.SetLength(length);
                assertNoticed();
            }
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        assertNoticed();
        File.WriteAllBytes(path, whole);
        output.WriteLine($"{what} of {whole.Length:N0} bytes: {flips:N0} bit flips and {cuts:N0} cuts, all noticed");
    }

    private static void Write(FileStream file, long at, byte value)
    {
        file.Position = at;
        file.WriteByte(value);
    }

    private static void Refused(Action load) => Assert.Throws<DataException>(load);

    private static Model Trained(int epochs, string folder)
    {
        var x = new Placeholder("x", [null, 3]);
        var y = new Placeholder("y", [null, 1]);
        var model = new Model(Losses.MeanSquaredError(Layers.Dense(x, 1, name: "out"), y), optimizer: new Adam(0.01f), seed: 1, threads: 1);
        var data = new Dataset { [x] = new float[,] { { 1, 2, 3 }, { 3, 1, 2 }, { 0, 1, 0 } }, [y] = new float[] { 1, 2, -1 } };
        model.Fit(data, new FitOptions { Epochs = epochs, BatchSize = 2, Callbacks = [new Checkpoint(folder)] });
        return model;
    }
}
