using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli.Recipes;

/// <summary>Reports the epochs of the seed's recipe as the seed did: with the loss that the last step
/// started from, not its mean over the epoch.</summary>
/// <param name="report">Receives them.</param>
/// <param name="rows">How many rows an epoch trains on.</param>
internal sealed class SeedLines(TrainingReport report, long rows) : Callback
{
    private const string LossEntry = "loss";
    private double _loss = double.NaN;
    private EpochResult? _ended;

    protected override void AfterEpoch(TrainingRun run, EpochResult epoch) => (_loss, _ended) = (run.Loss, epoch);

    protected override void Paused(TrainingRun run, TrainingPause pause)
    {
        if (pause == TrainingPause.Epoch) Report(_ended!);
    }

    protected override void Save(CallbackState state) => state.Numbers[LossEntry] = _loss;

    protected override void Restore(TrainingRun run, CallbackState state) => _loss = state.Number(LossEntry);

    public void Report(EpochResult epoch) =>
        report.Epoch(new EpochLine(epoch.Epoch, _loss, epoch.Validation!.Loss, epoch.Validation.Metrics["accuracy"], epoch.Duration, rows));
}
