namespace SimpleFlow;

/// <summary>
/// s ← s + g², w ← w − rate·g / (√s + ε): elements that have moved much move less (Duchi, Hazan and Singer, 2011).
/// </summary>
/// <param name="learningRate">The rate.</param>
/// <param name="epsilon">ε, which keeps the quotient finite before anything has moved.</param>
/// <param name="initialAccumulator">What s starts from: 0 as in PyTorch; Keras starts from 0.1, with an ε of 1e-7.</param>
public sealed class AdaGrad(float learningRate = 0.01f, float epsilon = 1e-10f, float initialAccumulator = 0)
    : Optimizer(learningRate, RateFor(LongestQuotient(memory: 0, RequireEpsilon(epsilon, nameof(epsilon)))))
{
    private readonly float _start = RequireNotNegative(initialAccumulator, nameof(initialAccumulator));

    protected override IEnumerable<(string Name, float Value)> Settings =>
        [("epsilon", epsilon), .. _start == 0 ? Array.Empty<(string, float)>() : [("initial accumulator", _start)]];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var squares = state.Beside(variable, "squares", _start);
        // The sum of squares only grows, and must not become infinite.
        var next = (squares + gradient * gradient).Minimum(float.MaxValue);
        yield return squares.Assign(next);
        yield return variable.Assign(variable - rate * gradient / (next.Sqrt() + epsilon));
    }
}
