using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli.Recipes;

/// <summary>What a fit trains, and on what: the whole network on the examples; or, behind a frozen base, the layers after it on the
/// features that it computes once for each example.</summary>
/// <param name="Model">The model.</param>
/// <param name="Training">The training examples.</param>
/// <param name="Validation">The validation examples; null if there are none.</param>
internal sealed record TrainedPart(Model Model, Dataset Training, Dataset? Validation)
{
    /// <summary>The layers after a frozen base.</summary>
    /// <param name="network">The whole network.</param>
    /// <param name="training">Its training examples.</param>
    /// <param name="validation">Its validation examples.</param>
    /// <param name="report">Receives how far the features are.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static TrainedPart Behind(Network network, Dataset training, Dataset? validation, TrainingReport report,
        CancellationToken cancellation)
    {
        var head = network.Model.Head(Base.LayerName);
        var (rows, total) = (0, training.Rows + (validation?.Rows ?? 0));
        using var reading = report.Reading();
        var features = Of(training);
        var watched = validation is null ? null : Of(validation);
        report.Say($"{NumberText.Count(features[head.Input].Count / training.Rows, "feature")} of each of {total:N0} "
            + $"{report.Subject.Unit} are computed, once.");
        return new TrainedPart(head.Model, features, watched);

        Dataset Of(Dataset examples)
        {
            var before = rows;
            rows += examples.Rows;
            return head.Features(examples, progress: new Progress(done => reading.Report("computing features", before + done, total)),
                cancellation: cancellation);
        }
    }

    // System.Progress would report from other threads, and later.
    private sealed class Progress(Action<int> report) : IProgress<RowProgress>
    {
        public void Report(RowProgress value) => report(value.Done);
    }
}
