using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Clusters;

/// <summary>What happens to a fit with ranks when something is different on one of them, fails or is stopped.</summary>
public class ClusterFitTests
{
    private static readonly float[] Xs = [.. Enumerable.Range(0, 40).Select(i => i / 20f - 1)];

    [Fact]
    public void A_cluster_of_one_rank_trains_bit_for_bit_as_none()
    {
        var (with, without) = (LocalCluster.OnEachRank(1, cluster => Fitted(cluster))[0], Fitted(cluster: null));
        Assert.Equal(without.Variables.ToVector(), with.Variables.ToVector());
    }

    [Fact]
    public void All_ranks_start_from_the_weights_of_the_first()
    {
        var models = LocalCluster.OnEachRank(3, cluster =>
        {
            var model = Made();
            model.Variables[0].Set([cluster.Rank + 1f]);
            model.Fit(Data(model), new FitOptions { Epochs = 1, BatchSize = 4, Cluster = cluster });
            return model.Variables.ToVector();
        });
        Assert.All(models, weights => Assert.Equal(models[0], weights));
    }

    [Fact]
    public void Another_graph_seed_data_or_option_on_one_rank_is_found_at_the_start()
    {
        Different("the seed is 1 on rank 1 and 0 on rank 0", cluster => Fit(Made(seed: (ulong)cluster.Rank), cluster));
        Different("the graph is", cluster => Fit(Made(factor: cluster.Rank + 1), cluster));
        Different("the fingerprint 2 of the data is", cluster => Fit(Made(), cluster, change: cluster.Rank));
        Different("the learning rate is 0.5 on rank 1", cluster => Fit(Made(rate: cluster.Rank == 0 ? 0.1f : 0.5f), cluster));
        Different("the number of epochs is 3 on rank 1", cluster => Fit(Made(), cluster, epochs: 2 + cluster.Rank));

        static void Different(string what, Action<Cluster> fit) =>
            Assert.All(Errors(2, fit),
                error => Assert.Contains(what, Assert.IsType<ClusterException>(error).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Ranks_that_drift_apart_are_an_error_at_the_end_of_the_epoch() =>
        Assert.All(Errors(2, cluster => Fit(Made(), cluster, callbacks: [new Meddler()])),
            error => Assert.Contains("the ranks have drifted apart", Assert.IsType<ClusterException>(error).Message,
                StringComparison.Ordinal));

    [Fact]
    public void A_number_that_is_not_finite_on_one_rank_stops_all_at_the_same_step()
    {
        var steps = new long[3];
        var errors = Errors(3, cluster =>
        {
            var model = Made();
            try
            {
                Fit(model, cluster, broken: 17, shuffle: false);
            }
            finally
            {
                steps[cluster.Rank] = model.Iterations;
            }
        });
        Assert.All(steps, step => Assert.Equal(1, step));
        Assert.Equal(3, errors.Count);
        Assert.All(errors, error => Assert.Contains("Rows of the dataset, from 0: 17.", Assert.IsType<TrainingException>(error).Message,
            StringComparison.Ordinal));
        Assert.Equal(2, errors.Count(error => error.Message.Contains("So says rank 1", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_callback_that_fails_on_one_rank_ends_all()
    {
        var errors = Errors(3, cluster => Fit(Made(), cluster, callbacks: [new Failing(rank: 2)]));
        Assert.IsType<InvalidOperationException>(errors[0]);
        Assert.All(errors.Skip(1), error =>
            Assert.Equal("Rank 2 of 3 failed: out of paper", Assert.IsType<ClusterException>(error).Message));
    }

    [Fact]
    public void Cancelling_one_rank_stops_all_after_the_same_step_and_saves_once()
    {
        using var folder = new TemporaryFolder();
        var steps = new long[2];
        var errors = Errors(2, cluster =>
        {
            using var stop = new CancellationTokenSource();
            var model = Made();
            try
            {
                Fit(model, cluster, callbacks: [new Checkpoint(folder.File()), new Stopper(rank: 1, step: 1, stop)],
                    cancellation: stop.Token);
            }
            finally
            {
                steps[cluster.Rank] = model.Iterations;
            }
        });
        Assert.All(errors, error => Assert.IsType<OperationCanceledException>(error));
        Assert.Equal(steps[0], steps[1]);
        Assert.Single(Directory.GetFiles(folder.File(), "checkpoint-*"));
    }

    [Theory, InlineData(2, 6), InlineData(3, 4), InlineData(1, 12)]
    public void A_training_resumes_with_any_number_of_ranks_that_shares_the_batch(int ranks, int batch)
    {
        using var folder = new TemporaryFolder();
        var whole = LocalCluster.OnEachRank(2, cluster => Fitted(cluster, epochs: 4, batch: 6));
        LocalCluster.OnEachRank(2, cluster => Fitted(cluster, epochs: 2, batch: 6, folder: folder.File()));
        var resumed = LocalCluster.OnEachRank(ranks, cluster => Fitted(cluster, epochs: 4, batch: batch, folder: folder.File()));
        foreach (var model in resumed)
        {
            var (expected, actual) = (whole[0].Variables.ToVector(), model.Variables.ToVector());
            if (ranks == 2) Assert.Equal(expected, actual);
            else for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
            Assert.Equal(4, model.History.Epochs.Count);
        }
    }

    [Fact]
    public void A_batch_that_other_ranks_cannot_share_is_said()
    {
        using var folder = new TemporaryFolder();
        LocalCluster.OnEachRank(2, cluster => Fitted(cluster, epochs: 2, batch: 6, folder: folder.File()));
        Assert.All(Errors(3, cluster => Fitted(cluster, epochs: 4, batch: 6, folder: folder.File())).OfType<DataException>(),
            error => Assert.Contains("its batches have 12 rows and not 18, which are 4 on each of 3 ranks", error.Message,
                StringComparison.Ordinal));
        Assert.Contains(Errors(5, cluster => Fitted(cluster, epochs: 4, batch: 6, folder: folder.File())),
            error => error.Message.Contains("which 5 ranks cannot share evenly", StringComparison.Ordinal));
    }

    [Fact]
    public void Rank_0_alone_reports_progress_with_the_rows_of_all()
    {
        var reports = new System.Collections.Concurrent.ConcurrentBag<(int Rank, TrainingProgress Progress)>();
        LocalCluster.OnEachRank(2, cluster =>
        {
            var model = Made();
            return model.Fit(Data(model), new FitOptions
            {
                Epochs = 2,
                BatchSize = 5,
                Cluster = cluster,
                Progress = new Direct(progress => reports.Add((cluster.Rank, progress))),
            });
        });
        Assert.All(reports, report => Assert.Equal(0, report.Rank));
        Assert.Contains(reports, report => report.Progress is { Finished: not null, Batches: 4 });
    }

    [Theory, InlineData(2), InlineData(4)]
    public void A_step_sends_what_a_ring_must_send(int ranks)
    {
        var profiles = LocalCluster.OnEachRank(ranks, cluster =>
        {
            var (x, y) = (new Placeholder("x", [null, 64]), new Placeholder("y", [null, 64]));
            var model = new Model((Layers.Dense(x, 64) - y).Power(2).Mean(), optimizer: new Adam(), threads: 1);
            model.Fit(new Dataset { [x] = new float[32, 64], [y] = new float[32, 64] },
                new FitOptions { Epochs = 3, BatchSize = 8, Cluster = cluster }, TestContext.Current.CancellationToken);
            return cluster.LastFit!;
        });
        // Beside the gradients, 4160 numbers, the loss and the wish to stop travel in a bucket of their own, by way of a tree.
        var gradients = 2.0 * (ranks - 1) / ranks * 4160 * sizeof(float);
        Assert.All(profiles, profile => Assert.InRange(profile.BytesSent, gradients, gradients + 100));
        Assert.All(profiles, profile => Assert.InRange(profile.BytesInRing, gradients, gradients + 100));
        Assert.All(profiles, profile => Assert.Contains($"a step on one of {ranks} ranks", profile.ToText(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_fixed_number_of_rows_is_refused()
    {
        var errors = Errors(2, cluster =>
        {
            var x = new Placeholder("x", [5, 1]);
            var model = new Model((Layers.Dense(x, 1) - 1f).Power(2).Mean(), optimizer: new Adam());
            model.Fit(new Dataset { [x] = new float[10, 1] }, new FitOptions { Epochs = 1, BatchSize = 5, Cluster = cluster });
        });
        Assert.Contains(errors,
            error => error is GraphException && error.Message.Contains("Leave the number open", StringComparison.Ordinal));
    }

    private static System.Collections.ObjectModel.ReadOnlyCollection<Exception> Errors(int ranks, Action<Cluster> work) =>
        Assert.Throws<AggregateException>(() => LocalCluster.OnEachRank(ranks, cluster =>
        {
            work(cluster);
            return 0;
        })).InnerExceptions;

    private static Model Made(ulong seed = 0, float factor = 1, float rate = 0.1f)
    {
        var (x, y) = (new Placeholder("x", [null, 1]), new Placeholder("y", [null, 1]));
        var prediction = Layers.Dense(x, 1);
        return new Model((prediction - y).Power(2).Mean() * factor, prediction, new GradientDescent(rate), seed: seed, threads: 1);
    }

    private static Dataset Data(Model model, int change = 0, int? broken = null)
    {
        var placeholders = GraphOrder.Of(model.Losses).OfType<Placeholder>().ToDictionary(one => one.Name!, StringComparer.Ordinal);
        float[] ys = [.. Xs.Select((x, i) => i == broken ? float.NaN : 3 * x + 1)];
        ys[7] += change;
        return new Dataset { [placeholders["x"]] = Xs, [placeholders["y"]] = ys };
    }

    private static void Fit(Model model, Cluster cluster, int epochs = 2, int change = 0, int? broken = null, bool shuffle = true,
        IReadOnlyList<Callback>? callbacks = null, CancellationToken cancellation = default) =>
        model.Fit(Data(model, change, broken), new FitOptions
        {
            Epochs = epochs,
            BatchSize = 12 / cluster.Size,
            Cluster = cluster,
            Callbacks = callbacks ?? [],
            Shuffle = shuffle,
        }, cancellation);

    private static Model Fitted(Cluster? cluster, int epochs = 2, int batch = 6, string? folder = null)
    {
        var model = Made();
        model.Fit(Data(model), new FitOptions
        {
            Epochs = epochs,
            BatchSize = batch,
            Cluster = cluster,
            Resume = folder,
            Callbacks = folder is null ? [] : [new Checkpoint(folder, everySteps: 3)],
        });
        return model;
    }

    /// <summary>Changes a variable on one rank alone.</summary>
    private sealed class Meddler : Callback
    {
        protected internal override void AfterStep(TrainingRun run)
        {
            if (run.Cluster!.Rank == 1) run.Model.Variables[0].Set([5f]);
        }
    }

    private sealed class Failing(int rank) : Callback
    {
        protected internal override void AfterStep(TrainingRun run)
        {
            if (run.Cluster!.Rank == rank) throw new InvalidOperationException("out of paper");
        }
    }

    private sealed class Stopper(int rank, int step, CancellationTokenSource stop) : Callback
    {
        protected internal override void AfterStep(TrainingRun run)
        {
            if (run.Cluster!.Rank == rank && run.Position.Step == step) stop.Cancel();
        }
    }

    private sealed class Direct(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
