namespace SimpleFlow.Onnx.Operators;

/// <summary>Functions of one number: powers, exponentials, trigonometry.</summary>
internal static class Functions
{
    public static IEnumerable<Operator> All =>
        [
        Of("Identity", x => x, x => x) with { Convert = node => [node.Input(0)], Moves = _ => [0] },
        Of("Abs", x => x.Abs(), Math.Abs),
        Of("Neg", x => -x, x => -x),
        Of("Sign", x => x.Sign(), x => Math.Sign(x)),
        Of("Exp", x => x.Exp(), Math.Exp),
        Of("Log", x => x.Log(), Math.Log),
        Of("Sqrt", x => x.Sqrt(), Math.Sqrt),
        Of("Reciprocal", x => 1f / x, x => 1 / x),
        Of("Erf", x => x.Erf(), null),
        Of("Sin", Math.Sin, (x, _) => Cos(x)),
        Of("Cos", Math.Cos, (x, _) => -Sin(x)),
        Of("Tan", Math.Tan, (_, y) => 1f + y * y),
        Of("Asin", Math.Asin, (x, _) => 1f / (1f - x * x).Sqrt()),
        Of("Acos", Math.Acos, (x, _) => -1f / (1f - x * x).Sqrt()),
        Of("Atan", Math.Atan, (x, _) => 1f / (1f + x * x)),
        Of("Sinh", Math.Sinh, (x, _) => Flow.AddFlow(x, new Pointwise("Cosh", Math.Cosh, null))),
        Of("Cosh", Math.Cosh, (x, _) => Flow.AddFlow(x, new Pointwise("Sinh", Math.Sinh, null))),
        Of("Tanh", x => x.Tanh(), Math.Tanh),
        Of("Asinh", Math.Asinh, (x, _) => 1f / (x * x + 1f).Sqrt()),
        Of("Acosh", Math.Acosh, (x, _) => 1f / (x * x - 1f).Sqrt()),
        Of("Atanh", Math.Atanh, (x, _) => 1f / (1f - x * x)),
        ];

    public static Node Sin(Node x) => Flow.AddFlow(x, new Pointwise("Sin", Math.Sin, (z, _) => Cos(z)));

    public static Node Cos(Node x) => Flow.AddFlow(x, new Pointwise("Cos", Math.Cos, (z, _) => -Sin(z)));

    private static Operator Of(string name, Func<Node, Node> build, Func<double, double>? value) =>
        new(name, node => node.Result(build(node.Float(0))))
        {
            Formula = _ => value is null ? null : numbers => value(numbers[0]),
        };

    private static Operator Of(string name, Func<double, double> value, Func<Node, Node, Node> derivative) =>
        Of(name, x => Flow.AddFlow(x, new Pointwise(name, value, derivative)), value);
}
