namespace SimpleFlow;

/// <summary>
/// Adam with decoupled weight decay: w ← w − rate·decay·w before Adam's step, so that the decay does not pass through the averages
/// (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="weightDecay">The share of a weight that decays at rate 1.</param>
/// <param name="beta1">The memory of the mean of gradients.</param>
/// <param name="beta2">The memory of the mean of squared gradients.</param>
/// <param name="epsilon">ε, which keeps the quotient finite.</param>
public sealed class AdamW(float learningRate = 0.001f, float weightDecay = 0.01f, float beta1 = 0.9f, float beta2 = 0.999f,
    float epsilon = 1e-8f)
    // At a rate of 2 / decay a weight would change its sign and keep its size.
    : Adam(learningRate, beta1, beta2, epsilon, largestRate: 2 / Decay(weightDecay))
{
    protected override IEnumerable<(string Name, float Value)> Settings => [.. base.Settings, ("weight decay", weightDecay)];

    private static double Decay(float weightDecay) => weightDecay >= 0 && float.IsFinite(weightDecay) ? weightDecay
        : throw new ArgumentOutOfRangeException(nameof(weightDecay), weightDecay, "The weight decay must be finite and not negative.");

    /// <inheritdoc/>
    protected override bool DecaysWeights => true;

    /// <inheritdoc/>
    protected override Node Decayed(Variable variable, Node rate, OptimizerState state) =>
        state.WeightDecay == 0 ? variable : variable * (1f - rate * (state.WeightDecay ?? weightDecay));
}
