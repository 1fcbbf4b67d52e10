using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SimpleFlow.Peers;

/// <summary>The layers that are compared, each with the way to draw a shape.</summary>
internal static class AgreementCases
{
    public static IReadOnlyList<(string Name, Func<Random, Trial> Draw)> All { get; } =
        [
        ("dense", Dense), ("conv 1d", Conv1D), ("conv 2d", Conv2D), ("conv 2d, depthwise", Depthwise),
        ("conv transposed 2d", ConvTranspose2D),
        ("max pool", MaxPool), ("average pool", AveragePool), ("global average pool", GlobalPool),
        ("batch norm", BatchNorm), ("layer norm", LayerNorm), ("group norm", GroupNorm), ("rms norm", RmsNorm),
        ("embedding", Embedding), ("rnn", Rnn), ("lstm", Lstm), ("gru", Gru),
        ("attention", Attention), ("multi-head attention", MultiHead), ("transformer block", Block), ("activations", Activations),
    ];

    private static Trial Dense(Random random)
    {
        var (batch, inputs, units) = (random.Next(1, 40), random.Next(1, 80), random.Next(1, 60));
        return new($"[{batch}, {inputs}] to {units}", [batch, inputs], x => Layers.Dense(x, units, name: "d"),
            (x, v) => x.mm(v["d/w"]) + v["d/b"]);
    }

    private static Trial Conv1D(Random random)
    {
        var groups = random.Next(1, 3);
        var (inputs, outputs, width) = (groups * random.Next(1, 5), groups * random.Next(1, 6), random.Next(1, 5));
        var (stride, padding, dilation) = (random.Next(1, 4), random.Next(0, width), random.Next(1, 3));
        var (batch, length) = (random.Next(1, 9), dilation * (width - 1) + random.Next(1, 20));
        return new(
            $"[{batch}, {inputs}, {length}], {outputs} × {width}, stride {stride}, padding {padding}, dilation {dilation}, groups {groups}",
            [batch, inputs, length],
            x => Layers.Conv1D(x, outputs, width, null, stride, padding, dilation, groups, name: "c"),
            (x, v) => F.conv1d(x, v["c/w"].reshape(outputs, inputs / groups, width), v["c/b"], stride, padding, dilation, groups));
    }

    private static Trial Conv2D(Random random)
    {
        var groups = random.Next(4) == 0 ? 2 : 1;
        return Convolution(random, groups * random.Next(1, 20), groups * random.Next(1, 20), groups);
    }

    private static Trial Depthwise(Random random)
    {
        var channels = random.Next(1, 12);
        return Convolution(random, channels, channels * random.Next(1, 3), channels);
    }

    private static Trial Convolution(Random random, int inputs, int outputs, int groups)
    {
        var (h, w, stride, dilation) = (random.Next(1, 6), random.Next(1, 6), random.Next(1, 3), random.Next(1, 3));
        var (padH, padW) = (random.Next(0, h), random.Next(0, w));
        var (batch, height, width) = (random.Next(1, 24), dilation * (h - 1) + random.Next(1, 12), dilation * (w - 1) + random.Next(1, 12));
        return new(
            $"[{batch}, {inputs}, {height}, {width}], {outputs} × {h} × {w}, stride {stride}, padding {padH} {padW}, dilation {dilation}, "
                + $"groups {groups}", [batch, inputs, height, width],
            x => Layers.Conv2D(x, outputs, new Size2D(h, w), null, stride, new Padding(padH, padW, padH, padW), dilation, groups,
                name: "c"),
            (x, v) => F.conv2d(x, v["c/w"], v["c/b"], [stride, stride], [padH, padW], [dilation, dilation], groups));
    }

    private static Trial ConvTranspose2D(Random random)
    {
        var groups = random.Next(4) == 0 ? 2 : 1;
        var (inputs, outputs) = (groups * random.Next(1, 8), groups * random.Next(1, 8));
        var (h, w, stride) = (random.Next(1, 5), random.Next(1, 5), random.Next(1, 4));
        var padding = random.Next(0, (Math.Min(h, w) - 1) / 2 + 1);
        var more = random.Next(0, stride);
        var (batch, height, width) = (random.Next(1, 8), random.Next(2, 9), random.Next(2, 9));
        return new($"[{batch}, {inputs}, {height}, {width}], {outputs} × {h} × {w}, stride {stride}, padding {padding}, groups {groups}",
            [batch, inputs, height, width],
            x => Layers.ConvTranspose2D(x, outputs, new Size2D(h, w), null, stride, padding, more, groups, name: "c"),
            (x, v) => F.conv_transpose2d(x, v["c/w"], v["c/b"], [stride, stride], [padding, padding], [more, more], [1, 1], groups));
    }

