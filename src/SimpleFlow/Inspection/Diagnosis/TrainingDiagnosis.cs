using System.Text;

namespace SimpleFlow;

/// <summary>Something that keeps a model from learning.</summary>
/// <param name="Name">
/// What it is called: <c>loss rises</c>, <c>no better than the baseline</c>, <c>overfitting</c>, <c>not finite</c>, <c>exploding
/// values</c>, <c>vanishing gradients</c>, <c>no gradient</c>, <c>dead units</c>, <c>saturated units</c> or <c>large steps</c>.
/// </param>
/// <param name="What">What was seen, with names and values.</param>
/// <param name="Advice">What to try.</param>
public sealed record TrainingFinding(string Name, string What, string Advice)
{
    /// <summary>The node where it was seen; null if it was seen in the history.</summary>
    public Node? Node { get; init; }

    /// <summary>What was seen, and what to try.</summary>
    public override string ToString() => $"{Name}: {What} {Advice}";
}

/// <summary>What keeps a model from learning, as far as its history and one batch show; made by <c>model.Diagnose</c>.</summary>
public sealed class TrainingDiagnosis
{
    internal TrainingDiagnosis(IReadOnlyList<TrainingFinding> findings, Baseline? baseline) => (Findings, Baseline) = (findings, baseline);

    /// <summary>What was found, first what the history shows; empty if nothing is wrong.</summary>
    public IReadOnlyList<TrainingFinding> Findings { get; }

    /// <summary>What a model would reach without learning, if it was given.</summary>
    public Baseline? Baseline { get; }

    /// <summary>A line for each finding.</summary>
    public override string ToString()
    {
        if (Findings.Count == 0) return "Nothing was found that keeps the model from learning.";
        var text = new StringBuilder();
        foreach (var finding in Findings) text.Append(text.Length == 0 ? "" : "\n").Append(finding);
        return text.ToString();
    }
}
