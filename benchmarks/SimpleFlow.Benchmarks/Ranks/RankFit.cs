using System.Diagnostics;

namespace SimpleFlow.Benchmarks;

/// <summary>A network that is trained for some steps, again and again, alone or on the ranks of a cluster.</summary>
internal sealed class RankFit
{
    private readonly Model _model;
    private readonly Dataset _data;
    private readonly FitOptions _options;
    private readonly StepClock _clock = new();

    /// <param name="network">The network.</param>
    /// <param name="threads">On how many threads of this process.</param>
    /// <param name="batch">The rows of a step on this rank.</param>
    /// <param name="steps">How many steps a run has.</param>
    /// <param name="cluster">The other ranks; null: there are none.</param>
    public RankFit(StepNetwork network, int threads, int batch, int steps, Cluster? cluster)
    {
        var graph = new Graph(network);
        _model = new Model(graph.Loss, optimizer: graph.Optimizer, threads: threads);
        var rows = batch * (cluster?.Size ?? 1) * steps;
        _data = new Dataset
        {
            [graph.X] = Tensors.Of(Repeated(network.X, rows * (network.X.Length / network.Batch)), [rows, .. network.Input]),
            [graph.Y] = Repeated(network.Classes, rows),
        };
        _options = new FitOptions { Epochs = 1, BatchSize = batch, Cluster = cluster, Callbacks = [_clock] };
    }

    /// <summary>How many numbers travelled together in the steps of the last run.</summary>
    public IReadOnlyList<int> Buckets => _clock.Buckets;

    /// <summary>Trains, and returns the seconds of a step. The first one compiles and does not count.</summary>
    public double SecondsOfAStep()
    {
        _clock.Steps = 0;
        _model.Fit(_data, _options);
        return Stopwatch.GetElapsedTime(_clock.First, _clock.Last).TotalSeconds / (_clock.Steps - 1);
    }

    private static T[] Repeated<T>(T[] values, int count) => [.. Enumerable.Range(0, count).Select(i => values[i % values.Length])];

    /// <summary>Looks at the clock after every step, and at the first one at what travelled.</summary>
    private sealed class StepClock : Callback
    {
        public long First { get; private set; }

        public long Last { get; private set; }

        public int Steps { get; set; }

        public int[] Buckets { get; private set; } = [];

        protected internal override void AfterStep(TrainingRun run)
        {
            Last = Stopwatch.GetTimestamp();
            if (Steps++ > 0) return;
            First = Last;
            Buckets = [.. run.Model.TrainingSteps.Across?.Buckets.Select(bucket => bucket.Length) ?? []];
        }
    }
}
