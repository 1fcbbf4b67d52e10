using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Losses: one number that says how wrong the predictions are, averaged over the batch.</summary>
public static class Losses
{
    /// <summary>The mean of (prediction − target)² over all elements.</summary>
    public static Node MeanSquaredError(Node prediction, Node target, string? name = "loss") =>
        Difference(prediction, target).Power(2).Mean(name: name);

    /// <summary>The mean of |prediction − target| over all elements.</summary>
    public static Node MeanAbsoluteError(Node prediction, Node target, string? name = "loss") =>
        Difference(prediction, target).Abs().Mean(name: name);

    /// <summary>The mean of ½·d² where |d| ≤ <paramref name="delta"/>, else delta·(|d| − ½·delta), with d = prediction − target: squares for small errors, and no more than proportional to large ones (Huber, 1964).</summary>
    public static Node Huber(Node prediction, Node target, float delta = 1, string? name = "loss")
    {
        if (!(delta > 0)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "Huber: delta must be positive.");
        var difference = Difference(prediction, target);
        var size = difference.Abs();
        return Flow.Select(size.LessOrEqual(delta), 0.5f * difference.Power(2), delta * (size - 0.5f * delta)).Mean(name: name);
    }

    /// <summary>
    /// The mean of −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) for logits x and targets t between 0 and 1, computed as softplus(x) − x·t,
    /// which is the same and stays finite for logits of any size.
    /// </summary>
    public static Node BinaryCrossEntropy(Node logits, Node target, string? name = "loss")
    {
        RequireSame(logits, target, nameof(BinaryCrossEntropy));
        return (logits.Softplus() - logits * target).Mean(name: name);
    }

    /// <summary>
    /// The mean over the batch of −ln softmax(logits)[class], by way of the shifted log-softmax, which stays finite for logits of any size.
    /// </summary>
    /// <param name="logits">[.., classes].</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, or rows [.., classes] that sum to 1.</param>
    /// <param name="name">A name for the loss.</param>
    public static Node SoftmaxCrossEntropy(Node logits, Node target, string? name = "loss") =>
        (-(Rows(logits, target, nameof(SoftmaxCrossEntropy)) * logits.LogSoftmax()).Sum(axis: -1)).Mean(name: name);

    /// <summary>
    /// The mean over the batch of −Σ target·ln(probability + ε): cross-entropy from probabilities, as the seed of this project composes it.
    /// Prefer <see cref="SoftmaxCrossEntropy"/>, which loses nothing where a probability is tiny.
    /// </summary>
    public static Node CrossEntropy(Node probabilities, Node target, float epsilon = 1e-8f, string? name = "loss")
    {
        var logarithm = (probabilities + new Constant("epsilon", epsilon)).Log();
        return ((logarithm * Rows(probabilities, target, nameof(CrossEntropy))).Sum(axis: -1) * new Constant("-1", -1)).Mean(name: name);
    }

    private static Node Rows(Node scores, Node target, string loss)
    {
        if (target.ElementType != ElementType.Int32)
        {
            RequireSame(scores, target, loss);
            return target;
        }
        if (scores.Shape.Rank == 0 || scores.Shape[scores.Shape.Rank - 1] is not { } classes)
            throw new ShapeException($"{loss}: the last size of `{scores.Label}` {scores.Shape} is the number of classes and must be known.", "Declare it.");
        var rows = target.OneHot((int)classes);
        RequireSame(scores, rows, loss, target);
        return rows;
    }

    private static Node Difference(Node prediction, Node target, [CallerMemberName] string loss = "")
    {
        RequireSame(prediction, target, loss);
        return prediction - target;
    }

    // [n, 1] − [n] would broadcast to [n, n] and train towards nonsense without a word: a loss wants equal shapes.
    private static void RequireSame(Node prediction, Node target, string loss, Node? written = null)
    {
        var (left, right) = (prediction.Shape, target.Shape);
        var same = left.Rank == right.Rank;
        for (var axis = 0; same && axis < left.Rank; axis++) same = left[axis] is null || right[axis] is null || left[axis] == right[axis];
        if (same) return;
        written ??= target;
        throw new ShapeException(
            $"{loss}: the prediction `{prediction.Label}` is {left}, the target `{written.Label}` is {written.Shape}{(written == target ? "" : " (as class indices)")}.",
            "Give both the same shape; Reshape() one of them if only the writing differs.");
    }
}
