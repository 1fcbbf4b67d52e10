namespace SimpleFlow;

/// <summary>
/// w ← w − rate·g: a step against the slope. By default the rate is not constant:
/// it falls by 10⁻⁸ at every iteration, as in the seed of this project, so that a rate of 0.001 has become 10⁻⁶ after 99,900 iterations.
/// It does not fall below 10⁻⁶, and one that starts below that stays.
/// </summary>
/// <param name="learningRate">The rate of the first iteration.</param>
/// <param name="learningRateDecay">How much the rate falls per iteration; 0 keeps it constant.</param>
public sealed class GradientDescent(float learningRate = 0.001f, float learningRateDecay = 1e-8f)
    : Optimizer(learningRate, RateFor(LargestGradient))
{
    private const float LowestRate = 1e-6f;

    private readonly float _decay = learningRateDecay >= 0 && float.IsFinite(learningRateDecay) ? learningRateDecay
        : throw new ArgumentOutOfRangeException(nameof(learningRateDecay), learningRateDecay,
            "The decay of the learning rate per iteration must be finite and not negative.");

    protected override IEnumerable<(string Name, float Value)> Settings => [("learning rate decay", _decay)];

    protected internal override string? Remark => _decay == 0 ? null
        : $"The rate is not constant: it falls by {_decay:0.#e-0} with every iteration, but not below "
            + $"{LowestRate:0.#e-0}.";

    protected override Node RateOf(Node rate, OptimizerState state) =>
        _decay == 0 ? rate : (rate - _decay * state.Iteration()).Maximum(rate.Minimum(LowestRate), "rate");

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        yield return variable.Assign(variable - rate * gradient);
    }
}
