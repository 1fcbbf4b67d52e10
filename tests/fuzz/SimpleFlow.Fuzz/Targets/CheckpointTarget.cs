namespace SimpleFlow.Fuzz;

/// <summary>Checkpoints, which a model is loaded from and a fit goes on from.</summary>
internal sealed class CheckpointTarget : FuzzTarget
{
    public override string Name => "checkpoint";
    public override string Ending => ".safetensors";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-fuzz-");
        new Example().Fit(resume: null, folder.FullName);
        yield return ("fit.safetensors", File.ReadAllBytes(Directory.GetFiles(folder.FullName).Max()!));
        var example = new Example();
        example.Model.Save(Path.Combine(folder.FullName, "model"));
        yield return ("model.safetensors", File.ReadAllBytes(Path.Combine(folder.FullName, "model")));
        folder.Delete(recursive: true);
    }

    public override object Read(string path) => SafetensorsFile.Read(path, requireChecksum: true);

    public override void Use(string path, object read)
    {
        var folder = path + ".folder";
        Directory.CreateDirectory(folder);
        var place = Path.Combine(folder, "checkpoint-00000004.safetensors");
        File.Copy(path, place, overwrite: true);
        try
        {
            new Example().Fit(resume: folder, folder);
        }
        catch (DataException error)
        {
            // The same file, under the name that the caller knows.
            throw new DataException($"{path}: {error.Message}", error);
        }
        finally
        {
            new Example().Model.Load(path);
        }
    }

    // The fit that goes on is far larger than the file.
    public override long MemoryToUse(byte[] bytes) => 64L * bytes.Length + 64 * Ground;

    public override byte[] Structured(byte[] bytes, Mutator mutator) => NetworkTarget.Changed(bytes, mutator);

    private sealed class Example
    {
        private readonly Placeholder _x = new("x", [null, 2]), _y = new("y", [null, 1]);

        public Example()
        {
            var prediction = Layers.Dense(_x, 1);
            Model = new Model(Losses.MeanSquaredError(prediction, _y), prediction, new Momentum(0.01f), threads: 1);
        }

        public Model Model { get; }

        public void Fit(string? resume, string folder) =>
            Model.Fit(new Dataset { [_x] = new float[4, 2], [_y] = new float[4, 1] }, new FitOptions
            {
                Epochs = 2,
                BatchSize = 2,
                Callbacks = [new WeightAverage(), new BestWeights(), new EarlyStopping(9), new Checkpoint(folder)],
                Resume = resume,
            });
    }
}
