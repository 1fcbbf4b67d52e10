namespace SimpleFlow;

/// <summary>
/// s ← ρ·s + (1 − ρ)·g², w ← w − rate·g / (√s + ε): like AdaGrad, but forgetting (Hinton, lecture 6e of
/// "Neural networks for machine learning", 2012).
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="decay">ρ, from 0 to below 1: how much of the past stays.</param>
/// <param name="epsilon">ε, which keeps the quotient finite.</param>
public sealed class RmsProp(float learningRate = 0.01f, float decay = 0.99f, float epsilon = 1e-8f)
    : Optimizer(learningRate, RateFor(LongestQuotient(RequireMemory(decay, nameof(decay)), RequireEpsilon(epsilon, nameof(epsilon)))))
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("decay", decay), ("epsilon", epsilon)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var squares = state.Beside(variable, "squares");
        var next = state.Faded(squares, decay) + (1 - decay) * (gradient * gradient);
        yield return squares.Assign(next);
        yield return variable.Assign(variable - rate * gradient / (next.Sqrt() + epsilon));
    }
}
