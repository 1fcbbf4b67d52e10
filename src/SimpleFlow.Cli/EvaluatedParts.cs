using System.Text.Json;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary>How well a network does on some examples.</summary>
/// <param name="Network">The network.</param>
/// <param name="Examples">The examples.</param>
/// <param name="Evaluation">Loss and metrics.</param>
/// <param name="Judged">Classes or amounts beside what is right.</param>
internal sealed record EvaluatedPart(Network Network, ExampleSet Examples, Evaluation Evaluation, Judged Judged)
{
    public int Rows => Examples.Rows;

    /// <summary>The score alone: <c>accuracy 93.33 %</c>.</summary>
    public string Score => Measure.Say(Measure.From(Evaluation));

    /// <summary>The whole line for people.</summary>
    public string Line => $"{Judged.Line ?? Score}, loss {Evaluation.Loss:F4}";

    private Score Measure => Sources.Score.Of(Network.Description.Output);

    public static EvaluatedPart Of(Network network, ExampleSet examples, CancellationToken cancellation) => new(
        network, examples,
        network.Model.Evaluate(network.EncodedDataset(examples.Inputs, examples.Targets), network.BatchSize, cancellation),
        Judged.Of(network, examples, cancellation));

    public void Write(Utf8JsonWriter line)
    {
        line.WriteFigure(Measure.Key, Math.Round(Measure.From(Evaluation), 6));
        foreach (var (key, value) in Judged.Figures) line.WriteFigure(key, value);
        line.WriteFigure("loss", Evaluation.Loss);
    }
}

/// <summary>How well a network does on examples, and separately on those of them that it was not trained on.</summary>
/// <param name="All">All of them.</param>
/// <param name="Others">Those that it was not trained on, if it was trained on some of them only.</param>
/// <param name="TrainedOn">How many of them it was trained on; null if that is not known.</param>
/// <param name="Unknown">For how many this is unknown.</param>
internal sealed record EvaluatedParts(EvaluatedPart All, EvaluatedPart? Others, int? TrainedOn, int Unknown)
{
    /// <summary>The part that says how well it does on unseen examples, if there are some.</summary>
    public EvaluatedPart Fair => Others ?? All;

    public static EvaluatedParts Of(Network network, ExampleSet examples, CancellationToken cancellation)
    {
        var all = EvaluatedPart.Of(network, examples, cancellation);
        if (network.TrainedOn?.Sort(network.EncodedDataset(examples.Inputs, examples.Targets)) is not var (trained, others, unknown))
            return new EvaluatedParts(all, null, null, 0);
        var isMixed = trained.Length > 0 && others.Length > 0;
        return new EvaluatedParts(all, isMixed ? EvaluatedPart.Of(network, examples.Select(others), cancellation) : null, trained.Length,
            unknown.Length);
    }

    /// <summary>The lines for people.</summary>
    public IEnumerable<string> Lines(string name)
    {
        var unit = All.Network.Description.Input switch { ImageInput => "image", TableInput => "row", _ => "piece" };
        var rows = NumberText.Count(All.Rows - Unknown, unit);
        var sample = Unknown == 0 ? "" : $" (of {NumberText.Count(All.Rows, unit)}; unknown for the rest)";
        if (Others is not null)
        {
            yield return $"{name}: the network was trained on {TrainedOn:N0} of {rows}{sample}";
            yield return $"the other {(Others.Rows == 1 ? unit : NumberText.Count(Others.Rows, unit))}: {Others.Line}";
            yield return $"all {NumberText.Count(All.Rows, unit)}, which is too optimistic: {All.Line}";
            yield break;
        }
        yield return $"{name}: {All.Line}";
        yield return TrainedOn switch
        {
            null => "It is not known whether the network was trained on some of them: the file has no record of it.",
            0 => $"The network was trained on none of {(All.Rows - Unknown == 1 ? "it" : $"the {rows}")}{sample}.",
            _ => $"The network was trained on all {rows}{sample}, so this is too optimistic: evaluate it on others.",
        };
    }
}
