namespace SimpleFlow;

/// <summary>
/// w ← w − rate·g: a step against the slope. The rate falls by the decay at every iteration, but not below 10⁻⁶ (the rule of the seed of this project); one that starts below that stays.
/// </summary>
/// <param name="learningRate">The rate of the first iteration.</param>
/// <param name="learningRateDecay">How much the rate falls per iteration; 0 keeps it.</param>
public sealed class GradientDescent(float learningRate = 0.001f, float learningRateDecay = 1e-8f) : Optimizer(learningRate)
{
    private const float LowestRate = 1e-6f;

    private protected override IEnumerable<(string Name, float Value)> Settings => [("learning rate decay", learningRateDecay)];

    private protected override Node Rate(Node rate, State state) =>
        learningRateDecay == 0 ? rate : (rate - learningRateDecay * state.Iteration()).Maximum(rate.Minimum(LowestRate), "rate");

    private protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, State state)
    {
        yield return variable.Assign(variable - rate * gradient);
    }
}
