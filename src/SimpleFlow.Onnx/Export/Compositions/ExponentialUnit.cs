namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>The exponential linear unit: x where it is positive, else α·(eˣ − 1).</summary>
internal static class ExponentialUnit
{
    public static Composition? Of(Operation last)
    {
        if (last.Op is not Select || last.Inputs[0].Is<Greater>() is not { } isPositive || isPositive.Inputs[1].Number() != 0
            || last.Inputs[2].Is<Multiply>() is not { } scaled || scaled.Inputs[0].Number() is not { } alpha
            || scaled.Inputs[1].Is<ExpMinusOne>() is not { } growth || growth.Inputs[0].Is<Minimum>() is not { } negative
            || negative.Inputs[1].Number() != 0)
            return null;
        var x = last.Inputs[1];
        return ReferenceEquals(isPositive.Inputs[0], x) && ReferenceEquals(negative.Inputs[0], x)
            ? new Composition([x], [isPositive, scaled, growth, negative],
                node => node.Result("Elu", node.Inputs, With.Float("alpha", alpha)))
            : null;
    }
}
