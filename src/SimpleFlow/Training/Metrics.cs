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
        var isIndices = target.ElementType == ElementType.Int32;
        var best = scores.ArgMax();
        SameShape.Require(nameof(Accuracy), scores, target, isIndices ? best.Shape : null);
        return best.Equal(isIndices ? target : target.ArgMax()).Cast().Mean(name: name, file: file, line: line);
    }
}
