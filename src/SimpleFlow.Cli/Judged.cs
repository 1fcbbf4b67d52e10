using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Sources;
using SimpleFlow.Plots;

namespace SimpleFlow.Cli;

/// <summary>A network's predictions compared with the right answers: for people, for programs, and as a picture.</summary>
internal abstract class Judged
{
    /// <summary>A report for people that does not fit into a line; null if there is none.</summary>
    public virtual string? Table => null;

    /// <summary>What a line for people says besides the loss; null for the score alone.</summary>
    public virtual string? Line => null;

    /// <summary>More numbers, by their names in JSON.</summary>
    public virtual IReadOnlyList<(string Key, double Value)> Figures => [];

    /// <summary>Draws it into a PNG file.</summary>
    public abstract void Draw(string path, string title);

    public static Judged Of(Network network, ExampleSet examples, CancellationToken cancellation) => network.Description.Output switch
    {
        ClassOutput output => new Classes(output, network, examples, cancellation),
        NumberOutput output => new Amounts(output, network, examples, cancellation),
        _ => new Characters(),
    };

    private sealed class Classes(ClassOutput output, Network network, ExampleSet examples, CancellationToken cancellation) : Judged
    {
        private readonly ClassificationReport _report =
            ClassificationReport.Of(network.Model.Predict(network.EncodedDataset(examples.Inputs), network.BatchSize, cancellation),
                examples.Targets, output.Classes);

        public override string Table => _report.Table();

        public override IReadOnlyList<(string, double)> Figures => [("macroF1", Math.Round(_report.MacroF1, 6))];

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override void Draw(string path, string title) => new ConfusionMatrix(_report).SavePng(path, title);
    }

    private sealed class Amounts(NumberOutput output, Network network, ExampleSet examples, CancellationToken cancellation) : Judged
    {
        private readonly float[] _estimates = [.. network.EstimateEncoded(examples.Inputs, cancellation).Select(number => (float)number)],
            _amounts = Decoded(output, examples.Targets);

        private RegressionReport Report => RegressionReport.Of(Tensor.Create(_estimates, [_estimates.Length]), _amounts);

        public override string Line => Report.ToString();

        public override IReadOnlyList<(string, double)> Figures =>
            [("rootMeanSquaredError", Report.RootMeanSquaredError), ("rSquared", Report.RSquared)];

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override void Draw(string path, string title) =>
            FitAndResiduals.SavePng(path, _estimates, _amounts, _estimates, title, xName: "estimate", yName: output.Name);

        private static float[] Decoded(NumberOutput output, DataArray targets)
        {
            var numbers = new float[targets.Count];
            targets.CopyTo(numbers.AsSpan());
            return [.. numbers.Select(number => (float)output.Decode(number))];
        }
    }

    private sealed class Characters : Judged
    {
        public override void Draw(string path, string title) =>
            throw new UsageException("--plot draws classes and amounts; there is no picture of a text.");
    }
}
