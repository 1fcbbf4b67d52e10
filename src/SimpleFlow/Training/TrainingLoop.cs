using System.Diagnostics;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <summary>
/// A fit over epochs: steps, and after each epoch a validation. It stands between two steps whenever anything else is called, and
/// however it ends, the model has made whole steps.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(100);

    private readonly Model _model;
    private readonly FitOptions _options;
    private readonly FitSettings _settings;
    private readonly FitState? _resumed;
    private readonly CancellationToken _cancellation;
    private readonly Batches _batches;
    private readonly Batches? _gathering;          // of batches whose gradients wait for those of others
    private readonly TrainingRun _run;
    private readonly CallbackRound _callbacks;
    private readonly RunningTotals _totals;
    private readonly Stopwatch _clock = new();
    private readonly int[] _order;
    private TimeSpan _began, _reported;            // the running epoch, and the last report
    private int _epochs, _batch;                   // how many epochs are done, and how many batches of the next

    public TrainingLoop(Model model, FitOptions options, CancellationToken cancellation)
    {
        (_model, _options, _cancellation) = (model, options, cancellation);
        var (gathering, applying, last) = model.StepsOf(options.Accumulate, options.LastBatch);
        _settings = options.Settings(model.Optimizer!);
        // First, as the changes of rows follow from the seed that was saved.
        _resumed = options.Resume is null ? null : model.Resume(
            options.Resume, _settings, () => options.Fingerprint(DataFingerprint.OfVersion1), options.StepsPerEpoch,
            isValidated: options.Validation is not null);
        _batches = new Batches(applying, options.Data, options.BatchSize, cancellation, last, model.Seed, augmented: true);
        _gathering = gathering is null ? null : new Batches(gathering, options.Data, options.BatchSize, cancellation, seed: model.Seed,
            augmented: true);
        _run = new TrainingRun(model, options.Epochs, options.StepsPerEpoch,
            (data, size) => model.EvaluateBatches(data, size, cancellation));
        _callbacks = new CallbackRound(options.Callbacks, _run);
        _totals = new RunningTotals(model.Totals);
        _order = new int[options.Data.Rows];
    }

    public void Dispose()
    {
        _batches.Dispose();
        _gathering?.Dispose();
    }

    public void Run() => _callbacks.Around(() =>
    {
        Restore();
        _clock.Start();
        _run.State = State;
        try
        {
            while (_epochs < _options.Epochs && _run.StopReason is null) Epoch();
        }
        catch (OperationCanceledException) when (!_callbacks.HasFailed)
        {
            // Between two steps, or in a validation whose epoch is trained: either can be resumed.
            _callbacks.Tell(static (callback, run) => callback.Paused(run, TrainingPause.Cancelled));
            throw;
        }
    });

    private void Epoch()
    {
        var number = _model.History.Epochs.Count;
        if (_options.Shuffle) Shuffle.Fill(_order, _model.Seed, number);
        else for (var i = 0; i < _order.Length; i++) _order[i] = i;

        Executable? step = null;
        try
        {
            while (_batch < _batches.Count)
            {
                _cancellation.ThrowIfCancellationRequested();
                step = Step(number);
                if (_batch < _batches.Count) _callbacks.Tell(static (callback, run) => callback.Paused(run, TrainingPause.Step));
                if (_options.Progress is not null && _clock.Elapsed - _reported >= BetweenReports) Report(finished: null);
            }
        }
        finally
        {
            if (step is not null) _model.KeepLosses(step);
        }

        var result = _callbacks.Validation(() => Validated(number), undo: _model.History.RemoveLast);
        (_epochs, _batch, _began) = (_epochs + 1, 0, _clock.Elapsed);
        _totals.Clear();
        _callbacks.Tell(static (callback, run) => callback.Paused(run, TrainingPause.Epoch));
        if (_epochs < _options.Epochs) _model.History.StopReason = _run.StopReason;
        Report(result);
    }

    private Executable Step(int epoch)
    {
        // What is gathered is applied after so many batches, and at the end of the epoch.
        var applies = _gathering is null || (_batch + 1) % _options.Accumulate == 0 || _batch == _batches.Count - 1;
        var source = applies ? _batches : _gathering!;
        var executable = source.Load(_order, _batch, epoch, out var rows);
        _run.LearningRate = RateAt(_run.Position);
        _model.Step(executable, source.Loaded, _run.LearningRate);
        _model.Watch(executable, _totals, rows);
        _run.Loss = executable.Output(0).Span[0];
        _callbacks.Tell(static (callback, run) => callback.AfterStep(run));
        _run.Position = _run.Position with { Step = _run.Position.Step + 1 };
        _batch++;
        return executable;
    }

    private EpochResult Validated(int number)
    {
        var validation = _options.Validation is { } data ? _model.EvaluateBatches(data, Math.Max(_options.BatchSize, 256), _cancellation)
            : null;
        var result = new EpochResult(number + 1, _model.Result(_totals), validation,
            _clock.Elapsed - _began)
        { LearningRate = _run.LearningRate };
        _model.History.Add(result);
        return result;
    }

    private float RateAt(TrainingPosition position) =>
        _options.Schedule is { } schedule ? schedule.RateOf(_model.Optimizer!, position) : _model.Optimizer!.LearningRate;

    private void Report(EpochResult? finished)
    {
        if (_options.Progress is not { } progress) return;
        var epoch = finished is null ? _epochs + 1 : _epochs;
        var batches = finished is null ? _batch : _batches.Count;
        var rows = (epoch - 1L) * _options.Data.Rows + Math.Min((long)batches * _options.BatchSize, _options.Data.Rows);
        var elapsed = _reported = _clock.Elapsed;
        progress.Report(new TrainingProgress(
            epoch, _options.Epochs, batches, _batches.Count, finished?.Training ?? _model.Result(_totals), rows / elapsed.TotalSeconds,
            elapsed,
            elapsed * ((double)_options.Epochs * _options.Data.Rows / rows - 1), finished));
    }

    private FitState State() => new(
        _settings, _epochs, _batch, _run.Position.Step, _totals.State.Sums, _totals.State.Rows, _clock.Elapsed - _began, _run.StopReason,
        [.. _options.Callbacks.Select(Remembered)], _run.LearningRate);

    private static CallbackState Remembered(Callback callback)
    {
        var state = new CallbackState { Callback = callback.GetType().Name };
        callback.Save(state);
        return state;
    }

    private void Restore()
    {
        if (_resumed is not { } state) return;
        for (var i = 0; i < _options.Callbacks.Count; i++) _options.Callbacks[i].Restore(_run, state.Callbacks[i]);
        (_epochs, _batch, _began) = (state.Epoch, state.Batch, -state.Elapsed);
        _totals.Restore(state.Sums, state.SummedRows);
        _run.Position = _run.Position with { Step = state.Position };
        // Where the epoch's last step is made already, its rate is still to be told.
        if (state.Position > 0) _run.LearningRate = state.LearningRate ?? RateAt(_run.Position with { Step = state.Position - 1 });
        if (state.StopReason is not { } reason) return;
        _run.Stop(reason);
        if (state.Epoch < _options.Epochs) _model.History.StopReason = reason;
    }
}
