namespace SimpleFlow.Tests.Growth;

/// <summary>That a model is written from where it lies, and read to where it belongs, without a copy.</summary>
public sealed class SaveGrowthTests : IDisposable
{
    private const int Units = 1_000;
    private const long Bytes = 4L * Units * Units;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Saving_a_model_takes_no_second_model()
    {
        var x = new Placeholder("x", [null, Units]);
        var model = new Model(x.MatMul(new Variable("w", [Units, Units])).Mean(), optimizer: new Adam());
        var path = Path.Combine(_folder, "model.safetensors");
        Assert.InRange(Allocated(() => model.Save(path)), 0, Bytes / 20);
        Assert.InRange(new FileInfo(path).Length, 3 * Bytes, 3 * Bytes + 10_000);
        Assert.InRange(Allocated(() => model.SaveWeights(Path.Combine(_folder, "weights.safetensors"))), 0, Bytes / 20);
    }

    [Fact]
    public void Loading_a_model_takes_no_second_model()
    {
        var x = new Placeholder("x", [null, Units]);
        var model = new Model(x.MatMul(new Variable("w", [Units, Units])).Mean(), optimizer: new Adam());
        string In(string name) => Path.Combine(_folder, name);
        model.Save(In("model.safetensors"));
        model.SaveWeights(In("weights.safetensors"));
        Assert.InRange(Allocated(() => model.Load(In("model.safetensors"))), 0, Bytes / 10);
        Assert.InRange(Allocated(() => model.LoadWeights(In("weights.safetensors"))), 0, Bytes / 10);
        Assert.InRange(Allocated(() => model.LoadWeights(In("weights.safetensors"), "*")), 0, Bytes / 10);
        Assert.InRange(Allocated(() => model.LoadWeights(In("weights.safetensors"),
            new Dictionary<string, string> { ["w"] = "w" })), 0, Bytes / 10);
        Assert.InRange(Allocated(() => model.SaveWeights(In("weights.npz"))), 0, Bytes / 10);
        Assert.InRange(Allocated(() => model.LoadWeights(In("weights.npz"))), 0, Bytes / 10);
    }

    [Fact]
    public void Loading_a_network_takes_its_weights_and_little_more()
    {
        var network = new Network(new(new ImageInput(1, 1, Units), new ClassOutput("class", ["a", "b"]), [new Layer.Dense(Units)]));
        var path = Path.Combine(_folder, "network.safetensors");
        network.Save(path);
        Assert.InRange(Allocated(() => Network.Load(path)), Bytes, 1.1 * Bytes);
    }

    [Fact]
    public void A_checkpoint_is_resumed_without_a_second_model()
    {
        var x = new Placeholder("x", [null, Units]);
        var model = new Model(x.MatMul(new Variable("w", [Units, Units])).Mean(), optimizer: new Adam());
        var data = new Dataset { [x] = new float[1, Units] };
        void Fit() => model.Fit(data, new FitOptions
        {
            Epochs = 2,
            BatchSize = 1,
            Callbacks = [new Checkpoint(_folder)],
            Resume = _folder,
        });
        Fit();
        Assert.InRange(Allocated(Fit), 0, Bytes / 10);
    }

    [Fact]
    public void Saving_the_copies_that_callbacks_keep_takes_no_further_ones()
    {
        var x = new Placeholder("x", [null, Units]);
        var model = new Model(x.MatMul(new Variable("w", [Units, Units])).Mean(), optimizer: new Adam());
        var saves = new Saves(Path.Combine(_folder, "state"));
        model.Fit(new Dataset { [x] = new float[1, Units] }, new FitOptions
        {
            Epochs = 3,
            BatchSize = 1,
            Callbacks = [new WeightAverage(), new BestWeights(), saves],
        });
        Assert.InRange(new FileInfo(Path.Combine(_folder, "state")).Length, 5 * Bytes, 5 * Bytes + 10_000);
        Assert.InRange(saves.Allocated, 0, Bytes / 20);
    }

    private sealed class Saves(string path) : Callback
    {
        public long Allocated { get; private set; }

        protected internal override void Paused(TrainingRun run, TrainingPause pause)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run.Save(path);
            Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void A_file_that_fails_when_it_is_read_again_says_which_variables_have_changed()
    {
        Variable[] variables = [new("a", [1]), new("b", [1]), new("c", [1])];
        var message = Assert.Throws<DataException>(() => SavedVariables.Fill("the file", variables,
            i => variables[i].Memory.Span[0] = i < 1 ? 7 : throw new IOException("The disk is gone."))).Message;
        Assert.Contains("The disk is gone. `b` and the variables after it do not have their values from the file, and 1 other", message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F64", "00 00 00 00 00 00 F0 7E", "too large for a float32")]
    [InlineData("BOOL", "02", "its number 0 is 2")]
    [InlineData("C64", "00 00 00 00 00 00 00 00", "as C64")]
    public void What_cannot_become_a_float_is_refused_before_any_variable_has_changed(string type, string bytes, string words)
    {
        Variable[] variables = [new("a", [1], Initializer.Zeros()), new("b", [1], Initializer.Zeros())];
        byte[] elements = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        var header = System.Text.Encoding.UTF8.GetBytes("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + $"\"b\":{{\"dtype\":\"{type}\",\"shape\":[1],\"data_offsets\":[4,{4 + elements.Length}]}}}}");
        var path = Path.Combine(_folder, "foreign.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 128, 63, .. elements]);
        var model = new Model((variables[0] + variables[1]).Sum());
        Assert.Contains(words, Assert.Throws<DataException>(() => model.LoadWeights(path)).Message, StringComparison.Ordinal);
        Assert.Equal(0, variables[0].Memory.Span[0]);
    }

    [Fact]
    public void What_could_not_be_read_again_is_not_written_and_the_old_file_stays()
    {
        // Names that together are longer than the header may be.
        var names = Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 26_000_000)).ToArray();
        var model = new Model(names.Select(name => (Node)new Variable(name, [1])).Aggregate((sum, one) => sum + one).Sum());
        var path = Path.Combine(_folder, "old.safetensors");
        File.WriteAllText(path, "old");
        foreach (var save in (Action[])[() => model.Save(path), () => model.SaveWeights(path),
            () => SafetensorsFile.Write(path, new Dictionary<string, NamedTensor>(),
                new Dictionary<string, string> { ["text"] = new('x', 100_000_001) })])
        {
            var error = Assert.Throws<SaveException>(save);
            Assert.Contains("its header would have more than the 100,000,000 bytes that the format allows", error.Message,
                StringComparison.Ordinal);
            Assert.Equal(path, error.Path);
        }
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));

        var longName = new Model(new Variable(new string('w', 65_532), [1]).Sum());
        var npz = Path.Combine(_folder, "weights.npz");
        Assert.Contains("has at most 65,531 bytes", Assert.Throws<SaveException>(() => longName.SaveWeights(npz)).Message,
            StringComparison.Ordinal);
        var fits = new Model(new Variable(new string('w', 65_531), [1]).Sum());
        fits.SaveWeights(npz);
        fits.LoadWeights(npz);
    }

    [Fact]
    public void What_is_written_is_what_was_there()
    {
        var w = new Variable("w", [3, 2]);
        w.Set([1, 2, 3, 4, 5, 6]);
        var path = Path.Combine(_folder, "weights.safetensors");
        new Model(w.Sum(), w).SaveWeights(path);
        Assert.Equal([1, 2, 3, 4, 5, 6], SafetensorsFile.Read(path, requireChecksum: true).Tensors["w"].Values);
    }

    private static long Allocated(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
