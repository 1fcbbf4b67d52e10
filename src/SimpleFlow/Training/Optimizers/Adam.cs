namespace SimpleFlow;

/// <summary>
/// m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − rate·m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
/// (Kingma and Ba, "Adam: a method for stochastic optimization", 2015).
/// </summary>
public class Adam : Optimizer
{
    private readonly float _beta1, _beta2, _epsilon;

    /// <summary>With its rate, the memories of the two averages, and ε, which keeps the quotient finite.</summary>
    public Adam(float learningRate = 0.001f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f) : base(learningRate)
    {
        if (!(beta1 is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(beta1), beta1, "Adam: β₁ lies in [0, 1).");
        if (!(beta2 is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(beta2), beta2, "Adam: β₂ lies in [0, 1).");
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
    }

    private protected override IEnumerable<(string Name, float Value)> Settings => [("beta 1", _beta1), ("beta 2", _beta2), ("epsilon", _epsilon)];

    private protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, State state)
    {
        var (mean, square) = (State.Beside(variable, "mean"), State.Beside(variable, "square"));
        var nextMean = State.Faded(mean, _beta1) + (1 - _beta1) * gradient;
        var nextSquare = State.Faded(square, _beta2) + (1 - _beta2) * (gradient * gradient);
        yield return mean.Assign(nextMean);
        yield return square.Assign(nextSquare);
        // What is the same for all elements is divided once, so that one quotient and one root an element remain.
        var step = rate / state.Gathered(_beta1);
        var root = (nextSquare * (1f / state.Gathered(_beta2))).Sqrt() + _epsilon;
        yield return variable.Assign(Decayed(variable, rate) - step * nextMean / root);
    }

    private protected virtual Node Decayed(Variable variable, Node rate) => variable;
}
