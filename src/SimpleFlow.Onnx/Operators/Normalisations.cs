namespace SimpleFlow.Onnx.Operators;

/// <summary>Normalisations: by running statistics, or by mean and deviation along axes.</summary>
internal static class Normalisations
{
    public static IEnumerable<Operator> All =>
        [
        new("BatchNormalization", BatchNorm) { IsStatistic = input => input is 3 or 4 },
        new("InstanceNormalization", node =>
        {
            var x = node.Float(0);
            var y = Standard(x, [.. Enumerable.Range(2, x.Shape.Rank - 2)], node.Float("epsilon", 1e-5f));
            return node.Result(y * PerChannel(node, 1) + PerChannel(node, 2));
        }),
        new("LayerNormalization", LayerNorm),
        new("RMSNormalization", node =>
        {
            var x = node.Float(0);
            var scale = (x.Power(2).Mean(LastAxes(node, "axis"), keep: true) + node.Float("epsilon", 1e-5f)).Sqrt();
            return node.Result(x / scale * node.Float(1));
        }),
        new("GroupNormalization", GroupNorm)
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [node.Input(0).Shape],
        },
        new("LpNormalization", node =>
        {
            var (x, axis) = (node.Float(0), (int)node.Int("axis", -1));
            var norm = node.Int("p", 2) == 1 ? x.Abs().Sum(axis, keep: true) : x.Power(2).Sum(axis, keep: true).Sqrt();
            // What is all zeros stays so.
            return node.Result(x / Flow.Select(norm.Equal(0f), 1f, norm));
        }),
        new("MeanVarianceNormalization", node =>
        {
            var (x, axes) = (node.Float(0), node.Ints("axes") ?? [0, 2, 3]);
            var centred = x - x.Mean(axes, keep: true);
            return node.Result(centred / (centred.Power(2).Mean(axes, keep: true).Sqrt() + 1e-9f));
        }),
        new("LRN", node =>
        {
            var (x, size) = (node.Float(0), (int)node.Int("size", 1));
            // A mean along the channels: a window over the second axis of the images, moved to where windows slide.
            var squares = x.Power(2);
            var before = (size - 1) / 2;
            var padded = squares.Pad(1, before, size - 1 - before);
            var channels = x.Shape[1]!.Value;
            var sum = Enumerable.Range(0, size).Select(i => padded.Slice(1, i, i + channels)).Aggregate((a, b) => a + b);
            return node.Result(x / (node.Float("bias", 1) + node.Float("alpha", 1e-4f) / size * sum).Power(node.Float("beta", 0.75f)));
        })
        { AtKnownSizes = node => node.Input(0).Shape[1] is null, OpenShapes = node => [node.Input(0).Shape] },
        ];

    private static int[] LastAxes(OnnxNode node, string name)
    {
        var rank = node.Input(0).Rank;
        var first = node.Axis(node.Int(name, -1), rank);
        return [.. Enumerable.Range(first, rank - first)];
    }

    private static Node Standard(Node x, int[] axes, float epsilon)
    {
        var centred = x - x.Mean(axes, keep: true);
        return centred / (centred.Power(2).Mean(axes, keep: true) + epsilon).Sqrt();
    }

    private static Node PerChannel(OnnxNode node, int input) => PerChannel(node.Float(input), node.Input(0).Rank);

    private static Node PerChannel(Node x, int rank) => rank <= 2 ? x : x.Unsqueeze([.. Enumerable.Range(1, rank - 2)]);

    private static OnnxValue[] BatchNorm(OnnxNode node)
    {
        var (x, epsilon, rank) = (node.Float(0), node.Float("epsilon", 1e-5f), node.Input(0).Rank);
        if (!node.Flag("training_mode"))
        {
            var standard = (x - PerChannel(node, 3)) / (PerChannel(node, 4) + epsilon).Sqrt();
            return node.Result(standard * PerChannel(node, 1) + PerChannel(node, 2));
        }
        int[] axes = [.. Enumerable.Range(0, rank).Where(axis => axis != 1)];
        var (mean, momentum) = (x.Mean(axes), node.Float("momentum", 0.9f));
        var centred = x - PerChannel(mean, rank);
        var variance = centred.Power(2).Mean(axes);
        var y = centred / (PerChannel(variance, rank) + epsilon).Sqrt() * PerChannel(node, 1) + PerChannel(node, 2);
        return
            [
            OnnxValue.Of(y, node.Type(0)),
            OnnxValue.Of(momentum * node.Float(3) + (1 - momentum) * mean, node.Type(3)),
            OnnxValue.Of(momentum * node.Float(4) + (1 - momentum) * variance, node.Type(4)),
            ];
    }

    private static OnnxValue[] LayerNorm(OnnxNode node)
    {
        var (x, axes, epsilon) = (node.Float(0), LastAxes(node, "axis"), node.Float("epsilon", 1e-5f));
        var mean = x.Mean(axes, keep: true);
        var centred = x - mean;
        var deviation = (centred.Power(2).Mean(axes, keep: true) + epsilon).Sqrt();
        var y = centred / deviation * node.Float(1);
        if (node.Has(2)) y += node.Float(2);
        return [OnnxValue.Of(y, node.Type(0)), OnnxValue.Of(mean, DataType.Float), OnnxValue.Of(1f / deviation, DataType.Float)];
    }

    private static OnnxValue[] GroupNorm(OnnxNode node)
    {
        var x = node.Float(0);
        var groups = (int)node.Int("num_groups", 1);
        var grouped = x.Reshape([x.Shape[0], groups, x.Shape.ElementCount / Math.Max(1, x.Shape[0]!.Value * groups)]);
        var y = Standard(grouped, [2], node.Float("epsilon", 1e-5f));
        // Up to version 20 scale and bias are for each group.
        if (node.Opset < 21)
        {
            var perGroup = (y * node.Float(1).Unsqueeze([1]) + node.Float(2).Unsqueeze([1])).Reshape(x.Shape);
            return node.Result(perGroup);
        }
        return node.Result(y.Reshape(x.Shape) * PerChannel(node, 1) + PerChannel(node, 2));
    }
}
