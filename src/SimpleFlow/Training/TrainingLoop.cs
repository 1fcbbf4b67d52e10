using System.Diagnostics;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// A fit over epochs: steps, and after each epoch a validation. Whenever it calls other code, it is between two steps, and
/// however it ends, the model has made whole steps.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly Model _model;
    private readonly FitOptions _options;
    private readonly Dataset _data;
    private readonly CancellationToken _cancellation;
    private readonly Ranks? _ranks;
    private readonly RankTiming? _timing;
    private readonly EpochOrder _order;
    private readonly Batches _batches;
    private readonly Session? _gathering;          // steps whose gradients wait for those of others
    private readonly Session _applying, _last;
    private readonly TrainingRun _run;
    private readonly CallbackRound _callbacks;
    private readonly RunningTotals _totals;
    private readonly ProgressReports _reports;
    private readonly FitResumption _resumption;
    private readonly Stopwatch _clock = new();
    private TimeSpan _began;                       // the running epoch
    private int _epochs, _batch;                   // how many epochs are done, and how many batches of the next

    public TrainingLoop(Model model, Dataset data, FitOptions options, CancellationToken cancellation)
    {
        (_model, _data, _options, _cancellation, _ranks) = (model, data, options, cancellation, options.Ranks);
        _order = new EpochOrder(data, options);
        model.TrainingSteps.Gather(options.Accumulate);
        // First, as the changes of rows follow from the seed that was saved.
        _resumption = new FitResumption(model, data, options, _order);
        _ranks?.Begin(model, data, options, _resumption.Compared);
        _timing = _ranks is null ? null : new RankTiming(_ranks.Cluster, model.TrainingSteps.Across!.Length);
        (_gathering, _applying, _last) = model.TrainingSteps.Of(options.Accumulate, _order.LastBatch);
        _batches = new Batches(data, _order.Rows, _order.BatchSize, model.Seed, augmented: true, _ranks?.Rank ?? 0, _ranks?.Size ?? 1);
        _totals = new RunningTotals(model.Graph.Totals);
        _run = new TrainingRun(model, options.Epochs, _order.Steps, (other, size) => model.EvaluateBatches(other, size, cancellation),
            _ranks);
        _callbacks = new CallbackRound(options.Callbacks, _run);
        _reports = new ProgressReports(options, _order);
    }

    public void Dispose()
    {
        _batches.Dispose();
        _timing?.Keep();
        _model.Clock.Part = BatchPart.Whole;
    }

    public void Run() => _callbacks.Around(() =>
    {
        (_epochs, _batch, _began) = _resumption.Restore(_run, _totals);
        _clock.Start();
        _run.State = () => _resumption.State(_run, _totals, _epochs, _batch, _clock.Elapsed - _began);
        try
        {
            while (_epochs < _options.Epochs && _run.StopReason is null) Epoch();
        }
        catch (OperationCanceledException) when (!_callbacks.HasFailed)
        {
            // Between two steps, or in a validation whose epoch is trained: either can be resumed.
            _callbacks.Tell(static (callback, run) => callback.Paused(run, TrainingPause.Cancelled));
            // A rank that ends ends the job: first the other one has to save.
            _ranks?.Cluster.Barrier();
            throw;
        }
    });

    private void Epoch()
    {
        var number = _model.History.Epochs.Count;
        Steps(number, _order.Of(number, _model.Seed));
        var result = _callbacks.Validation(() => Validated(number), undo: _model.History.RemoveLast);
        (_epochs, _batch, _began) = (_epochs + 1, 0, _clock.Elapsed);
        _totals.Clear();
        _ranks?.RequireSame(_model);
        _callbacks.Tell(static (callback, run) => callback.Paused(run, TrainingPause.Epoch));
        if (_epochs < _options.Epochs) _model.History.StopReason = _run.StopReason;
        _reports.Finished(_epochs, result, _clock.Elapsed);
    }

    private void Steps(int epoch, int[] rows)
    {
        while (_batch < _batches.Count)
        {
            if (_ranks is null ? _cancellation.IsCancellationRequested : _model.TrainingSteps.Across!.Stop)
                throw new OperationCanceledException(_cancellation);
            Step(_batches.Load(rows, _batch, epoch));
            if (_batch < _batches.Count) _callbacks.Tell(static (callback, run) => callback.Paused(run, TrainingPause.Step));
            if (_reports.AreDue(_clock.Elapsed)) _reports.Running(_epochs + 1, _batch, _model.Graph.Result(_totals), _clock.Elapsed);
        }
    }

    private void Step(Feed feed)
    {
        _run.LearningRate = _resumption.RateAt(_run.Position);
        _model.Clock.Part = feed.Part;
        if (_ranks is not null) _model.TrainingSteps.Across!.Stop = _cancellation.IsCancellationRequested;
        var start = _timing?.Start();
        var executable = _model.Make(Kind(), feed, _run.LearningRate, _ranks is null ? _cancellation : default);
        _timing?.Add(start!.Value);
        _model.Graph.Add(executable, _totals, feed.Part.AllRows);
        _run.Loss = executable.Output(0).Span[0];
        _callbacks.Tell(static (callback, run) => callback.AfterStep(run));
        _run.Position = _run.Position with { Step = _run.Position.Step + 1 };
        _batch++;
    }

    // What is gathered is applied after so many batches, and at the end of the epoch.
    private Session Kind() => _batch == _batches.Count - 1 ? _last
        : _gathering is null || (_batch + 1) % _options.Accumulate == 0 ? _applying : _gathering;

    private EpochResult Validated(int number)
    {
        var validation = _options.Validation is { } data
            ? _model.EvaluateBatches(data, _model.Graph.RowsToEvaluate(_options.BatchSize), _cancellation, _ranks?.Cluster) : null;
        var result = new EpochResult(number + 1, _model.Graph.Result(_totals), validation,
            _clock.Elapsed - _began)
        { LearningRate = _run.LearningRate };
        _model.History.Add(result);
        return result;
    }
}
