using SimpleFlow.Cli.Recipes;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary>The table and the trace of --profile.</summary>
internal static class StepTimes
{
    private const int MostSteps = 300, LeastSteps = 5;
    private const double Seconds = 3;

    /// <summary>Makes more training steps on one batch, times the steps of their plan, writes the table and saves the trace.
    /// It changes the network.</summary>
    /// <param name="trained">The network and the batch.</param>
    /// <param name="last">The last epoch, which says how long a training step takes.</param>
    /// <param name="path">Where the trace goes.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="cancellation">Stops after a step.</param>
    public static void Save(Trained trained, EpochLine last, string path, TextWriter output, CancellationToken cancellation)
    {
        var rows = trained.Batch.Max(entry => entry.Value.Rows);
        var steps = (int)Math.Clamp(Seconds * last.RowsPerSecond / rows, LeastSteps, MostSteps);
        var profile = trained.Model.Profile(trained.Batch, steps, cancellation);
        profile.SaveTrace(path);
        output.WriteLine();
        output.Write(profile.ToText());
        output.WriteLine(Sentences.Traced(path));
        output.Flush();
    }
}
