using System.Numerics.Tensors;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>Training, evaluating and predicting over datasets, batch by batch.</content>
public sealed partial class Model
{
    /// <summary>Trains for some epochs: each visits every row once, in a new order, a batch at a time;
    /// the last batch may be smaller.</summary>
    /// <param name="dataset">What to train on; its rows are changed at random where it is told to (<see cref="Dataset.Augment"/>).</param>
    /// <param name="epochs">How many epochs.</param>
    /// <param name="batchSize">Rows per step.</param>
    /// <param name="validation">What to evaluate on after every epoch, if anything.</param>
    /// <param name="progress">Told a few times a second, and at the end of every epoch.</param>
    /// <param name="shuffle">Whether to visit the rows in random order.</param>
    /// <param name="schedule">What the optimizer's learning rate is multiplied by at each step; 1 by default. The rate itself stays as it
    /// is, and what a callback makes of it is multiplied from then on and stays after the fit.</param>
    /// <param name="callbacks">What happens beside the training.</param>
    /// <param name="accumulate">Of how many batches the gradients are averaged before the variables change: a batch as large as that, in
    /// the memory of one. What is left over at the end of an epoch counts for as little as it is.</param>
    /// <param name="resume">A folder of a <see cref="Checkpoint"/>: the fit goes on after the newest of its checkpoints, bit for bit as if
    /// it had never stopped, with the same data and callbacks. Where there is none yet it begins. The number of epochs may be another;
    /// it counts from the first.</param>
    /// <param name="cancellation">Stops after the running step.</param>
    /// <returns>The model's history, with these epochs at its end.</returns>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range: the message names the row, and the model stands
    /// at the end of the step before; or the checkpoints are damaged, or of another graph or fit: the message lists what differs;
    /// or the folder of a <see cref="Checkpoint"/> holds those of another training.</exception>
    /// <exception cref="GraphException">A placeholder is missing or has rows of a shape that does not fit.</exception>
    /// <exception cref="TrainingException">The loss or a gradient is not finite:
    /// that step was not made, and the model stands at the end of the one before.</exception>
    /// <exception cref="SaveException">A <see cref="Checkpoint"/> cannot be written;
    /// the model stands at the end of a step, and the checkpoints before are as they were.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the model stands at the end of a step and can be used.</exception>
    public History Fit(
        Dataset dataset, int epochs, int batchSize = 32, Dataset? validation = null, IProgress<TrainingProgress>? progress = null,
        bool shuffle = true, Schedule? schedule = null, IReadOnlyList<Callback>? callbacks = null, int accumulate = 1,
        string? resume = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulate, 1);
        RequireRows(dataset);
        if (validation is not null) RequireRows(validation);
        callbacks = Required.List(callbacks ?? [], nameof(callbacks));
        using var _ = Enter();
        using var claim = new VariableClaim(_written);
        Trainable(_training);
        using var loop = new TrainingLoop(this, new FitOptions(dataset, epochs)
        {
            BatchSize = batchSize,
            Validation = validation,
            Progress = progress,
            Shuffle = shuffle,
            Schedule = schedule,
            Callbacks = callbacks,
            Accumulate = accumulate,
            Resume = resume,
        }, cancellation);
        History.StopReason = null;
        loop.Run();
        return History;
    }

    /// <summary>
    /// The losses and metrics over a dataset: what one batch of all its rows would give, however many rows are computed at a time.
    /// Means, sums, maxima and what is computed from them, such as weighted means and roots, are put together exactly;
    /// a metric that compares rows with each other in another way is averaged over the batches by their rows.
    /// </summary>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
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
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
    /// <exception cref="GraphException">The model has no predictions, or its prediction has no row for each example.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor<float> Predict(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default) =>
        PredictRows(dataset, batchSize, count: 1, cancellation)[0];

    /// <summary>All predictions for every row of a dataset, a batch at a time, in the order in which the model was given them:
    /// each is [rows, ..].</summary>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
    /// <exception cref="GraphException">The model has no predictions, or one of them has no row for each example.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<Tensor<float>> PredictAll(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default) =>
        PredictRows(dataset, batchSize, _predictions.Length, cancellation);

    private Tensor<float>[] PredictRows(Dataset dataset, int batchSize, int count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireRows(dataset);
        if (_predictions.Length == 0)
            throw new GraphException("The model has no predictions: give it some, new Model(loss, predictions: …).");
        using var _ = Enter();
        using var batches = new Batches(_prediction, dataset, batchSize, cancellation);
        int[] order = [.. Enumerable.Range(0, dataset.Rows)];
        var (values, shapes) = (new float[count][], new Shape[count]);
        for (var batch = 0; batch < batches.Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var executable = batches.Load(order, batch, epoch: 0, out var rows);
            Tensor<float>[] parts;
            using (_reading.Enter())
            {
                executable.Run(batches.Loaded.Span);
                parts = [.. Enumerable.Range(0, count).Select(i => Fetch(executable, i))];
            }
            for (var i = 0; i < count; i++)
            {
                var shape = TensorMemory.ShapeOf(parts[i]);
                if (shape.Rank == 0 || shape[0] != rows || _predictions[i].Shape.Rank == 0)
                    throw new GraphException(
                        $"`{_predictions[i].Label}` is {_predictions[i].Shape} for {NumberText.Count(rows, "row")}: it has no row for "
                            + "each example. Predict with a feed instead.");
                var row = shape.Slice(1, shape.Rank - 1);
                if (batch == 0) values[i] = RoomFor(shapes[i] = Shape.Of(dataset.Rows).Append(row));
                parts[i].FlattenTo(values[i].AsSpan(batch * batchSize * (int)row.ElementCount));
            }
        }
        return [.. values.Select((one, i) => TensorMemory.Create(one, shapes[i]))];
    }

    private static float[] RoomFor(Shape shape)
    {
        const string advice = "Predict fewer rows at a time: dataset.Take and Skip.";
        MemoryBudget.RequireBlock(shape.ElementCount, () => $"Predictions of {shape} need", advice);
        MemoryBudget.Require(shape.ElementCount * sizeof(float), () => $"Predictions of {shape} need", advice);
        return new float[shape.ElementCount];
    }

    internal Evaluation EvaluateBatches(Dataset dataset, int batchSize, CancellationToken cancellation)
    {
        var totals = new RunningTotals(Totals);
        using var batches = new Batches(_evaluation, dataset, batchSize, cancellation);
        int[] order = [.. Enumerable.Range(0, dataset.Rows)];
        for (var batch = 0; batch < batches.Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var executable = batches.Load(order, batch, epoch: 0, out var rows);
            using var held = _reading.Enter();
            executable.Run(batches.Loaded.Span);
            Watch(executable, totals, rows);
        }
        return Result(totals);
    }

    private static void RequireRows(Dataset dataset)
    {
        if (dataset.Rows == 0) throw new DataException("The dataset has no rows: there is nothing to compute.");
    }
}
