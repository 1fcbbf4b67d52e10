namespace SimpleFlow.Onnx.Operators;

/// <summary>Activations.</summary>
internal static class Activations
{
    // Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks", 2017.
    private const float SeluAlpha = 1.6732632423543772f, SeluScale = 1.0507009873554805f;

    public static IEnumerable<Operator> All =>
        [
        Of("Relu", (_, x) => x.Relu()),
        Of("LeakyRelu", (node, x) => x.LeakyRelu(node.Float("alpha", 0.01f))),
        Of("ThresholdedRelu", (node, x) => Flow.Select(x.Greater(node.Float("alpha", 1)), x, 0f)),
        Of("Elu", (node, x) => x.Elu(node.Float("alpha", 1))),
        Of("Selu", (node, x) => node.Float("gamma", SeluScale) * x.Elu(node.Float("alpha", SeluAlpha))),
        Of("Celu", (node, x) => node.Float("alpha", 1) * (x / node.Float("alpha", 1)).Elu()),
        Of("Sigmoid", (_, x) => x.Sigmoid()),
        Of("HardSigmoid", (node, x) => (node.Float("alpha", 0.2f) * x + node.Float("beta", 0.5f)).Clip(0, 1)),
        Of("HardSwish", (_, x) => x * (x / 6f + 0.5f).Clip(0, 1)),
        Of("Softplus", (_, x) => x.Softplus()),
        Of("Softsign", (_, x) => x / (1f + x.Abs())),
        Of("Mish", (_, x) => x * x.Softplus().Tanh()),
        Of("Swish", (node, x) => x * (node.Float("alpha", 1) * x).Sigmoid()),
        Of("Gelu", Gelu),
        Of("Shrink", Shrink),
        new("PRelu", node =>
        {
            var (x, slope) = (node.Float(0), node.Float(1));
            // Up to version 6, and in many files since, a slope for each channel is one axis.
            if (slope.Shape.Rank == 1 && x.Shape.Rank > 2 && slope.Shape[0] is var own && own != 1 && own != x.Shape[^1])
                slope = slope.Unsqueeze([.. Enumerable.Range(1, x.Shape.Rank - 2)]);
            return node.Result(x.Relu() - slope * (-x).Relu());
        }),
        new("Clip", Clip) { Until = 10 },
        new("Clip", Clip) { Since = 11, Settings = [1, 2], Formula = ClipFormula },
        ];

    private static Operator Of(string name, Func<OnnxNode, Node, Node> build) =>
        new(name, node => node.Result(build(node, node.Float(0))));

    private static Node Gelu(OnnxNode node, Node x)
    {
        if (!string.Equals(node.Text("approximate", "none"), "tanh", StringComparison.Ordinal)) return x.Gelu();
        const float root = 0.7978845608028654f;                            // √(2 / π)
        return 0.5f * x * (1f + (root * (x + 0.044715f * x.Power(3))).Tanh());
    }

    private static Node Shrink(OnnxNode node, Node x)
    {
        var (threshold, bias) = (node.Float("lambd", 0.5f), node.Float("bias", 0));
        return Flow.Select(x.Less(-threshold), x + bias, Flow.Select(x.Greater(threshold), x - bias, 0f));
    }

    private static OnnxValue[] Clip(OnnxNode node)
    {
        var x = node.Float(0);
        if (node.Opset < 11)
            return node.Result(x.Maximum(node.Float("min", float.MinValue)).Minimum(node.Float("max", float.MaxValue)));
        if (node.Has(1)) x = x.Maximum(node.Float(1));
        if (node.Has(2)) x = x.Minimum(node.Float(2));
        return node.Result(x);
    }

    private static Func<double[], double>? ClipFormula(OnnxNode node) =>
        node is { InputCount: 3 } && node.Has(1) && node.Has(2) ? n => Math.Min(Math.Max(n[0], n[1]), n[2]) : null;
}
