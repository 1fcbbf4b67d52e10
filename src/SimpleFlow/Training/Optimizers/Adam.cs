namespace SimpleFlow;

/// <summary>
/// m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − rate·m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
/// (Kingma and Ba, "Adam: a method for stochastic optimization", 2015).
/// </summary>
public class Adam : Optimizer
{
    private readonly float _beta1, _beta2, _epsilon;

    /// <summary>With its rate, the memories of the two averages, and ε, which keeps the quotient finite.</summary>
    public Adam(float learningRate = 0.001f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        : this(learningRate, beta1, beta2, epsilon, largestRate: double.PositiveInfinity) { }

    /// <summary>With the largest rate that an optimizer which derives from this one accepts, if that is lower than Adam's own.</summary>
    protected Adam(float learningRate, float beta1, float beta2, float epsilon, double largestRate)
        : base(learningRate, Math.Min(largestRate, RateFor(LongestStep(RequireMemory(beta1, nameof(beta1)),
            RequireMemory(beta2, nameof(beta2)), RequireEpsilon(epsilon, nameof(epsilon)))))) =>
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);

    /// <summary>Whether √v̂ is never smaller than it was, so that a large gradient is not forgotten (Reddi, Kale and Kumar, "On the
    /// convergence of Adam and beyond", 2018): v̂ is the largest v so far, without its bias. As in PyTorch, the largest is taken of v, and
    /// the bias removed afterwards.</summary>
    public bool AmsGrad { get; init; }

    protected override IEnumerable<(string Name, float Value)> Settings =>
        [("beta 1", _beta1), ("beta 2", _beta2), ("epsilon", _epsilon), .. AmsGrad ? [("amsgrad", 1f)] : Array.Empty<(string, float)>()];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var (mean, square) = (state.Beside(variable, "mean"), state.Beside(variable, "square"));
        var nextMean = state.Faded(mean, _beta1) + (1 - _beta1) * gradient;
        var nextSquare = state.Faded(square, _beta2) + (1 - _beta2) * (gradient * gradient);
        yield return mean.Assign(nextMean);
        yield return square.Assign(nextSquare);
        if (AmsGrad)
        {
            var largest = state.Beside(variable, "largest square");
            nextSquare = largest.Maximum(nextSquare);
            yield return largest.Assign(nextSquare);
        }
        // What is the same for all elements is divided once, so that one quotient and one root an element remain.
        var step = rate / state.Gathered(_beta1);
        var root = (nextSquare * (1f / state.Gathered(_beta2))).Sqrt() + _epsilon;
        yield return variable.Assign(Decayed(variable, rate, state) - step * nextMean / root);
    }

    /// <summary>
    /// The most that m̂ / (√v̂ + ε) can be. By the inequality of Cauchy and Schwarz |m| is at most (1 − β₁)·√v / √((1 −
    /// β₂)·(1 − q)) with q = β₁² / β₂, if that is below 1; otherwise m outlives v, and there is only ε to divide by.
    /// The factor 1 / (1 − β₁) is what the correction of the bias can add.
    /// </summary>
    internal static double LongestStep(double beta1, double beta2, double epsilon)
    {
        var q = beta1 == 0 ? 0 : beta1 * beta1 / beta2;
        return q < 1 ? LongestQuotient(beta2, epsilon * Math.Sqrt(1 - beta2)) / Math.Sqrt(1 - q)
            : LargestGradient / (epsilon * (1 - beta1));
    }

    /// <summary>The variable before the step is subtracted from it, for an optimizer that shrinks it first.</summary>
    protected virtual Node Decayed(Variable variable, Node rate, OptimizerState state) => variable;
}
