using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <content>Losses of distances between vectors, along the last axis.</content>
public static partial class Losses
{
    // PyTorch's: added to every difference, so that a distance of 0 has a gradient.
    private const float LeastDifference = 1e-6f;

    /// <summary>The mean over the batch of 1 − cos(prediction, target), along the last axis: 0 if they point the same way, 2 if opposite
    /// ways. Lengths do not matter.</summary>
    /// <exception cref="ShapeException">The target's shape does not match the prediction's.</exception>
    public static Node Cosine(Node prediction, Node target, LossReduction reduction = LossReduction.Mean, string? name = "loss",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SameShape.Require(nameof(Cosine), prediction, target);
        return Reduced(1f - prediction.CosineSimilarity(target), reduction, name, file, line);
    }

    /// <summary>
    /// The mean over the batch of max(0, |anchor − positive| − |anchor − negative| + margin): it pulls what belongs together closer than
    /// what does not, by at least the margin (Schroff, Kalenichenko and Philbin, "FaceNet", 2015). As in PyTorch, 1e-6 is added to every
    /// difference.
    /// </summary>
    /// <param name="anchor">[.., features].</param>
    /// <param name="positive">What belongs to the anchor, of the same shape.</param>
    /// <param name="negative">What does not, of the same shape.</param>
    /// <param name="margin">By how much closer they should be.</param>
    /// <param name="reduction">What becomes of the losses of all rows.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Node Triplet(
        Node anchor, Node positive, Node negative, float margin = 1, LossReduction reduction = LossReduction.Mean, string? name = "loss",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Positive(nameof(Triplet), margin);
        return Reduced((Distance(anchor, positive) - Distance(anchor, negative) + margin).Relu(), reduction, name, file, line);
    }

    /// <summary>
    /// The mean over the batch of d² where two vectors belong together, else max(0, margin − d)², with d their distance (Hadsell, Chopra
    /// and LeCun, "Dimensionality reduction by learning an invariant mapping", 2006, without their factor of ½).
    /// </summary>
    /// <param name="left">[.., features].</param>
    /// <param name="right">Of the same shape.</param>
    /// <param name="belongTogether">1 for pairs that belong together, 0 for others: [..].</param>
    /// <param name="margin">How far apart vectors that do not belong together should be.</param>
    /// <param name="reduction">What becomes of the losses of all rows.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public static Node Contrastive(
        Node left, Node right, Node belongTogether, float margin = 1, LossReduction reduction = LossReduction.Mean, string? name = "loss",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Positive(nameof(Contrastive), margin);
        var distance = Distance(left, right);
        SameShape.Require(nameof(Contrastive), distance, belongTogether);
        var losses = belongTogether * distance.Power(2) + (1f - belongTogether) * (margin - distance).Relu().Power(2);
        return Reduced(losses, reduction, name, file, line);
    }

    /// <summary>The mean of max(0, 1 − target·score) over all elements, for targets −1 and 1: what is right by 1 or more costs nothing, as
    /// in support vector machines (Cortes and Vapnik, 1995).</summary>
    /// <param name="scores">Of any shape.</param>
    /// <param name="target">−1 or 1 for each, of the same shape.</param>
    /// <param name="reduction">What becomes of the losses of all elements.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not match the scores'.</exception>
    public static Node Hinge(Node scores, Node target, LossReduction reduction = LossReduction.Mean, string? name = "loss",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SameShape.Require(nameof(Hinge), scores, target);
        return Reduced((1f - target * scores).Relu(), reduction, name, file, line);
    }

    private static Node Distance(Node left, Node right, [CallerMemberName] string loss = "") =>
        (Difference(left, right, loss) + LeastDifference).Power(2).Sum(axis: -1).Sqrt();
}
