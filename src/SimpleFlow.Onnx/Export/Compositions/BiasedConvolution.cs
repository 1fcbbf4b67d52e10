namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>A convolution and a bias for each channel.</summary>
internal static class BiasedConvolution
{
    public static Composition? Of(Operation last)
    {
        if (last.Op is not Add || last.Inputs[0].Is<Conv2D>() is not { } sums) return null;
        List<Node> inside = [sums];
        if (Parts.PerChannel(last.Inputs[1], sums, inside) is not { } bias) return null;
        return new Composition([.. sums.Inputs, bias], inside, node =>
            node.Result("Conv", [node.Input(0), node.Input(1), node.Stored(2, sums.Shape[1]!.Value)], Writers.Sliding.Of((Conv2D)sums.Op)));
    }
}
