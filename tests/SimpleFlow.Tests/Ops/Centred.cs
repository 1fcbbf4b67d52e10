namespace SimpleFlow.Tests.Ops;

/// <summary>A composite op: x³ − (sum of x) / count, where the count is known only with the shape.</summary>
internal sealed record Centred : CompositeOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

    protected override Node Build(IReadOnlyList<Node> inputs) => inputs[0].Shape.ElementCount == 0 ? inputs[0]
        : inputs[0].Power(3) - inputs[0].Sum() / inputs[0].Shape.ElementCount;
}
