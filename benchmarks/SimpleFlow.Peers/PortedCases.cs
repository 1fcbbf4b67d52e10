using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SimpleFlow.Peers;

/// <summary>The options, layers, losses and functions that a port from PyTorch needs: also in float64, beside the plain reading.</summary>
internal static class PortedCases
{
    public static IReadOnlyList<(string Name, Func<Random, Trial> Draw)> All { get; } =
        [
        ("dense without bias", NoBias), ("layer norm of axes", LayerNorm), ("instance norm", InstanceNorm),
        ("further activations", Activations), ("gated units", Gated), ("losses", Losses), ("losses of distances", Distances),
        ("masked attention", Masked), ("functions along axes", Functions), ("padding by pixels", Padded), ("adaptive pool", Adaptive),
        ("bilinear upsampling", Bilinear), ("pixel shuffle", Shuffled), ("transposed, dilated", Transposed),
    ];

    private static Trial NoBias(Random random)
    {
        var (batch, inputs, units) = (random.Next(1, 40), random.Next(1, 80), random.Next(1, 60));
        return new($"[{batch}, {inputs}] to {units}", [batch, inputs], x => Layers.Dense(x, units, useBias: false, name: "d"),
            (x, v) => x.mm(v["d/w"]), InDouble: true);
    }

    private static Trial LayerNorm(Random random)
    {
        long[] shape = [random.Next(1, 9), random.Next(2, 8), random.Next(4, 12)];
        return new(Text(shape), shape, x => Layers.LayerNorm(x, lastAxes: 2, name: "n"),
            (x, v) => F.layer_norm(x, [shape[1], shape[2]], v["n/scale"], v["n/shift"], 1e-5f), InDouble: true);
    }

    private static Trial InstanceNorm(Random random)
    {
        long[] shape = [random.Next(1, 9), random.Next(1, 6), random.Next(2, 9), random.Next(2, 9)];
        return new(Text(shape), shape, x => Layers.InstanceNorm(x, name: "n"), (x, v) => F.instance_norm(x,
            weight: v["n/scale"].reshape(shape[1]), bias: v["n/shift"].reshape(shape[1]), eps: 1e-5f), InDouble: true);
    }

