namespace SimpleFlow;

/// <summary>Metrics: numbers a person reads beside the loss, averaged over the batch. A metric is a named node like any other.</summary>
public static class Metrics
{
    /// <summary>The share of rows whose largest score is at the right class.</summary>
    /// <param name="scores">Logits or probabilities, [.., classes].</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, or one-hot rows [.., classes].</param>
    /// <param name="name">The metric's name in histories and progress.</param>
    public static Node Accuracy(Node scores, Node target, string name = "accuracy")
    {
        var classes = target.ElementType == ElementType.Int32 ? target : target.ArgMax();
        return scores.ArgMax().Equal(classes).Cast().Mean(name: name);
    }
}
