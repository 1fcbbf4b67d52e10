namespace SimpleFlow.Tests.Growth;

/// <summary>That a model is written from where it lies, without a copy.</summary>
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