    private static Trial Activations(Random random) => new("one after the other", [random.Next(1, 20), random.Next(2, 40)],
        x => Flow.Concat([x.Gelu(byTanh: true), x.Selu(), x.Mish(), x.HardSwish(), x.HardSigmoid(), x.LogSigmoid()], 1),
        (x, _) => cat([0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x.pow(3))).tanh()), F.selu(x), F.mish(x), F.hardswish(x),
            F.hardsigmoid(x), F.logsigmoid(x)], 1), InDouble: true);

    private static Trial Gated(Random random)
    {
        var (rows, half) = (random.Next(1, 20), random.Next(1, 20));
        return new($"[{rows}, {2 * half}]", [rows, 2 * half], x => Flow.Concat([x.Glu(), x.SwiGlu()], 1),
            (x, _) => cat([F.glu(x), F.silu(x.narrow(1, 0, half)) * x.narrow(1, half, half)], 1), InDouble: true);
    }

    private static Trial Losses(Random random)
    {
        // At least two: an open batch does not fit constants of one row.
        var (rows, classes) = (random.Next(2, 12), random.Next(2, 9));
        var (target, labels) = (Numbers(random, rows * classes), Enumerable.Range(0, rows).Select(_ => random.Next(classes)).ToArray());
        var ours = Constant.Of(Array.ConvertAll(target, one => (double)one), [rows, classes]);
        var ids = Constant.Of(Array.ConvertAll(labels, one => (double)one), [rows], ElementType.Int32);
        return new($"[{rows}, {classes}]", [rows, classes], x => Flow.Stack([
            SimpleFlow.Losses.SmoothL1(x, ours, 0.7f, LossReduction.Sum), SimpleFlow.Losses.Huber(x, ours, 0.7f),
            SimpleFlow.Losses.BinaryCrossEntropy(x, ours.Sigmoid(), 2.5f), SimpleFlow.Losses.NegativeLogLikelihood(x.LogSoftmax(), ids),
            SimpleFlow.Losses.KullbackLeibler(x.LogSoftmax(), ours.Softmax()),
            SimpleFlow.Losses.SoftmaxCrossEntropy(x, ids, smoothing: 0.1f, reduction: LossReduction.Sum)]), (x, _) =>
        {
            var t = tensor(target, [rows, classes]).to(x.dtype);
            var ids = tensor(Array.ConvertAll(labels, one => (long)one), [rows]);
            return stack([F.smooth_l1_loss(x, t, nn.Reduction.Sum, 0.7f), F.huber_loss(x, t, 0.7f),
                F.binary_cross_entropy_with_logits(x, t.sigmoid(), pos_weights: (ones(classes) * 2.5).to(x.dtype)),
                F.nll_loss(F.log_softmax(x, 1), ids), F.kl_div(F.log_softmax(x, 1), F.softmax(t, 1), false, nn.Reduction.Sum) / rows,
                F.cross_entropy(x, ids, reduction: nn.Reduction.Sum, label_smoothing: 0.1f)]);
        }, InDouble: true);
    }

    private static Trial Distances(Random random)
    {
        var (rows, features) = (random.Next(2, 12), random.Next(2, 9));
        var (near, far) = (Numbers(random, rows * features), Numbers(random, rows * features));
        Node Ours(float[] of) => Constant.Of(Array.ConvertAll(of, one => (double)one), [rows, features]);
        return new($"[{rows}, {features}]", [rows, features], x => Flow.Stack([SimpleFlow.Losses.Triplet(x, Ours(near), Ours(far)),
            SimpleFlow.Losses.Cosine(x, Ours(near))]), (x, _) =>
        {
            var (a, b) = (tensor(near, [rows, features]).to(x.dtype), tensor(far, [rows, features]).to(x.dtype));
            return stack([F.triplet_margin_loss(x, a, b), (1 - F.cosine_similarity(x, a, 1)).mean()]);
        }, InDouble: true);
    }

    private static Trial Masked(Random random)
    {
        var (batch, time, width) = (random.Next(1, 5), random.Next(1, 12), random.Next(1, 12));
        // Each query sees its own key, and others by chance.
        bool[] seen = [.. Enumerable.Range(0, time * time).Select(i => i / time == i % time || random.Next(2) == 0)];
        var mask = Constant.Of(Array.ConvertAll(seen, one => one ? 1.0 : 0), [time, time], ElementType.Bool);
        return new($"[{batch}, {time}, {width}]", [batch, time, width], x => Layers.Attention(x, x * 0.5f, x.Tanh(), mask: mask),
            (x, _) => F.scaled_dot_product_attention(x, x * 0.5, x.tanh(), tensor(seen, [time, time])), InDouble: true);
    }

    private static Trial Functions(Random random)
    {
        var (rows, length) = (random.Next(1, 8), random.Next(2, 9));
        return new($"[{rows}, {length}]", [rows, length], x => Flow.Concat([x.CumulativeSum(1), x.Product(1, keep: true),
            x.LogSumExp(1, keep: true), x.Flip(1), x.Roll(1, 2), x.Min(1, keep: true), x.Norm(1, keep: true)], 1),
            (x, _) => cat([x.cumsum(1), x.prod(1, true), x.logsumexp(1, true), x.flip(1), x.roll(2, 1), x.amin([1], true),
                x.pow(2).sum(1, true).sqrt()], 1), InDouble: true);
    }

    private static Trial Padded(Random random)
    {
        var shape = Images(random, 3);
        return new(Text(shape), shape, x => Flow.Concat([x.Pad((2, 1, 0, 2), PadMode.Reflect), x.Pad((2, 1, 0, 2), PadMode.Replicate),
            x.Pad((2, 1, 0, 2), PadMode.Circular)], 1), (x, _) => cat([F.pad(x, [1, 2, 2, 0], PaddingModes.Reflect),
            F.pad(x, [1, 2, 2, 0], PaddingModes.Replicate), F.pad(x, [1, 2, 2, 0], PaddingModes.Circular)], 1), InDouble: true);
    }

    private static Trial Adaptive(Random random)
    {
        var (shape, down, across) = (Images(random, 1), random.Next(1, 6), random.Next(1, 6));
        return new($"{Text(shape)} to {down} × {across}", shape, x => x.AdaptiveAveragePool2D((down, across)),
            (x, _) => F.adaptive_avg_pool2d(x, new long[] { down, across }), InDouble: true);
    }

    private static Trial Bilinear(Random random)
    {
        var (shape, down, across) = (Images(random, 1), random.Next(1, 4), random.Next(1, 4));
        return new($"{Text(shape)} times {down} × {across}", shape, x => x.Upsample2D((down, across), bilinear: true),
            (x, _) => F.interpolate(x, scale_factor: [down, across], mode: InterpolationMode.Bilinear, align_corners: false),
            InDouble: true);
    }

    private static Trial Shuffled(Random random)
    {
        var factor = random.Next(1, 4);
        var shape = Images(random, 1);
        shape[1] *= factor * factor;
        return new($"{Text(shape)} by {factor}", shape, x => x.PixelShuffle(factor), (x, _) => F.pixel_shuffle(x, factor), InDouble: true);
    }

    private static Trial Transposed(Random random)
    {
        var (shape, outputs, window, dilation) = (Images(random, 2), random.Next(1, 6), random.Next(1, 4), random.Next(1, 4));
        return new($"{Text(shape)} to {outputs}, window {window}, dilation {dilation}", shape,
            x => Layers.ConvTranspose2D(x, outputs, window, dilation: dilation, name: "c"),
            (x, v) => F.conv_transpose2d(x, v["c/w"], v["c/b"], [1, 1], [0, 0], [0, 0], [dilation, dilation], 1), InDouble: true);
    }

    private static long[] Images(Random random, int least) =>
        [random.Next(1, 5), random.Next(1, 5), random.Next(least, 9), random.Next(least, 9)];

    private static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
