namespace SimpleFlow.Onnx.Operators;

/// <summary>Arithmetic of two or more tensors, which are stretched to one shape.</summary>
internal static class Arithmetic
{
    public static IEnumerable<Operator> All =>
        [
        Of("Add", (x, y) => x + y, (x, y) => x + y),
        Of("Sub", (x, y) => x - y, (x, y) => x - y),
        Of("Mul", (x, y) => x * y, (x, y) => x * y),
        new("Div", Divided) { Formula = node => IsWhole(node) ? n => Math.Truncate(n[0] / n[1]) : n => n[0] / n[1] },
        new("Pow", Powered) { Formula = _ => n => Math.Pow(n[0], n[1]), Settings = [1] },
        new("Mod", Remainder)
        {
            Formula = node => node.Flag("fmod") ? n => n[0] % n[1] : n => n[0] - n[1] * Math.Floor(n[0] / n[1]),
        },
        Many("Max", (x, y) => x.Maximum(y), numbers => numbers.Max()),
        Many("Min", (x, y) => x.Minimum(y), numbers => numbers.Min()),
        Many("Sum", (x, y) => x + y, numbers => numbers.Sum()),
        new("Mean", node => node.Result(Inputs(node).Aggregate((x, y) => x + y) / (float)node.InputCount)),
        ];

    private static bool IsWhole(OnnxNode node) => DataTypes.IsInteger(node.Type(0));

    private static Operator Of(string name, Func<Node, Node, Node> build, Func<double, double, double> value) =>
        new(name, node => node.Result(build(node.Float(0), Right(node)))) { Formula = _ => n => value(n[0], n[1]) };

    private static Operator Many(string name, Func<Node, Node, Node> build, Func<double[], double> value) =>
        new(name, node => node.Result(Inputs(node).Aggregate(build))) { Formula = _ => value };

    private static IEnumerable<Node> Inputs(OnnxNode node) => Enumerable.Range(0, node.InputCount).Select(node.Float);

    /// <summary>Up to version 6 the right operand is aligned at an axis of the left one, if the node says so.</summary>
    internal static Node Right(OnnxNode node)
    {
        var right = node.Float(1);
        if (node.Opset >= 7 || !node.HasAttribute("axis")) return right;
        var (rank, own) = (node.Input(0).Rank, right.Shape.Rank);
        var after = rank - node.Axis(node.Int("axis", 0), rank) - own;
        return after <= 0 ? right : right.Unsqueeze([.. Enumerable.Range(own, after)]);
    }

    private static OnnxValue[] Divided(OnnxNode node)
    {
        var quotient = node.Float(0) / Right(node);
        return node.Result(IsWhole(node) ? Rounding.Truncated(quotient) : quotient);
    }

    private static OnnxValue[] Powered(OnnxNode node)
    {
        var (x, exponent) = (node.Float(0), node.Input(1));
        var power = exponent.IsConstant && exponent.Static!.Count == 1 && exponent.Rank <= node.Input(0).Rank
            ? x.Power((float)exponent.Static.Numbers![0])
            : Flow.AddFlow(x, new Pointwise2(Right(node), "Pow", Math.Pow,
                (a, b, _) => b * Flow.AddFlow(a, new Pointwise2(b - 1f, "Pow", Math.Pow)), (a, _, z) => z * a.Log()));
        return node.Result(IsWhole(node) ? Rounding.Truncated(power) : power);
    }

    private static OnnxValue[] Remainder(OnnxNode node) => node.Result(Flow.AddFlow(node.Float(0), node.Flag("fmod")
        ? new Pointwise2(node.Float(1), "Fmod", (x, y) => x % y, (_, _, z) => 1f + 0f * z, (x, y, _) => -Rounding.Truncated(x / y))
        : new Pointwise2(node.Float(1), "Mod", (x, y) => x - y * Math.Floor(x / y), (_, _, z) => 1f + 0f * z,
            (x, y, _) => -Rounding.Floor(x / y))));
}
