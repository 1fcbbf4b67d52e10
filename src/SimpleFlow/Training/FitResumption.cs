namespace SimpleFlow;

/// <summary>What connects a fit with the one before or after it in another process:
/// the state it resumes from, and the state it hands to a checkpoint.</summary>
internal sealed class FitResumption
{
    private readonly Model _model;
    private readonly FitOptions _options;
    private readonly Lazy<FitSettings> _settings, _compared;
    private readonly FitState? _resumed;

    /// <summary>Reads the newest checkpoint, if the fit resumes, into the model.</summary>
    /// <exception cref="DataException">The checkpoints are damaged, or are of another graph or fit;
    /// the message lists the differences.</exception>
    public FitResumption(Model model, Dataset data, FitOptions options, EpochOrder order)
    {
        (_model, _options) = (model, options);
        // A hash over all data takes a while, and only a fit that is saved or resumed needs it.
        var asked = FitSettings.Of(data.Rows, options, model);
        _settings = new Lazy<FitSettings>(() => asked with { Data = Fingerprint(DataFingerprint.Of) });
        _compared = new Lazy<FitSettings>(() => asked with { Data = Fingerprint(DataFingerprint.OfSome) });
        // Of several ranks, the one that saves compares the data.
        if (options.Resume is { } folder)
        {
            var known = options.Ranks is { Writes: false } ? asked : _settings.Value;
            _resumed = ModelFile.Resume(model, folder, known, () => Fingerprint(DataFingerprint.OfVersion1), order,
                options.Validation is not null, options.Cluster?.Size ?? 1);
        }

        IReadOnlyList<string> Fingerprint(Func<string, Dataset, IEnumerable<string>> of) =>
            [.. of("training", data), .. options.Validation is { } validation ? of("validation", validation) : [],
                .. DataFingerprint.OfSampler(options.Sampler)];
    }

    /// <summary>The settings of the fit, with fingerprints of its data that read little of what is not in memory.</summary>
    public FitSettings Compared => _compared.Value;

    /// <summary>Restores the saved state of callbacks, totals and run. Returns how many epochs are done, how many batches
    /// of the next, and when the next began.</summary>
    public (int Epochs, int Batches, TimeSpan Began) Restore(TrainingRun run, RunningTotals totals)
    {
        if (_resumed is not { } state) return default;
        for (var i = 0; i < _options.Callbacks.Count; i++) _options.Callbacks[i].Restore(run, state.Callbacks[i]);
        totals.Restore(state.Sums, state.SummedRows);
        run.Position = run.Position with { Step = state.Position };
        // If the epoch's last step is made already, its rate is still to be reported.
        if (state.Position > 0) run.LearningRate = state.LearningRate ?? RateAt(run.Position with { Step = state.Position - 1 });
        if (state.StopReason is { } reason)
        {
            run.Stop(reason);
            if (state.Epoch < _options.Epochs) _model.History.StopReason = reason;
        }
        return (state.Epoch, state.Batch, -state.Elapsed);
    }

    /// <summary>The position and state of the fit, between two steps.</summary>
    public FitState State(TrainingRun run, RunningTotals totals, int epochs, int batches, TimeSpan elapsed) => new(
        _settings.Value, epochs, batches, run.Position.Step, totals.State.Sums, totals.State.Rows, elapsed, run.StopReason,
        [.. _options.Callbacks.Select(Remembered)], run.LearningRate);

    /// <summary>The learning rate of a step.</summary>
    public float RateAt(TrainingPosition position) =>
        _options.Schedule is { } schedule ? schedule.RateOf(_model.Optimizer!, position) : _model.Optimizer!.LearningRate;

    private static CallbackState Remembered(Callback callback)
    {
        var state = new CallbackState { Callback = callback.GetType().Name };
        callback.Save(state);
        return state;
    }
}
