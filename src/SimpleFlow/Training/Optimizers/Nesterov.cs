namespace SimpleFlow;

/// <summary>
/// v ← μ·v + g, w ← w − rate·(g + μ·v): momentum that looks ahead to where the velocity leads (Nesterov, 1983;
/// in the form of Sutskever and others, 2013). PyTorch's <c>SGD(nesterov=True)</c>; Keras keeps the rate in the velocity, v ← μ·v − rate·g,
/// w ← w + μ·v − rate·g, which takes the same steps as long as the rate stays the same.
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="momentum">μ, from 0 to below 1.</param>
public sealed class Nesterov(float learningRate = 0.01f, float momentum = 0.9f)
    : Optimizer(learningRate, RateFor(LargestGradient / (1 - RequireMemory(momentum, nameof(momentum)))))
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("momentum", momentum)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var velocity = state.Beside(variable, "velocity");
        var next = state.Faded(velocity, momentum) + gradient;
        yield return velocity.Assign(next);
        yield return variable.Assign(variable - rate * (gradient + momentum * next));
    }
}
