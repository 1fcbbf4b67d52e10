using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <content>Losses of probabilities.</content>
public static partial class Losses
{
    /// <summary>The mean over the batch of −ln p[class], from logarithms of probabilities: PyTorch's <c>NLLLoss</c>. From logits,
    /// <see cref="SoftmaxCrossEntropy"/> is one op and the same number.</summary>
    /// <param name="logProbabilities">[.., classes], as <see cref="Flow.LogSoftmax"/> gives them.</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, or rows [.., classes] that sum to 1.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, as for <see cref="SoftmaxCrossEntropy"/>.</param>
    /// <param name="reduction">What becomes of the losses of all rows.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not match the probabilities'.</exception>
    public static Node NegativeLogLikelihood(
        Node logProbabilities, Node target, int? ignoreIndex = null, LossReduction reduction = LossReduction.Mean, string? name = "loss",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var rows = Rows(logProbabilities, target, nameof(NegativeLogLikelihood), ignoreIndex);
        // A class with the logarithm −∞ that is not the target costs nothing.
        var terms = Flow.Select(rows.Equal(0f), 0f, -rows * logProbabilities);
        return OfRows(terms.Sum(axis: -1), target, ignoreIndex, reduction, name, file, line);
    }

    /// <summary>
    /// The mean over the batch of the Kullback–Leibler divergence Σ t·(ln t − ln p) along the last axis; a target of 0 adds nothing.
    /// PyTorch's <c>KLDivLoss</c> with <c>reduction="batchmean"</c>, and Keras's <c>KLDivergence</c>.
    /// </summary>
    /// <param name="logProbabilities">ln p, [.., classes], as <see cref="Flow.LogSoftmax"/> gives them.</param>
    /// <param name="target">The probabilities t, of the same shape.</param>
    /// <param name="reduction">What becomes of the losses of all rows.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not match the probabilities'.</exception>
    public static Node KullbackLeibler(Node logProbabilities, Node target, LossReduction reduction = LossReduction.Mean,
        string? name = "loss", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SameShape.Require(nameof(KullbackLeibler), logProbabilities, target);
        Known.Size(nameof(KullbackLeibler), logProbabilities, -1, "the number of classes");
        // The logarithm must be a number even where it does not count.
        var counts = target.Greater(0f);
        var terms = Flow.Select(counts, target * (Flow.Select(counts, target, 1f).Log() - logProbabilities), 0f);
        return Reduced(terms.Sum(axis: -1), reduction, name, file, line);
    }

    /// <summary>
    /// Binary cross-entropy in which what is already right counts little: the loss of an element is multiplied by (1 − p)^γ, where p is the
    /// probability that the network gives to what is right, and by α for positives, 1 − α for negatives (Lin and others, "Focal loss for
    /// dense object detection", 2017).
    /// </summary>
    /// <param name="logits">Of any shape.</param>
    /// <param name="target">0 or 1 for each, of the same shape.</param>
    /// <param name="gamma">γ, above 0.</param>
    /// <param name="alpha">α, from 0 to 1; null: all count alike.</param>
    /// <param name="reduction">What becomes of the losses of all elements.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not match the logits'.</exception>
    public static Node Focal(
        Node logits, Node target, float gamma = 2, float? alpha = 0.25f, LossReduction reduction = LossReduction.Mean,
        string? name = "loss", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SameShape.Require(nameof(Focal), logits, target);
        Positive(nameof(Focal), gamma);
        if (alpha is < 0 or > 1 or float.NaN)
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Focal: alpha must be from 0 to 1.");
        // 1 − p, without a difference that loses digits.
        var missed = target * (-logits).Sigmoid() + (1f - target) * logits.Sigmoid();
        var losses = missed.Power(gamma) * Flow.AddFlow(logits, new LogisticCrossEntropy(target));
        if (alpha is { } share) losses = ((2 * share - 1) * target + (1 - share)) * losses;
        return Reduced(losses, reduction, name, file, line);
    }
}
