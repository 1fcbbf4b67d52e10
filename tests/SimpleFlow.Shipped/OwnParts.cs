using System.Text.Json.Serialization;

namespace SimpleFlow.Shipped;

internal sealed record Softsign(float Steepness) : Unary
{
    protected override double Plain(double x) => Steepness * x / (1 + Math.Abs(Steepness * x));

    protected override Node? Gradient(Operation node, Node upstream, int input) =>
        upstream * Steepness / (1f + (Steepness * node.Inputs[0]).Abs()).Power(2);
}

internal sealed record RunningSum(bool FromBack) : CustomOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

    protected override Node? Gradient(Operation node, Node upstream, int input) => Flow.AddFlow(upstream, new RunningSum(!FromBack));

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        var length = result.Size(1);
        for (var row = 0; row < result.Size(0); row++)
        {
            for (var i = 0; i < length; i++)
            {
                var at = FromBack ? length - 1 - i : i;
                result[row, at] = inputs[0][row, at] + (i == 0 ? 0 : result[row, FromBack ? at + 1 : at - 1]);
            }
        }
    }
}

internal sealed record Bend(float Steepness) : Layer
{
    protected override Node Build(Node x, string name)
    {
        var factor = new Variable($"{name}/factor", [x.Shape[^1]], Initializer.Of((values, _, random) =>
        {
            foreach (ref var value in values) value = 1 + 0.1f * random.Normal();
        }, "near one"));
        return Flow.AddFlow(Flow.AddFlow(x * factor, new Softsign(Steepness)), new RunningSum(false));
    }
}

internal sealed class Halving(float learningRate) : Optimizer(learningRate)
{
    protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state)
    {
        var mean = state.Beside(variable, "mean");
        var next = 0.5f * mean + 0.5f * gradient;
        yield return mean.Assign(next);
        yield return variable.Assign(variable - rate * next);
    }
}

[JsonSerializable(typeof(Bend))]
internal sealed partial class ShippedJson : JsonSerializerContext;
