namespace SimpleFlow.Onnx.Operators;

/// <summary>Truth values, and the bits of whole numbers.</summary>
internal static class Logic
{
    public static IEnumerable<Operator> All =>
        [
        Truth("And", (x, y) => (x * y).NotEqual(0f), (x, y) => x && y),
        Truth("Or", (x, y) => (x + y).NotEqual(0f), (x, y) => x || y),
        Truth("Xor", (x, y) => x.NotEqual(y), (x, y) => x != y),
        new("Not", node => node.Result(node.Float(0).Equal(0f))) { Formula = _ => n => n[0] == 0 ? 1 : 0 },
        Bits("BitwiseAnd", (x, y) => x & y),
        Bits("BitwiseOr", (x, y) => x | y),
        Bits("BitwiseXor", (x, y) => x ^ y),
        new("BitwiseNot", node => node.Result(DataTypes.IsSigned(node.Type(0)) ? -1f - node.Float(0)
            : (float)DataTypes.Range(node.Type(0)).Greatest - node.Float(0))),
        new("BitShift", node =>
        {
            var bits = DataTypes.Bits(node.Type(0));
            var mask = bits == 64 ? long.MaxValue : (1L << bits) - 1;
            var left = string.Equals(node.Text("direction", ""), "LEFT", StringComparison.Ordinal);
            return node.Result(Flow.AddFlow(node.Float(0), new Pointwise2(node.Float(1), "BitShift",
                (x, y) => y >= bits ? 0 : left ? ((long)x << (int)y) & mask : (long)x >> (int)y)));
        }),
        ];

    private static Operator Truth(string name, Func<Node, Node, Node> build, Func<bool, bool, bool> value) =>
        new(name, node => node.Result(build(node.Float(0), Arithmetic.Right(node)), DataType.Bool))
        {
            Formula = _ => n => value(n[0] != 0, n[1] != 0) ? 1 : 0,
        };

    private static Operator Bits(string name, Func<long, long, long> value) =>
        new(name, node => node.Result(Flow.AddFlow(node.Float(0), new Pointwise2(node.Float(1), name, (x, y) => value((long)x, (long)y)))))
        {
            Formula = _ => n => value((long)n[0], (long)n[1]),
        };
}
