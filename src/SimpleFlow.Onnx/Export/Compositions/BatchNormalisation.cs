namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>Batch normalisation in its form for use: (x − mean) / √(variance + ε) · scale + shift, each with a number for every
/// channel.</summary>
internal static class BatchNormalisation
{
    public static Composition? Of(Operation last)
    {
        if (last.Op is not Add || last.Inputs[0].Is<Multiply>() is not { } scaled) return null;
        List<Node> inside = [scaled];
        if (Standardised.Of(scaled.Inputs[0], inside) is not { } standard) return null;
        var x = standard.X;
        if (Parts.PerChannel(scaled.Inputs[1], x, inside) is not { } scale || Parts.PerChannel(last.Inputs[1], x, inside) is not { } shift
            || Parts.PerChannel(standard.Mean, x, inside) is not { } mean
            || Parts.PerChannel(standard.Variance, x, inside) is not { } variance)
            return null;
        var channels = x.Shape[1]!.Value;
        return new Composition([x, scale, shift, mean, variance], inside, node => node.Result("BatchNormalization",
            [node.Input(0), .. Enumerable.Range(1, 4).Select(i => node.Stored(i, channels))], With.Float("epsilon", standard.Epsilon)));
    }
}
