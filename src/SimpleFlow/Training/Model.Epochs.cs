using System.Diagnostics;
using System.Numerics.Tensors;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>Training, evaluating and predicting over datasets, batch by batch.</content>
public sealed partial class Model
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(100);

    /// <summary>Trains for some epochs: each visits every row once, in a new order, a batch at a time; the last batch may be smaller.</summary>
    /// <param name="dataset">What to train on; its rows are changed at random where it is told to (<see cref="Dataset.Augment"/>).</param>
    /// <param name="epochs">How many epochs.</param>
    /// <param name="batchSize">Rows per step.</param>
    /// <param name="validation">What to evaluate on after every epoch, if anything.</param>
    /// <param name="progress">Told a few times a second, and at the end of every epoch.</param>
    /// <param name="shuffle">Whether to visit the rows in random order.</param>
    /// <param name="schedule">What the optimizer's learning rate is multiplied by at each step; 1 by default. The rate itself stays as it is, and what a callback makes of it is multiplied from then on and stays after the fit.</param>
    /// <param name="callbacks">What happens beside the training.</param>
    /// <param name="accumulate">Of how many batches the gradients are averaged before the variables change: a batch as large as that, in the memory of one. What is left over at the end of an epoch counts for as little as it is.</param>
    /// <param name="resume">A folder of a <see cref="Checkpoint"/>: the fit goes on after the newest of its checkpoints, bit for bit as if it had never stopped, with the same data and callbacks. Where there is none yet it begins. The number of epochs may be another; it counts from the first.</param>
    /// <param name="cancellation">Stops after the running step.</param>
    /// <returns>The model's history, with these epochs at its end.</returns>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range: the message names the row, and the model stands at the end of the step before; or the checkpoints are damaged, or of another graph or fit: the message lists what differs; or the folder of a <see cref="Checkpoint"/> holds those of another training.</exception>
    /// <exception cref="GraphException">A placeholder is missing or has rows of a shape that does not fit.</exception>
    /// <exception cref="TrainingException">The loss or a gradient is not finite: that step was not made, and the model stands at the end of the one before.</exception>
    /// <exception cref="SaveException">A <see cref="Checkpoint"/> cannot be written; the model stands at the end of a step, and the checkpoints before are as they were.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the model stands at the end of a step and can be used.</exception>
    public History Fit(
        Dataset dataset, int epochs, int batchSize = 32, Dataset? validation = null, IProgress<TrainingProgress>? progress = null, bool shuffle = true,
        Schedule? schedule = null, IReadOnlyList<Callback>? callbacks = null, int accumulate = 1, string? resume = null, CancellationToken cancellation = default)
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
        var (gathering, applying) = accumulate == 1 ? (null, Trainable(_training)) : Accumulation(accumulate);
        Checkpoint[] checkpoints = [.. callbacks.OfType<Checkpoint>()];
        var settings = new FitSettings(
            dataset.Rows, batchSize, shuffle, accumulate, Optimizer!.LearningRate, $"{Optimizer}", $"{schedule ?? Schedule.Constant}",
            resume is null && checkpoints.Length == 0 ? [] : [.. DataFingerprint.Of("training", dataset), .. validation is null ? [] : DataFingerprint.Of("validation", validation)],
            [.. callbacks.Select(callback => callback.GetType().Name)], [.. callbacks.Select(callback => callback.Settings)]);
        var steps = (dataset.Rows - 1L) / batchSize + 1;
        // First, as the changes of rows follow from the seed that was saved.
        var resumed = resume is null ? null : Resume(
            resume, settings, () => [.. DataFingerprint.OfVersion1("training", dataset), .. validation is null ? [] : DataFingerprint.OfVersion1("validation", validation)], steps, isValidated: validation is not null);
        using var batches = new Batches(applying, dataset, batchSize, cancellation, Seed, augmented: true);
        using var gathered = gathering is null ? null : new Batches(gathering, dataset, batchSize, cancellation, Seed, augmented: true);
        var run = new TrainingRun(this, epochs, batches.Count, (data, size) => EvaluateBatches(data, size, cancellation));
        History.StopReason = null;
        try
        {
            foreach (var callback in callbacks) callback.Begin(run);
            if (resumed is not null) Restore(resumed);
            Train();
        }
        catch (OperationCanceledException)
        {
            // Between two steps, or in a validation whose epoch is trained: either can be gone on from.
            foreach (var checkpoint in checkpoints) checkpoint.Consider(run, always: true);
            throw;
        }
        finally
        {
            foreach (var callback in callbacks) callback.End(run);
        }
        return History;

        void Train()
        {
            var order = new int[dataset.Rows];
            var (done, batch, before) = (resumed?.Epoch ?? 0, resumed?.Batch ?? 0, resumed?.Elapsed ?? TimeSpan.Zero);
            var average = new RunningAverages(1 + _metrics.Length);
            var clock = Stopwatch.StartNew();
            var reported = TimeSpan.Zero;
            if (resumed is not null) average.Restore(resumed.Sums, resumed.SummedRows);
            var began = clock.Elapsed - before;
            run.State = () => new FitState(
                settings, done, batch, run.Position.Step, average.State.Sums, average.State.Rows, clock.Elapsed - began, run.StopReason, [.. callbacks.Select(Remembers)], run.LearningRate);
            for (var epoch = done + 1; epoch <= epochs && run.StopReason is null; epoch++)
            {
                var number = History.Epochs.Count;
                if (shuffle) Shuffle.Fill(order, Seed, number);
                else for (var i = 0; i < order.Length; i++) order[i] = i;

                Executable? executable = null;
                try
                {
                    while (batch < batches.Count)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        // What is gathered is applied after so many batches, and at the end of the epoch.
                        var applies = gathered is null || (batch + 1) % accumulate == 0 || batch == batches.Count - 1;
                        var source = applies ? batches : gathered!;
                        executable = source.Load(order, batch, number, out var rows);
                        run.LearningRate = Optimizer!.LearningRate * (schedule?.At(run.Position) ?? 1);
                        Step(executable, source.Loaded, run.LearningRate);
                        Watch(executable, average, rows);
                        if (callbacks.Count > 0) Tell(executable);
                        run.Position = run.Position with { Step = run.Position.Step + 1 };
                        batch++;
                        if (batch < batches.Count) foreach (var checkpoint in checkpoints) checkpoint.Consider(run, always: false);
                        if (progress is null || clock.Elapsed - reported < BetweenReports) continue;
                        reported = clock.Elapsed;
                        progress.Report(Progress(finished: null, batch));
                    }
                }
                finally
                {
                    if (executable is not null) KeepLosses(executable);
                }

                var result = Validated(number);
                (done, batch, began) = (epoch, 0, clock.Elapsed);
                average.Clear();
                foreach (var checkpoint in checkpoints) checkpoint.Consider(run, always: true);
                if (epoch < epochs) History.StopReason = run.StopReason;
                progress?.Report(Progress(result, batches.Count));

                EpochResult Validated(int number)
                {
                    foreach (var callback in callbacks) callback.BeforeValidation(run);
                    try
                    {
                        var validated = validation is null ? null : EvaluateBatches(validation, Math.Max(batchSize, 256), cancellation);
                        var result = new EpochResult(number + 1, Result(average), validated, clock.Elapsed - began) { LearningRate = run.LearningRate };
                        History.Add(result);
                        foreach (var callback in callbacks) callback.AfterEpoch(run, result);
                        return result;
                    }
                    catch (OperationCanceledException)
                    {
                        // Nobody knows of an epoch whose validation was not finished: what goes on from here validates again.
                        if (History.Epochs.Count > number) History.RemoveLast();
                        throw;
                    }
                    finally
                    {
                        // What was exchanged for the validation comes back, so that a checkpoint holds what is trained.
                        foreach (var callback in callbacks) callback.AfterValidation(run);
                    }
                }

                TrainingProgress Progress(EpochResult? finished, int batchesDone)
                {
                    var rows = (epoch - 1L) * dataset.Rows + Math.Min((long)batchesDone * batchSize, dataset.Rows);
                    var elapsed = clock.Elapsed;
                    return new TrainingProgress(
                        epoch, epochs, batchesDone, batches.Count, finished?.Training ?? Result(average), rows / elapsed.TotalSeconds, elapsed,
                        elapsed * ((double)epochs * dataset.Rows / rows - 1), finished);
                }
            }
        }

        CallbackState Remembers(Callback callback)
        {
            var state = new CallbackState { Callback = callback.GetType().Name };
            callback.Save(state);
            return state;
        }

        void Restore(FitState state)
        {
            for (var i = 0; i < callbacks.Count; i++) callbacks[i].Restore(run, state.Callbacks[i]);
            run.Position = run.Position with { Step = state.Position };
            // Where the epoch's last step is made already, its rate is still to be told.
            if (state.Position > 0) run.LearningRate = state.LearningRate ?? Optimizer!.LearningRate * (schedule?.At(run.Position with { Step = state.Position - 1 }) ?? 1);
            if (state.StopReason is not { } reason) return;
            run.Stop(reason);
            if (state.Epoch < epochs) History.StopReason = reason;
        }

        void Tell(Executable executable)
        {
            run.Loss = executable.Output(0).Span[0];
            foreach (var callback in callbacks) callback.AfterStep(run);
        }
    }

    /// <summary>The losses and metrics over a dataset, averaged over its rows.</summary>
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
    public Tensor<float> Predict(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default) => PredictRows(dataset, batchSize, count: 1, cancellation)[0];

    /// <summary>All predictions for every row of a dataset, a batch at a time, in the order in which the model was given them: each is [rows, ..].</summary>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
    /// <exception cref="GraphException">The model has no predictions, or one of them has no row for each example.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<Tensor<float>> PredictAll(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default) => PredictRows(dataset, batchSize, _predictions.Length, cancellation);

    private Tensor<float>[] PredictRows(Dataset dataset, int batchSize, int count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireRows(dataset);
        if (_predictions.Length == 0) throw new GraphException("The model has no predictions: give it some, new Model(loss, predictions: …).");
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
                    throw new GraphException($"`{_predictions[i].Label}` is {_predictions[i].Shape} for {NumberText.Count(rows, "row")}: it has no row for each example. Predict with a feed instead.");
                var row = shape.Slice(1, shape.Rank - 1);
                if (batch == 0) values[i] = RoomFor(shapes[i] = Shape.Of(dataset.Rows).Append(row));
                parts[i].FlattenTo(values[i].AsSpan(batch * batchSize * row.Count));
            }
        }
        return [.. values.Select((one, i) => TensorMemory.Create(one, shapes[i]))];
    }

    private static float[] RoomFor(Shape shape)
    {
        const string advice = "Predict fewer rows at a time: dataset.Take and Skip.";
        MemoryBudget.RequireBlock(shape.ElementCount, () => $"Predictions of {shape} need", advice);
        MemoryBudget.Require(shape.ElementCount * sizeof(float), () => $"Predictions of {shape} need", advice);
        return new float[shape.Count];
    }

    private Evaluation EvaluateBatches(Dataset dataset, int batchSize, CancellationToken cancellation)
    {
        var average = new RunningAverages(1 + _metrics.Length);
        using var batches = new Batches(_evaluation, dataset, batchSize, cancellation);
        int[] order = [.. Enumerable.Range(0, dataset.Rows)];
        for (var batch = 0; batch < batches.Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var executable = batches.Load(order, batch, epoch: 0, out var rows);
            using var held = _reading.Enter();
            executable.Run(batches.Loaded.Span);
            Watch(executable, average, rows);
        }
        return Result(average);
    }

    private static void RequireRows(Dataset dataset)
    {
        if (dataset.Rows == 0) throw new DataException("The dataset has no rows: there is nothing to compute.");
    }
}
