namespace SimpleFlow;

/// <summary>
/// Adam that looks ahead, as <see cref="Nesterov"/> does: w ← w − rate·(μₜ₊₁·m / (1 − Πμ·μₜ₊₁) + (1 − μₜ)·g / (1 − Πμ)) / (√v̂ + ε), where
/// μₜ = β₁·(1 − ½·0.96^(t·0.004)) is the memory of step t, which grows, and Πμ the product of those so far (Dozat, "Incorporating Nesterov
/// momentum into Adam", 2016). PyTorch and Keras have the same schedule of μ.
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="beta1">The memory of the mean of gradients.</param>
/// <param name="beta2">The memory of the mean of squared gradients.</param>
/// <param name="epsilon">ε, which keeps the quotient finite.</param>
public sealed class NAdam(float learningRate = 0.002f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
    : Optimizer(learningRate, RateFor(LongestStep(RequireMemory(beta1, nameof(beta1)), RequireMemory(beta2, nameof(beta2)),
        RequireEpsilon(epsilon, nameof(epsilon)))))
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("beta 1", beta1), ("beta 2", beta2), ("epsilon", epsilon)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var (mean, square) = (state.Beside(variable, "mean"), state.Beside(variable, "square"));
        var nextMean = state.Faded(mean, beta1) + (1 - beta1) * gradient;
        var nextSquare = state.Faded(square, beta2) + (1 - beta2) * (gradient * gradient);
        yield return mean.Assign(nextMean);
        yield return square.Assign(nextSquare);
        var t = state.Age();
        var (memory, next) = (Memory(t), Memory(t + 1f));
        var product = state.Shared("product of memories", 1, before => before * memory, takesNew: true);
        var ahead = rate * next / (1f - product * next) * nextMean + rate * (1f - memory) / (1f - product) * gradient;
        yield return variable.Assign(variable - ahead / ((nextSquare * (1f / state.Gathered(beta2))).Sqrt() + epsilon));
    }

    /// <summary>μ of a step.</summary>
    private Node Memory(Node step) => beta1 * (1f - 0.5f * (step * Constant.Of([0.004 * Math.Log(0.96)], [])).Exp());

    // Both parts are at most as long as Adam's step: the mean with the memory of the next step, and the gradient with the rest of this one.
    private static double LongestStep(double beta1, double beta2, double epsilon) =>
        Adam.LongestStep(beta1, beta2, epsilon) / (1 - beta1) + LongestQuotient(beta2, epsilon * Math.Sqrt(1 - beta2)) / (1 - beta1);
}
