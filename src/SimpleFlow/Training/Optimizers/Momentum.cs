namespace SimpleFlow;

/// <summary>
/// v ← μ·v + g, w ← w − rate·v: the steps add up while the slope keeps its direction (Polyak, 1964). PyTorch's <c>SGD(momentum=…)</c>;
/// Keras keeps the rate in the velocity, v ← μ·v − rate·g, which takes the same steps as long as the rate stays the same.
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="momentum">μ, from 0 to below 1: how much of the last step's velocity stays.</param>
public sealed class Momentum(float learningRate = 0.01f, float momentum = 0.9f)
    : Optimizer(learningRate, RateFor(LargestGradient / (1 - RequireMemory(momentum, nameof(momentum)))))
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("momentum", momentum)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var velocity = state.Beside(variable, "velocity");
        var next = state.Faded(velocity, momentum) + gradient;
        yield return velocity.Assign(next);
        yield return variable.Assign(variable - rate * next);
    }
}
