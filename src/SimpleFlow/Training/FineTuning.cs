using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>Training on from a network that others have trained.</summary>
public static class FineTuning
{
    /// <summary>
    /// The same computation in its form for use, also inside of a network that is trained:
    /// dropout drops nothing, <see cref="Layers.BatchNorm"/> normalises by its running averages, which stay as they are, and nothing is
    /// assigned. For a body that others have trained: <c>Layers.Dense(body.InferenceMode(), 3)</c>. Its other variables are trained on;
    /// with <see cref="StopGradient"/> after it none is.
    /// </summary>
    public static Node InferenceMode(this Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return ForInference.Of([x])[0];
    }
}
