using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Metrics: numbers a person reads beside the loss, averaged over the batch. A metric is a named node like any other.</summary>
public static class Metrics
{
    /// <summary>The share of rows whose largest score is at the right class.</summary>
    /// <param name="scores">Logits or probabilities, [.., classes].</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, or one-hot rows [.., classes].</param>
    /// <param name="name">The metric's name in histories and progress.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not fit the scores'.</exception>
    public static Node Accuracy(Node scores, Node target, string name = "accuracy", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        var isIndices = target.ElementType == ElementType.Int32;
        var best = scores.ArgMax();
        SameShape.Require(nameof(Accuracy), scores, target, isIndices ? best.Shape : null);
        return best.Equal(isIndices ? target : target.ArgMax()).Cast().Mean(name: name, file: file, line: line);
    }

    /// <summary>The share of rows at whose right class one of the <paramref name="k"/> largest scores is.</summary>
    /// <param name="scores">Logits or probabilities, [.., classes]; the number of classes must be known.</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, or one-hot rows [.., classes].</param>
    /// <param name="k">How many guesses there are.</param>
    /// <param name="name">The metric's name in histories and progress; <c>top-k accuracy</c> where nothing is said.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not fit the scores', or the number of classes is unknown.</exception>
    public static Node TopK(Node scores, Node target, int k, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (scores.Shape.Rank == 0 || scores.Shape[scores.Shape.Rank - 1] is not { } classes)
            throw ShapeException.Of(nameof(TopK), [scores], new ShapeException($"the last size of `{scores.Label}` {scores.Shape} is the number of classes and must be known.", "Declare it: [null, 10]."));
        var isIndices = target.ElementType == ElementType.Int32;
        SameShape.Require(nameof(TopK), scores, target, isIndices ? scores.Shape.Without(scores.Shape.Rank - 1) : null);
        var right = (scores * (isIndices ? target.OneHot((int)classes) : target)).Sum(axis: -1, keep: true);   // [.., 1], the right class's score
        var better = scores.Greater(right).Cast().Sum(axis: -1);                                               // [..], how many are larger
        return better.Less((float)k).Cast().Mean(name: name ?? $"top-{k} accuracy", file: file, line: line);
    }

    /// <summary>The mean of |prediction − target|, in the target's units.</summary>
    public static Node MeanAbsoluteError(Node prediction, Node target, string name = "mean absolute error", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Losses.MeanAbsoluteError(prediction, target, name, file, line);

    /// <summary>The mean of (prediction − target)². Its root over all rows, and the share of the variance that is explained, are in a <see cref="RegressionReport"/>: they are no means of batches.</summary>
    public static Node MeanSquaredError(Node prediction, Node target, string name = "mean squared error", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Losses.MeanSquaredError(prediction, target, name, file, line);
}