    private static Trial MaxPool(Random random)
    {
        var (shape, window, stride, padding) = Pool(random);
        return new($"[{string.Join(", ", shape)}], window {window}, stride {stride}, padding {padding}", shape,
            x => x.MaxPool2D(window, stride, padding), (x, _) => F.max_pool2d(x, [window, window], [stride, stride], [padding, padding]));
    }

    private static Trial AveragePool(Random random)
    {
        var (shape, window, stride, padding) = Pool(random);
        return new($"[{string.Join(", ", shape)}], window {window}, stride {stride}, padding {padding}", shape,
            x => x.AveragePool2D(window, stride, padding),
            (x, _) => F.avg_pool2d(x, [window, window], [stride, stride], [padding, padding], count_include_pad: false));
    }

    private static (long[] Shape, int Window, int Stride, int Padding) Pool(Random random)
    {
        var window = random.Next(1, 5);
        return ([random.Next(1, 12), random.Next(1, 12), random.Next(window, 16), random.Next(window, 16)], window, random.Next(1, 4),
            random.Next(0, window / 2 + 1));
    }

    private static Trial GlobalPool(Random random)
    {
        long[] shape = [random.Next(1, 9), random.Next(1, 9), random.Next(1, 12), random.Next(1, 12)];
        return new($"[{string.Join(", ", shape)}]", shape, x => x.GlobalAveragePool(), (x, _) => x.mean([2, 3], keepdim: true));
    }

    private static Trial BatchNorm(Random random)
    {
        var channels = random.Next(1, 12);
        long[] shape = random.Next(2) == 0 ? [random.Next(3, 40), channels]
            : [random.Next(2, 20), channels, random.Next(2, 9), random.Next(2, 9)];
        return new($"[{string.Join(", ", shape)}], in training", shape, x => Layers.BatchNorm(x, name: "n"),
            (x, v) => F.batch_norm(x, zeros(channels), ones(channels), v["n/scale"].reshape(channels), v["n/shift"].reshape(channels),
                training: true, momentum: 0.1, eps: 1e-5));
    }

    private static Trial LayerNorm(Random random)
    {
        var (shape, features) = Sequence(random);
        return new($"[{string.Join(", ", shape)}]", shape, x => Layers.LayerNorm(x, name: "n"),
            (x, v) => F.layer_norm(x, [features], v["n/scale"], v["n/shift"], 1e-5));
    }

    private static Trial GroupNorm(Random random)
    {
        var groups = random.Next(1, 4);
        var channels = groups * random.Next(1, 5);
        long[] shape = [random.Next(1, 9), channels, random.Next(2, 9), random.Next(2, 9)];
        return new($"[{string.Join(", ", shape)}], {groups} groups", shape, x => Layers.GroupNorm(x, groups, name: "n"),
            (x, v) => F.group_norm(x, groups, v["n/scale"].reshape(channels), v["n/shift"].reshape(channels), 1e-5));
    }

    // libtorch's own is not in TorchSharp: its definition, from single operations.
    private static Trial RmsNorm(Random random)
    {
        var (shape, _) = Sequence(random);
        return new($"[{string.Join(", ", shape)}]", shape, x => Layers.RmsNorm(x, name: "n"),
            (x, v) => x * (x.pow(2).mean([-1], keepdim: true) + 1e-5).rsqrt() * v["n/scale"]);
    }

    private static Trial Embedding(Random random)
    {
        var (count, size) = (random.Next(2, 50), random.Next(1, 40));
        return new($"{count} vectors of {size}", [random.Next(1, 12), random.Next(1, 20)], x => Layers.Embedding(x, count, size, name: "e"),
            (x, v) => v.Values.Single()[x], Classes: count);
    }

    private static Trial Rnn(Random random) =>
        Recurrent(random, (x, units, reverse) => Layers.Rnn(x, units, sequence: true, reverse, name: "r"), (features, units) =>
    {
        var module = nn.RNN(features, units, batchFirst: true);
        return (module, x => module.call(x).Item1);
    });

    private static Trial Lstm(Random random) =>
        Recurrent(random, (x, units, reverse) => Layers.Lstm(x, units, sequence: true, reverse, name: "r"), (features, units) =>
    {
        var module = nn.LSTM(features, units, batchFirst: true);
        return (module, x => module.call(x).Item1);
    });

    private static Trial Gru(Random random) =>
        Recurrent(random, (x, units, reverse) => Layers.Gru(x, units, sequence: true, reverse, name: "r"), (features, units) =>
    {
        var module = nn.GRU(features, units, batchFirst: true);
        return (module, x => module.call(x).Item1);
    });

