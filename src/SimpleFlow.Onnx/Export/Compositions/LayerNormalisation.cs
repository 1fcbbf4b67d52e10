namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>Layer normalisation: each example's last axis with mean 0 and variance 1, then scale and shift.</summary>
internal static class LayerNormalisation
{
    public static Composition? Of(Operation last)
    {
        if (last.Op is not Add || last.Inputs[0].Is<Multiply>() is not { } scaled) return null;
        List<Node> inside = [scaled];
        if (Standardised.Of(scaled.Inputs[0], inside) is not { } standard || standard.X.Shape.Rank == 0) return null;
        var axis = standard.X.Shape.Rank - 1;
        if (!standard.IsOfX([axis], inside) || !IsPerFeature(scaled.Inputs[1]) || !IsPerFeature(last.Inputs[1])) return null;
        return new Composition([standard.X, scaled.Inputs[1], last.Inputs[1]], inside, node =>
            node.Result("LayerNormalization", node.Inputs, With.Int("axis", -1), With.Float("epsilon", standard.Epsilon)));

        bool IsPerFeature(Node node) => node.Shape.Rank == 1 && node.Shape[0] is { } size && size == standard.X.Shape[axis];
    }
}
