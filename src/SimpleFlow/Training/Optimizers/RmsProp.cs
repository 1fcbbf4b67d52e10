namespace SimpleFlow;

/// <summary>
/// s ← ρ·s + (1 − ρ)·g², w ← w − rate·g / (√s + ε): like AdaGrad, but forgetting (Hinton, lecture 6e of
/// "Neural networks for machine learning", 2012).
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="decay">ρ, from 0 to below 1: how much of the past stays.</param>
/// <param name="epsilon">ε, which keeps the quotient finite.</param>
/// <param name="momentum">μ, from 0 to below 1: v ← μ·v + g / (√s + ε), w ← w − rate·v, as in PyTorch. 0: no velocity is kept.</param>
/// <param name="centered">Whether s − m², with m ← ρ·m + (1 − ρ)·g, stands in the place of s: the variance of the gradients, and not their
/// mean square (Graves, "Generating sequences with recurrent neural networks", 2013).</param>
public sealed class RmsProp(float learningRate = 0.01f, float decay = 0.99f, float epsilon = 1e-8f, float momentum = 0,
    bool centered = false) : Optimizer(learningRate, RateFor(LongestStep(RequireMemory(decay, nameof(decay)),
        RequireEpsilon(epsilon, nameof(epsilon)), centered) / (1 - RequireMemory(momentum, nameof(momentum)))))
{
    protected override IEnumerable<(string Name, float Value)> Settings =>
    [
        ("decay", decay), ("epsilon", epsilon), .. momentum == 0 ? Array.Empty<(string, float)>() : [("momentum", momentum)],
        .. centered ? [("centered", 1f)] : Array.Empty<(string, float)>(),
    ];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var squares = state.Beside(variable, "squares");
        var next = state.Faded(squares, decay) + (1 - decay) * (gradient * gradient);
        yield return squares.Assign(next);
        if (centered)
        {
            var mean = state.Beside(variable, "mean");
            var nextMean = state.Faded(mean, decay) + (1 - decay) * gradient;
            yield return mean.Assign(nextMean);
            // Rounding may make a variance of 0 negative.
            next = (next - nextMean * nextMean).Maximum(0f);
        }
        if (momentum == 0)
        {
            yield return variable.Assign(variable - rate * gradient / (next.Sqrt() + epsilon));
            yield break;
        }
        var velocity = state.Beside(variable, "velocity");
        var nextVelocity = state.Faded(velocity, momentum) + gradient / (next.Sqrt() + epsilon);
        yield return velocity.Assign(nextVelocity);
        yield return variable.Assign(variable - rate * nextVelocity);
    }

    // Gradients that are always the same have no variance, and only ε to be divided by.
    private static double LongestStep(double decay, double epsilon, bool centered) =>
        centered ? LargestGradient / epsilon : LongestQuotient(decay, epsilon);
}
