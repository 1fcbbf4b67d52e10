namespace SimpleFlow.Tests.Training;

/// <summary>An optimizer as a user writes it (Chen and others, "Symbolic discovery of optimization algorithms", 2023).</summary>
internal sealed class Lion(float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f, float decay = 0) : Optimizer(learningRate)
{
    protected override IEnumerable<(string Name, float Value)> Settings => [("beta 1", beta1), ("beta 2", beta2), ("decay", decay)];

    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var momentum = state.Beside(variable, "momentum");
        yield return variable.Assign(variable - rate * ((beta1 * momentum + (1 - beta1) * gradient).Sign() + decay * variable));
        yield return momentum.Assign(beta2 * momentum + (1 - beta2) * gradient);
    }
}
