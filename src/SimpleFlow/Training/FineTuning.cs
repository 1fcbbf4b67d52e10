using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>Fine-tuning: training that continues from a network that others have trained.</summary>
public static class FineTuning
{
    /// <summary>
    /// The same computation in inference mode, also inside a network that is being trained:
    /// dropout drops nothing, <see cref="Layers.BatchNorm"/> normalises by its running averages, which stay as they are, and nothing is
    /// assigned. For a body that others have trained: <c>Layers.Dense(body.InferenceMode(), 3)</c>. Its other variables continue to train;
    /// with <see cref="StopGradient"/> after it, none does.
    /// </summary>
    public static Node InferenceMode(this Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return ForInference.Of([x])[0];
    }

    /// <summary>The same computations in inference mode, for several nodes of one graph: what they share stays shared.</summary>
    /// <param name="nodes">What is computed.</param>
    public static IReadOnlyList<Node> InferenceMode(this IReadOnlyList<Node> nodes) => ForInference.Of([.. Required.List(nodes)]);
}
