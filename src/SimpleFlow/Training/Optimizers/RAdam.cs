namespace SimpleFlow;

/// <summary>
/// Adam without a warm-up of the rate: while the average of squared gradients has seen too few of them to be trusted, w ← w − rate·m̂.
/// Later w ← w − rate·r·m̂ / (√v̂ + ε / √(1 − β₂ᵗ)), where r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)) grows from 0 to 1, with ρ∞ = 2 /
/// (1 − β₂) − 1 and ρ = ρ∞ − 2·t·β₂ᵗ / (1 − β₂ᵗ). v is trusted from ρ &gt; 5 on (Liu and others, "On the variance of the adaptive learning
/// rate and beyond", 2020; ε as in PyTorch).
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="beta1">The memory of the mean of gradients.</param>
/// <param name="beta2">The memory of the mean of squared gradients.</param>
/// <param name="epsilon">ε, which keeps the quotient finite.</param>
public sealed class RAdam(float learningRate = 0.001f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
    // Before v is trusted, nothing bounds the step but the gradient.
    : Optimizer(learningRate, RateFor(LargestGradient / (1 - RequireMemory(beta1, nameof(beta1)))
        + Adam.LongestStep(beta1, RequireMemory(beta2, nameof(beta2)), RequireEpsilon(epsilon, nameof(epsilon)))))
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("beta 1", beta1), ("beta 2", beta2), ("epsilon", epsilon)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var (mean, square) = (state.Beside(variable, "mean"), state.Beside(variable, "square"));
        var nextMean = state.Faded(mean, beta1) + (1 - beta1) * gradient;
        var nextSquare = state.Faded(square, beta2) + (1 - beta2) * (gradient * gradient);
        yield return mean.Assign(nextMean);
        yield return square.Assign(nextSquare);
        var (isTrusted, rectified) = Rectified(state);
        var step = rate / state.Gathered(beta1);
        var divisor = Flow.Select(isTrusted, nextSquare.Sqrt() + epsilon, 1f);
        yield return variable.Assign(variable - step * Flow.Select(isTrusted, rectified, 1f) * nextMean / divisor);
    }

    /// <summary>Whether v is trusted, and then r·√(1 − β₂ᵗ).</summary>
    private (Node IsTrusted, Node Factor) Rectified(OptimizerState state)
    {
        var end = 2 / (1 - (double)beta2) - 1;
        // 1 − β₂ᵗ from the exponent, and not as an average: ρ is a small difference of large numbers.
        var exponent = state.Age() * Constant.Of([Math.Log(beta2)], []);
        var gathered = -Flow.AddFlow(exponent, new ExpMinusOne());
        var rho = (Node)Constant.Of([end], []) - 2f * state.Age() * exponent.Exp() / gathered;
        var isTrusted = rho.Greater(5f);
        var r2 = (rho - 4f) * (rho - 2f) / rho * Constant.Of([end / ((end - 4) * (end - 2))], []);
        // The root must stay a number even where it is not used.
        return (isTrusted, (Flow.Select(isTrusted, r2, 1f) * gathered).Sqrt());
    }
}
