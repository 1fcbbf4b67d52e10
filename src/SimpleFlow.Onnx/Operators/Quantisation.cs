namespace SimpleFlow.Onnx.Operators;

/// <summary>Numbers of a few bits, with a scale and a zero point: computed with as floats that have only those values.</summary>
internal static class Quantisation
{
    public static IEnumerable<Operator> All =>
        [
        new("QuantizeLinear", node =>
        {
            var type = TypeOf(node);
            return [OnnxValue.Of(Quantised(node.Float(0) / Spread(node, 1), node.Has(2) ? Spread(node, 2) : 0f, type,
                node.Flag("saturate", true)), type)];
        })
        {
            AtKnownSizes = node => node.Int("block_size", 0) > 0,
            OpenShapes = node => [node.Input(0).Shape],
            OutputType = (node, _) => TypeOf(node),
        },
        new("DequantizeLinear", node =>
        {
            var x = node.Float(0);
            return [OnnxValue.Of((node.Has(2) ? x - Spread(node, 2) : x) * Spread(node, 1), node.Type(1))];
        })
        {
            AtKnownSizes = node => node.Int("block_size", 0) > 0,
            OpenShapes = node => [node.Input(0).Shape],
            OutputType = (node, _) => node.Type(1),
        },
        new("DynamicQuantizeLinear", node =>
        {
            var x = node.Float(0);
            var (most, least) = (x.Max().Maximum(0f), (-x).Max().Maximum(0f));
            var scale = (most + least) / 255f;
            scale = Flow.Select(scale.Equal(0f), 1f, scale);
            var zero = Rounded(least / scale).Clip(0, 255);
            return
                [
                OnnxValue.Of(Quantised(x / scale, zero, DataType.Uint8, true), DataType.Uint8),
                OnnxValue.Of(scale, DataType.Float),
                OnnxValue.Of(zero, DataType.Uint8),
                ];
        }),
        new("MatMulInteger", node => [OnnxValue.Of(
            Products.MatMul(WithoutZero(node, 0, 2, rows: true), WithoutZero(node, 1, 3, rows: false)), DataType.Int32)]),
        new("QLinearMatMul", node =>
        {
            var left = (node.Float(0) - Aligned(node, 2, 0, -2)) * Aligned(node, 1, 0, -2);
            var right = (node.Float(3) - Aligned(node, 5, 3, -1)) * Aligned(node, 4, 3, -1);
            return [OnnxValue.Of(Quantised(Products.MatMul(left, right) / node.Float(6), node.Float(7), node.Type(7), true), node.Type(7))];
        }),
        new("ConvInteger", node =>
        {
            var (x, w) = (node.Has(2) ? node.Float(0) - node.Float(2) : node.Float(0), WithoutZero(node, 1, 3, rows: true));
            return [OnnxValue.Of(Convolution(node, x, w), DataType.Int32)];
        })
        { AtKnownSizes = Operator.Always, OutputType = (_, _) => DataType.Int32 },
        new("QLinearConv", node =>
        {
            var x = (node.Float(0) - node.Float(2)) * node.Float(1);
            var w = (node.Float(3) - Aligned(node, 5, 3, 0)) * Aligned(node, 4, 3, 0);
            var y = Convolution(node, x, w);
            if (node.Has(8)) y += PerChannel(node.Float(8) * node.Float(1) * node.Float(4), y.Shape.Rank);
            return [OnnxValue.Of(Quantised(y / node.Float(6), node.Float(7), node.Type(7), true), node.Type(7))];
        })
        { AtKnownSizes = Operator.Always, OutputType = (node, _) => node.Type(7) },
        ];

    private static DataType TypeOf(OnnxNode node) => node.Has(2) ? node.Type(2)
        : node.Int("output_dtype", 0) is var declared and not 0 ? (DataType)declared : DataType.Uint8;

    private static Node Rounded(Node x) => Flow.AddFlow(x, new Pointwise("Round", v => Math.Round(v, MidpointRounding.ToEven), null));

    private static Node Quantised(Node scaled, Node zero, DataType type, bool saturate)
    {
        if (DataTypes.IsFloat(type)) return Casts.To(scaled + zero, DataType.Float, type, saturate);
        var (least, greatest) = DataTypes.Range(type);
        return (Rounded(scaled) + zero).Clip((float)least, (float)greatest);
    }

    /// <summary>A scale or zero point: one for all, one for each place of an axis, or one for each block along it.</summary>
    private static Node Spread(OnnxNode node, int input)
    {
        var (x, value) = (node.Input(0), node.Float(input));
        if (value.Shape.Rank == 0) return value;
        if (value.Shape.Rank == 1 && value.Shape[0] == 1) return value.Reshape([]);
        var axis = node.Axis(node.Int("axis", 1), x.Rank);
        if (value.Shape.Rank == 1 && node.Int("block_size", 0) == 0) return PerAxis(value, axis, x.Rank);
        var (length, blocks) = ((int)x.Shape[axis]!.Value, (int)node.Int("block_size", 0));
        return Reversal.At(value, axis, Enumerable.Range(0, length).Select(i => i / blocks));
    }

    private static Node PerAxis(Node value, int axis, int rank) =>
        axis == rank - 1 ? value : value.Unsqueeze([.. Enumerable.Range(1, rank - 1 - axis)]);

    private static Node PerChannel(Node value, int rank) => PerAxis(value.Shape.Rank == 0 ? value.Reshape([1]) : value, 1, rank);

    /// <summary>A scale or zero point for an axis of another input.</summary>
    private static Node Aligned(OnnxNode node, int input, int of, int axis)
    {
        var value = node.Float(input);
        return value.Shape.Rank != 1 || value.Shape[0] == 1 ? value
            : PerAxis(value, axis < 0 ? axis + node.Input(of).Rank : axis, node.Input(of).Rank);
    }

    private static Node WithoutZero(OnnxNode node, int input, int zero, bool rows) =>
        !node.Has(zero) ? node.Float(input) : node.Float(input) - Aligned(node, zero, input, node.Op is "ConvInteger" ? 0 : rows ? -2 : -1);

    private static Node Convolution(OnnxNode node, Node x, Node w) => Convolutions.Slide(node, x, w,
        Windows.Of(node, [.. w.Shape.Skip(2).Select(size => (int)size!.Value)], x.Shape), (int)node.Int("group", 1));
}
