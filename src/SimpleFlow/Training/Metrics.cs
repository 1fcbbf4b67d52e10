using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Metrics: numbers a person reads beside the loss, averaged over the batch. A metric is a named node like any other.</summary>
public static class Metrics
{
    /// <summary>The share of rows whose right class has the largest score. Of equal scores the first counts as the largest;
    /// a row with a NaN is wrong.</summary>
    /// <param name="scores">Logits or probabilities, [.., classes].</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, each of which must
    /// exist, or one-hot rows [.., classes].</param>
    /// <param name="name">The metric's name in histories and progress.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, such as −100 for padding;
    /// if no row counts the share is 0.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not fit the scores'.</exception>
    /// <exception cref="ArgumentException">There is an index to ignore, and the target is not made of class indices.</exception>
    public static Node Accuracy(Node scores, Node target, int? ignoreIndex = null, string name = "accuracy",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var best = scores.ArgMax();
        var labels = Labels(nameof(Accuracy), scores, target, best.Shape, ignoreIndex);
        var largest = scores.Max(axis: -1);                                                                    // [..], NaN where a score is
        var right = best.Equal(labels).Cast() * largest.Equal(largest).Cast();
        return Share(right, target, ignoreIndex, name, file, line);
    }

    /// <summary>The share of rows whose right class has one of the <paramref name="k"/> largest scores.
    /// Of equal scores the first counts as the largest, and a NaN is larger than all.</summary>
    /// <param name="scores">Logits or probabilities, [.., classes]; the number of classes must be known.</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, each of which must
    /// exist, or one-hot rows [.., classes].</param>
    /// <param name="k">How many guesses there are.</param>
    /// <param name="name">The metric's name in histories and progress; by default <c>top-k accuracy</c>.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, such as −100 for padding;
    /// if no row counts the share is 0.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not fit the scores', or the number of classes is unknown.</exception>
    /// <exception cref="ArgumentException">There is an index to ignore, and the target is not made of class indices.</exception>
    public static Node TopK(
        Node scores, Node target, int k, int? ignoreIndex = null, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (scores.Shape.Rank == 0 || scores.Shape[scores.Shape.Rank - 1] is not { } classes)
            throw ShapeException.Of(nameof(TopK), [scores],
                new ShapeException($"the last size of `{scores.Label}` {scores.Shape} is the number of classes and must be known.",
                    "Declare it: [null, 10]."));
        var labels = Labels(nameof(TopK), scores, target, scores.Shape.Without(scores.Shape.Rank - 1), ignoreIndex);
        var places = new Constant(() => [.. Enumerable.Range(0, (int)classes).Select(place => (double)place)], [classes]);
        var isRight = labels.OneHot((int)classes, ignoreIndex);
        // [.., 1], the right class's score
        var right = Flow.Select(isRight.Equal(1f), scores, 0f).Sum(axis: -1, keep: true);
        // [.., classes], 1 before the right class
        var before = places.Less((isRight * places).Sum(axis: -1, keep: true)).Cast();
        // [.., classes], 1 where a score comes before the right one
        var ahead = Flow.Select(scores.LessOrEqual(right), scores.Equal(right).Cast() * before, 1f);
        return Share(ahead.Sum(axis: -1).Less((float)k).Cast(), target, ignoreIndex, name ?? $"top-{k} accuracy", file, line);
    }

    /// <summary>The right class of each row, [..].</summary>
    private static Node Labels(string metric, Node scores, Node target, Shape rows, int? ignoreIndex)
    {
        ArgumentNullException.ThrowIfNull(target);
        WeightedMean.RequireIndices(target, ignoreIndex);
        var isIndices = target.ElementType == ElementType.Int32;
        SameShape.Require(metric, scores, target, isIndices ? rows : null);
        return isIndices ? Flow.AddFlow(target, new CheckClasses(scores, ignoreIndex)) : target.ArgMax();
    }

    private static Node Share(Node right, Node target, int? ignoreIndex, string name, string file, int line) => ignoreIndex is { } ignored
        ? WeightedMean.Of(right, WeightedMean.Counted(target, ignored), name, file, line)
        : right.Mean(name: name, file: file, line: line);

    /// <summary>The mean of |prediction − target|, in the target's units.</summary>
    public static Node MeanAbsoluteError(Node prediction, Node target, string name = "mean absolute error",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Losses.MeanAbsoluteError(prediction, target, name: name, file: file, line: line);

    /// <summary>The mean of (prediction − target)². Its root over all rows, and the share of the variance that is explained, are in a
    /// <see cref="RegressionReport"/>: they are not means of batches.</summary>
    public static Node MeanSquaredError(Node prediction, Node target, string name = "mean squared error", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Losses.MeanSquaredError(prediction, target, name: name, file: file, line: line);
}
