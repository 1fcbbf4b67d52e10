namespace SimpleFlow;

/// <summary>
/// Adam with decoupled weight decay: w ← w − rate·decay·w before Adam's step, so that the decay does not pass through the averages
/// (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>With its rate, its decay, and the numbers of <see cref="Adam"/>.</summary>
    /// <param name="learningRate">The rate.</param>
    /// <param name="weightDecay">The share of a weight that decays at rate 1.</param>
    /// <param name="beta1">The memory of the mean of gradients.</param>
    /// <param name="beta2">The memory of the mean of squared gradients.</param>
    /// <param name="epsilon">ε, which keeps the quotient finite.</param>
    public AdamW(float learningRate = 0.001f, float weightDecay = 0.01f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        // At a rate of 2 / decay a weight would change its sign and keep its size.
        : base(learningRate, beta1, beta2, epsilon,
            largestRate: 2 / RequireNotNegative(weightDecay, nameof(weightDecay))) =>
        WeightDecay = weightDecay;

    protected override IEnumerable<(string Name, float Value)> Settings => [.. base.Settings, ("weight decay", WeightDecay)];

    /// <inheritdoc/>
    protected override bool DecaysWeights => true;

    /// <inheritdoc/>
    protected override Node Decayed(Variable variable, Node rate, OptimizerState state) =>
        state.WeightDecay == 0 ? variable : variable * (1f - rate * (state.WeightDecay ?? WeightDecay));
}
