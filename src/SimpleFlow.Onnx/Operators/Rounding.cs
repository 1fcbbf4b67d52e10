namespace SimpleFlow.Onnx.Operators;

/// <summary>Functions that make whole numbers. Nothing flows back.</summary>
internal static class Rounding
{
    public static IEnumerable<Operator> All =>
        [Of("Floor", Math.Floor), Of("Ceil", Math.Ceiling), Of("Round", x => Math.Round(x, MidpointRounding.ToEven))];

    public static Node Truncated(Node x) => Flow.AddFlow(x, new Pointwise("Truncate", Math.Truncate, null));

    public static Node Floor(Node x) => Flow.AddFlow(x, new Pointwise("Floor", Math.Floor, null));

    private static Operator Of(string name, Func<double, double> value) =>
        new(name, node => node.Result(Flow.AddFlow(node.Float(0), new Pointwise(name, value, null))))
        {
            Formula = _ => numbers => value(numbers[0]),
        };
}
