namespace SimpleFlow.Onnx.Operators;

/// <summary>Attention as one node, and the rotation of queries and keys by position.</summary>
internal static class Attentions
{
    public static IEnumerable<Operator> All =>
        [
        new("Attention", Attention) { AtKnownSizes = Operator.Always },
        new("RotaryEmbedding", Rotated) { AtKnownSizes = Operator.Always, OpenShapes = node => [node.Input(0).Shape] },
        ];

    // [batch, length, heads · size] → [batch, heads, length, size]
    private static Node Heads(OnnxNode node, Node x, long heads) => x.Shape.Rank == 4 ? x
        : heads < 1 ? throw node.Fault("inputs of three axes need the numbers of heads.")
        : x.Reshape([x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads]).Transpose([0, 2, 1, 3]);

    private static OnnxValue[] Attention(OnnxNode node)
    {
        var q = Heads(node, node.Float(0), node.Int("q_num_heads", 0));
        var (k, v) = (Heads(node, node.Float(1), node.Int("kv_num_heads", 0)), Heads(node, node.Float(2), node.Int("kv_num_heads", 0)));
        if (node.Has(4)) k = Flow.Concat([node.Float(4), k], 2);
        if (node.Has(5)) v = Flow.Concat([node.Float(5), v], 2);
        var (presentKey, presentValue) = (k, v);
        var groups = q.Shape[1]!.Value / k.Shape[1]!.Value;
        (k, v) = (Repeated(k, groups), Repeated(v, groups));
        var scale = node.Float("scale", 1 / MathF.Sqrt(q.Shape[3]!.Value));
        var root = MathF.Sqrt(scale);
        var raw = (q * root).MatMul(k * root, transposeRight: true);                    // [batch, heads, queries, keys]
        var cap = node.Float("softcap", 0);
        var capped = cap == 0 ? raw : (raw / cap).Tanh() * cap;
        var scores = capped;
        if (Mask(node, q, k) is { } mask) scores += mask;
        var weights = scores.Softmax(3);
        var y = weights.MatMul(v);
        if (node.Input(0).Rank == 3) y = y.Transpose([0, 2, 1, 3]).Reshape([y.Shape[0], y.Shape[2], y.Shape[1] * y.Shape[3]]);
        var shown = node.Int("qk_matmul_output_mode", 0) switch { 1 => capped, 2 => scores, 3 => weights, _ => raw };
        return
            [
            OnnxValue.Of(y, node.Type(0)), OnnxValue.Of(presentKey, node.Type(1)), OnnxValue.Of(presentValue, node.Type(2)),
            OnnxValue.Of(shown, node.Type(0)),
            ];
    }

    // With fewer heads of keys than of queries, neighbouring queries share one.
    private static Node Repeated(Node x, long times)
    {
        if (times == 1) return x;
        var (n, h, length, size) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        return x.Reshape([n, h, 1, length, size]).Broadcast([n, h, times, length, size]).Reshape([n, h * times, length, size]);
    }

    private static Node? Mask(OnnxNode node, Node q, Node k)
    {
        var (queries, keys) = ((int)q.Shape[2]!.Value, (int)k.Shape[2]!.Value);
        Node? mask = null;
        if (node.Has(3))
        {
            mask = node.Type(3) == DataType.Bool ? Flow.Select(node.Input(3).Condition, 0f, float.NegativeInfinity) : node.Float(3);
            var missing = keys - mask.Shape[^1]!.Value;
            if (missing > 0)
            {
                var nothing = Constant.Of([float.NegativeInfinity], []).Broadcast(mask.Shape.WithSize(mask.Shape.Rank - 1, missing));
                mask = Flow.Concat([mask, nothing], mask.Shape.Rank - 1);
            }
        }
        if (node.Flag("is_causal"))
        {
            var past = node.Has(4) ? (int)node.Input(4).Shape[2]!.Value : 0;
            Effort.Require((long)queries * keys);
            var later = new double[queries * keys];
            for (var i = 0; i < later.Length; i++) later[i] = i % keys > i / keys + past ? double.NegativeInfinity : 0;
            Node causal = Constant.Of(later, [queries, keys]);
            mask = mask is null ? causal : mask + causal;
        }
        if (node.Has(6))
        {
            var places = Constant.Of([.. Enumerable.Range(0, keys).Select(i => (double)i)], [keys]);
            var padding = Flow.Select(((Node)places).Less(node.Float(6).Reshape([q.Shape[0], 1, 1, 1])), 0f, float.NegativeInfinity);
            mask = mask is null ? padding : mask + padding;
        }
        return mask;
    }

    // Su et al., "RoFormer", 2021: pairs of features turn by an angle that grows with the position.
    private static OnnxValue[] Rotated(OnnxNode node)
    {
        var x = node.Float(0);
        var isFlat = x.Shape.Rank == 3;
        if (isFlat)
        {
            var heads = node.Int("num_heads", 0);
            if (heads < 1) throw node.Fault("an input of three axes needs the number of heads.");
            x = x.Reshape([x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads]);
        }
        else
        {
            x = x.Transpose([0, 2, 1, 3]);                                              // [batch, length, heads, size]
        }
        var size = x.Shape[3]!.Value;
        var turned = node.Int("rotary_embedding_dim", 0) is var some and > 0 ? some : size;
        var (cos, sin) = (Angles(node, 1), Angles(node, 2));
        var (part, rest) = (x.Slice(3, 0, turned), turned < size ? x.Slice(3, turned) : null);
        var isInterleaved = node.Flag("interleaved");
        var first = isInterleaved ? part.Slice(3, 0, null, 2) : part.Slice(3, 0, turned / 2);
        var second = isInterleaved ? part.Slice(3, 1, null, 2) : part.Slice(3, turned / 2);
        var (real, imaginary) = (cos * first - sin * second, sin * first + cos * second);
        var y = isInterleaved
            ? Flow.Concat([real.Unsqueeze([4]), imaginary.Unsqueeze([4])], 4).Reshape(part.Shape) : Flow.Concat([real, imaginary], 3);
        if (rest is not null) y = Flow.Concat([y, rest], 3);
        return node.Result(isFlat ? y.Reshape(node.Input(0).Shape) : y.Transpose([0, 2, 1, 3]));
    }

    // [batch, length, 1, turned / 2]
    private static Node Angles(OnnxNode node, int input)
    {
        var cache = node.Float(input);
        if (node.Has(3)) cache = cache.Gather(Gathering.Indices(node.Input(3), cache.Shape[0]));
        return cache.Unsqueeze([2]);
    }
}