    /// <summary>A recurrent module with our weights in it: libtorch keeps [gates · units, inputs], and two biases, of which we
    /// have the second for the GRU's n alone.</summary>
    private static Trial Recurrent(Random random, Func<Node, int, bool, Node> build,
        Func<long, int, (nn.Module Module, Func<Tensor, Tensor> Call)> torch)
    {
        var (shape, features) = Sequence(random);
        var (units, reverse) = (random.Next(1, 20), random.Next(2) == 0);
        var (module, call) = torch(features, units);
        var own = module.named_parameters().ToDictionary(one => one.name, one => one.parameter, StringComparer.Ordinal);
        return new($"[{string.Join(", ", shape)}], {units} units{(reverse ? ", reversed" : "")}", shape, x => build(x, units, reverse),
            (x, v) =>
        {
            using (no_grad())
            {
                own["weight_ih_l0"].copy_(v["r/w"].t());
                own["weight_hh_l0"].copy_(v["r/u"].t());
                own["bias_ih_l0"].copy_(v["r/b"]);
                own["bias_hh_l0"].zero_();
                if (v.TryGetValue("r/v", out var n)) own["bias_hh_l0"][TensorIndex.Slice(2 * units, 3 * units)] = n;
            }
            return reverse ? call(x.flip(1)).flip(1) : call(x);
        }, name => name switch
        {
            "r/w" => own["weight_ih_l0"].grad!.t(),
            "r/u" => own["weight_hh_l0"].grad!.t(),
            "r/b" => own["bias_ih_l0"].grad!,
            _ => own["bias_hh_l0"].grad![TensorIndex.Slice(2 * units, 3 * units)],
        });
    }

    private static Trial Attention(Random random)
    {
        var (batch, heads, time, width, causal) = (random.Next(1, 5), random.Next(1, 4), random.Next(1, 16), random.Next(1, 16),
            random.Next(2) == 0);
        return new($"[{batch}, {heads}, {time}, {width}]{(causal ? ", causal" : "")}", [batch, heads, time, width],
            x => Layers.Attention(x, x * 0.5f, x.Tanh(), causal),
            (x, _) => F.scaled_dot_product_attention(x, x * 0.5, x.tanh(), is_casual: causal));
    }

    private static Trial MultiHead(Random random)
    {
        var (heads, causal) = (random.Next(1, 4), random.Next(2) == 0);
        long[] shape = [random.Next(1, 6), random.Next(1, 14), heads * random.Next(1, 9)];
        return new($"[{string.Join(", ", shape)}], {heads} heads{(causal ? ", causal" : "")}", shape,
            x => Layers.MultiHeadAttention(x, heads, causal, name: "a"), (x, v) => Heads(x, v, "a", heads, causal));
    }

    private static Trial Block(Random random)
    {
        var (heads, causal) = (random.Next(1, 4), random.Next(2) == 0);
        var features = heads * random.Next(4, 9);
        long[] shape = [random.Next(1, 6), random.Next(1, 14), features];
        return new($"[{string.Join(", ", shape)}], {heads} heads{(causal ? ", causal" : "")}", shape,
            x => Layers.TransformerBlock(x, heads, causal: causal, name: "b"), (x, v) =>
        {
            Tensor Norm(Tensor input, int which) =>
                F.layer_norm(input, [features], v[$"b/norm {which}/scale"], v[$"b/norm {which}/shift"], 1e-5);
            x += Heads(Norm(x, 1), v, "b/attention", heads, causal);
            var wide = F.gelu(Norm(x, 2).matmul(v["b/wide/w"]) + v["b/wide/b"]);
            return x + wide.matmul(v["b/narrow/w"]) + v["b/narrow/b"];
        });
    }

    private static Trial Activations(Random random) => new("one after the other", [random.Next(1, 20), random.Next(2, 40)],
        x => Flow.Concat([Activation.Gelu(x), Activation.Silu(x), Activation.Elu(x), Activation.Softplus(x), Activation.LeakyRelu(x),
            Activation.Softmax(x), x.LogSoftmax()], 1),
        (x, _) => cat([F.gelu(x), F.silu(x), F.elu(x, 1.0), F.softplus(x), F.leaky_relu(x, 0.01), F.softmax(x, -1), F.log_softmax(x, -1)],
            1));

    // At least two places, for a recurrent layer over one has no weights from state to state, and four features, for a
    // norm over fewer may leave nothing but rounding.
    private static (long[] Shape, long Features) Sequence(Random random)
    {
        long[] shape = [random.Next(1, 9), random.Next(2, 10), random.Next(4, 16)];
        return (shape, shape[2]);
    }

    private static Tensor Heads(Tensor x, IReadOnlyDictionary<string, Tensor> v, string name, int heads, bool causal)
    {
        var (batch, time, features) = (x.shape[0], x.shape[1], x.shape[2]);
        var qkv = (x.matmul(v[$"{name}/qkv/w"]) + v[$"{name}/qkv/b"]).reshape(batch, time, 3, heads, features / heads).permute(2, 0, 3, 1,
            4);
        var together = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_casual: causal).transpose(1, 2).reshape(batch, time,
            features);
        return together.matmul(v[$"{name}/out/w"]) + v[$"{name}/out/b"];
    }
}
