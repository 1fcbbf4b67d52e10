namespace SimpleFlow.Onnx.Operators;

/// <summary>Comparisons, and the choice that they lead to.</summary>
internal static class Comparisons
{
    public static IEnumerable<Operator> All =>
        [
        Of("Equal", (x, y) => x.Equal(y), (x, y) => x == y),
        Of("Greater", (x, y) => x.Greater(y), (x, y) => x > y),
        Of("GreaterOrEqual", (x, y) => x.GreaterOrEqual(y), (x, y) => x >= y),
        Of("Less", (x, y) => x.Less(y), (x, y) => x < y),
        Of("LessOrEqual", (x, y) => x.LessOrEqual(y), (x, y) => x <= y),
        new("Where", node => node.Result(Flow.Select(node.Input(0).Condition, node.Float(1), node.Float(2)), node.Type(1)))
        {
            Formula = _ => n => n[0] != 0 ? n[1] : n[2],
            OutputType = (node, _) => node.Type(1),
        },
        new("IsNaN", node =>
        {
            var x = node.Float(0);
            return node.Result(x.NotEqual(x), DataType.Bool);
        }),
        new("IsInf", node =>
        {
            var (above, below) = (node.Flag("detect_positive", true), node.Flag("detect_negative", true));
            var x = node.Float(0);
            return node.Result((above && below ? x.Abs() : below ? -x : above ? x : 0f * x.Abs().Minimum(1f))
                .Equal(float.PositiveInfinity), DataType.Bool);
        }),
        ];

    private static Operator Of(string name, Func<Node, Node, Node> build, Func<double, double, bool> value) =>
        new(name, node => node.Result(build(node.Float(0), Arithmetic.Right(node)), DataType.Bool))
        {
            Formula = _ => n => value(n[0], n[1]) ? 1 : 0,
            OutputType = (_, _) => DataType.Bool,
        };
}
