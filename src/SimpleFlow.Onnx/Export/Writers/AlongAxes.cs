namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>Probabilities along an axis.</summary>
internal static class AlongAxes
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Of<Softmax>((node, op) => node.Result("Softmax", node.Inputs, With.Int("axis", op.Along))),
        Exporter.Of<LogSoftmax>((node, op) => node.Result("LogSoftmax", node.Inputs, With.Int("axis", op.Along))),
        // −Σ t · log softmax(x), along the last axis.
        Exporter.Of<SoftmaxCrossEntropy>((node, _) =>
        {
            var products = node.Step("Mul", [node.Input(1), node.Step("LogSoftmax", [node.Input(0)], With.Int("axis", -1))]);
            node.Result("Neg", [node.Step("ReduceSum", [products, node.Whole(-1)], With.Flag("keepdims", false))]);
        }),
        ];
}
