using System.Diagnostics;
using System.Numerics.Tensors;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>Training, evaluating and predicting over datasets, batch by batch.</content>
public sealed partial class Model
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(100);

    /// <summary>Trains for some epochs: each visits every row once, in a new order, a batch at a time; the last batch may be smaller.</summary>
    /// <param name="dataset">What to train on.</param>
    /// <param name="epochs">How many epochs.</param>
    /// <param name="batchSize">Rows per step.</param>
    /// <param name="validation">What to evaluate on after every epoch, if anything.</param>
    /// <param name="progress">Told a few times a second, and at the end of every epoch.</param>
    /// <param name="shuffle">Whether to visit the rows in random order.</param>
    /// <param name="cancellation">Stops after the running step.</param>
    /// <returns>The model's history, with these epochs at its end.</returns>
    /// <exception cref="DataException">The dataset is empty.</exception>
    /// <exception cref="GraphException">A placeholder is missing or has rows of a shape that does not fit.</exception>
    /// <exception cref="TrainingException">The loss is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the model stands at the end of a step and can be used.</exception>
    public History Fit(
        Dataset dataset, int epochs, int batchSize = 32, Dataset? validation = null, IProgress<TrainingProgress>? progress = null, bool shuffle = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireRows(dataset);
        if (validation is not null) RequireRows(validation);
        using var _ = Enter();

        var order = new int[dataset.Rows];
        var batches = new Batches(Trainable(_training), dataset, batchSize);
        var average = new RunningAverage(1 + _metrics.Length);
        var clock = Stopwatch.StartNew();
        var reported = TimeSpan.Zero;
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var began = clock.Elapsed;
            if (shuffle) Shuffle.Fill(order, Seed, History.Epochs.Count);
            else for (var i = 0; i < order.Length; i++) order[i] = i;

            average.Clear();
            Executable executable = null!;
            for (var batch = 0; batch < batches.Count; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                executable = batches.Load(order, batch, out var rows);
                Step(executable);
                Watch(executable, average, rows);
                if (progress is null || clock.Elapsed - reported < BetweenReports) continue;
                reported = clock.Elapsed;
                progress.Report(Progress(finished: null, batch + 1));
            }
            KeepLosses(executable);

            var validated = validation is null ? null : EvaluateBatches(validation, Math.Max(batchSize, 256), cancellation);
            var result = new EpochResult(History.Epochs.Count + 1, Result(average), validated, clock.Elapsed - began);
            History.Add(result);
            progress?.Report(Progress(result, batches.Count));

            TrainingProgress Progress(EpochResult? finished, int done)
            {
                var rows = (epoch - 1L) * dataset.Rows + Math.Min((long)done * batchSize, dataset.Rows);
                var elapsed = clock.Elapsed;
                return new TrainingProgress(
                    epoch, epochs, done, batches.Count, Result(average), rows / elapsed.TotalSeconds, elapsed,
                    elapsed * ((double)epochs * dataset.Rows / rows - 1), finished);
            }
        }
        return History;
    }

    /// <summary>The losses and metrics over a dataset, averaged over its rows.</summary>
    /// <exception cref="DataException">The dataset is empty.</exception>
    /// <exception cref="GraphException">A placeholder is missing or has rows of a shape that does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Evaluation Evaluate(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireRows(dataset);
        using var _ = Enter();
        return EvaluateBatches(dataset, batchSize, cancellation);
    }

    /// <summary>The first prediction for every row of a dataset, a batch at a time: [rows, ..].</summary>
    /// <exception cref="DataException">The dataset is empty.</exception>
    /// <exception cref="GraphException">The model has no predictions, or its prediction has no row for each example.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor<float> Predict(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireRows(dataset);
        if (_predictions.Length == 0) throw new GraphException("The model has no predictions: give it some, new Model(loss, predictions: …).");
        using var _ = Enter();
        var batches = new Batches(_prediction, dataset, batchSize);
        int[] order = [.. Enumerable.Range(0, dataset.Rows)];
        var values = Array.Empty<float>();
        Shape? row = null;
        for (var batch = 0; batch < batches.Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var executable = batches.Load(order, batch, out var rows);
            executable.Run();
            var part = Fetch(executable, 0);
            var shape = TensorMemory.ShapeOf(part);
            if (shape.Rank == 0 || shape[0] != rows) throw new GraphException($"`{_predictions[0].Label}` is {shape} for {rows} rows: it has no row for each example. Predict with a feed instead.");
            row = shape.Slice(1, shape.Rank - 1);
            if (batch == 0) values = new float[checked(dataset.Rows * row.Count)];
            part.FlattenTo(values.AsSpan(batch * batchSize * row.Count));
        }
        return TensorMemory.Create(values, Shape.Of(dataset.Rows).Append(row!));
    }

    private Evaluation EvaluateBatches(Dataset dataset, int batchSize, CancellationToken cancellation)
    {
        var average = new RunningAverage(1 + _metrics.Length);
        var batches = new Batches(_evaluation, dataset, batchSize);
        int[] order = [.. Enumerable.Range(0, dataset.Rows)];
        for (var batch = 0; batch < batches.Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var executable = batches.Load(order, batch, out var rows);
            executable.Run();
            Watch(executable, average, rows);
        }
        return Result(average);
    }

    private static void RequireRows(Dataset dataset)
    {
        if (dataset.Rows == 0) throw new DataException("The dataset has no rows: there is nothing to compute.");
    }

    /// <summary>A dataset cut into batches for a session: all but the last have the same size, so there are at most two plans.</summary>
    private sealed class Batches(Session session, Dataset dataset, int batchSize)
    {
        private Executable? _full, _last;

        public int Count { get; } = (dataset.Rows + batchSize - 1) / batchSize;

        /// <summary>Copies the batch's rows to where the plan reads them.</summary>
        public Executable Load(int[] order, int batch, out int rows)
        {
            var start = batch * batchSize;
            rows = Math.Min(batchSize, dataset.Rows - start);
            var executable = rows == batchSize ? _full ??= session.For(Shapes(rows)) : _last ??= session.For(Shapes(rows));
            foreach (var (placeholder, array) in dataset)
            {
                if (executable.Reads(placeholder)) FeedShape.Gather(array, order.AsSpan(start, rows), executable.Feed(placeholder), placeholder.ElementType);
            }
            return executable;
        }

        private Dictionary<Placeholder, Shape> Shapes(int rows)
        {
            var shapes = new Dictionary<Placeholder, Shape>(ReferenceEqualityComparer.Instance);
            foreach (var (placeholder, array) in dataset)
            {
                var shape = FeedShape.Of(placeholder, array, rows);
                // Numbers that lie flat may fill a shape of fewer rows, but shuffled they would be dealt out anew.
                if (shape.Rank > 0 && shape[0] != rows) throw GraphException.WrongFeed(placeholder, Shape.OfLongs([rows, .. array.Dimensions[1..]]));
                shapes[placeholder] = shape;
            }
            return shapes;
        }
    }
}
