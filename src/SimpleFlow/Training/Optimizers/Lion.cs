namespace SimpleFlow;

/// <summary>
/// w ← w − rate·sign(β₁·m + (1 − β₁)·g), then m ← β₂·m + (1 − β₂)·g: every element moves by the rate, whatever the size of its gradient
/// (Chen and others, "Symbolic discovery of optimization algorithms", 2023). It takes a rate three to ten times smaller than Adam's, and a
/// <see cref="Optimizer.WeightDecay"/> as many times larger.
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="beta1">How much of m stays for the direction of a step.</param>
/// <param name="beta2">How much of m stays for the next step.</param>
public sealed class Lion(float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f) : Optimizer(learningRate, RateFor(1))
{
    private readonly float _beta1 = RequireMemory(beta1, nameof(beta1)), _beta2 = RequireMemory(beta2, nameof(beta2));

    protected override IEnumerable<(string Name, float Value)> Settings => [("beta 1", _beta1), ("beta 2", _beta2)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var mean = state.Beside(variable, "mean");
        yield return variable.Assign(variable - rate * (_beta1 * mean + (1 - _beta1) * gradient).Sign());
        yield return mean.Assign(state.Faded(mean, _beta2) + (1 - _beta2) * gradient);
    }
}
