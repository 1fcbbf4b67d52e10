namespace SimpleFlow.Shipped;

/// <summary>The same program on the ranks that mpirun has started.</summary>
internal static class OnRanks
{
    private const int HangingStep = 3;

    /// <param name="what">"train"; "hang": rank 1 stops in the middle; "missing": a file is not there on rank 1.</param>
    public static void Run(string what)
    {
        var cluster = Mpi.Mpi.World;
        if (what == "hang") cluster.Patience = TimeSpan.FromSeconds(2);
        float[] xs = [.. Enumerable.Range(0, 240).Select(i => i / 120f - 1)];
        var (x, y) = (new Placeholder("x", [null, 1]), new Placeholder("y", [null, 1]));
        var prediction = Layers.Dense(Layers.Dense(x, 16, Activation.Tanh), 1);
        var model = new Model(Losses.MeanSquaredError(prediction, y), prediction, new Adam(0.02f), threads: 1);
        var inputs = what == "missing" && cluster.Rank == 1 ? NpyFile.Open("not-on-this-host.npy") : xs;
        model.Fit(new Dataset { [x] = inputs, [y] = Array.ConvertAll(xs, v => v * v) }, new FitOptions
        {
            Epochs = 20,
            BatchSize = 24 / cluster.Size,
            Cluster = cluster,
            Callbacks = [new MayHang(what == "hang" && cluster.Rank == 1)],
        });
        if (cluster.Rank > 0) return;
        Console.WriteLine($"library: {Mpi.Mpi.Library ?? "none"}");
        Console.WriteLine($"ranks: {cluster.Size}");
        Console.WriteLine(FormattableString.Invariant($"loss: {model.History.Last.Loss:R}"));
    }

    /// <summary>All ranks must have the same callbacks, so on the others it does nothing.</summary>
    private sealed class MayHang(bool hangs) : Callback
    {
        protected override void AfterStep(TrainingRun run)
        {
            if (hangs && run.Position.Step == HangingStep) Thread.Sleep(Timeout.Infinite);
        }
    }
}
