namespace SimpleFlow.Onnx.Operators;

/// <summary>What a file says of its own training, in the op set <c>ai.onnx.preview.training</c>: derivatives, and steps of optimizers. A
/// step takes its rate, the number of steps before it, and then all weights, all gradients, and the optimizer's state.</summary>
internal static class TrainingSteps
{
    private const string Domain = "ai.onnx.preview.training";

    public static IEnumerable<Operator> All =>
        [
        new("Gradient", Gradient) { Domain = Domain },
        Step("Adagrad", states: 1, (node, x, g, state) =>
        {
            var rate = node.Float(0) / (1f + node.Float(1) * node.Float("decay_factor", 0));
            var squares = state[0] + g.Power(2);
            return [x - rate * g / (squares.Sqrt() + node.Float("epsilon", 0)), squares];
        }),
        Step("Momentum", states: 1, (node, x, g, state) =>
        {
            var kept = node.Float("alpha", 0);
            var share = Flow.Select(node.Float(1).Greater(0f), node.Float("beta", 0), 1f);
            var velocity = kept * state[0] + share * g;
            var isNesterov = string.Equals(node.Text("mode", "standard"), "nesterov", StringComparison.Ordinal);
            return [x - node.Float(0) * (isNesterov ? g + kept * velocity : velocity), velocity];
        }),
        Step("Adam", states: 2, (node, x, g, state) =>
        {
            var (kept, keptSquares) = (node.Float("alpha", 0.9f), node.Float("beta", 0.999f));
            var (mean, squares) = (kept * state[0] + (1 - kept) * g, keptSquares * state[1] + (1 - keptSquares) * g.Power(2));
            var t = node.Float(1);
            var rate = node.Float(0) * Flow.Select(t.Greater(0f), (1f - Powered(keptSquares, t)).Sqrt() / (1f - Powered(kept, t)), 1f);
            var moved = x - rate * mean / (squares.Sqrt() + node.Float("epsilon", 0));
            return [(1 - node.Float("norm_coefficient_post", 0)) * moved, mean, squares];
        }),
        ];

    private static Node Powered(float number, Node exponent) => (exponent * MathF.Log(number)).Exp();

    private static Operator Step(string name, int states, Func<OnnxNode, Node, Node, Node[], Node[]> step) => new(name, node =>
    {
        var weights = (node.InputCount - 2) / (2 + states);
        if (weights < 1 || node.InputCount != 2 + weights * (2 + states))
            throw node.Fault($"it has {node.InputCount} inputs: a rate, a number of steps, and {2 + states} for each weight are needed.");
        var results = Enumerable.Range(0, weights).Select(i =>
        {
            var x = node.Float(2 + i);
            var g = node.Float(2 + weights + i) + node.Float("norm_coefficient", 0) * x;
            return step(node, x, g, [.. Enumerable.Range(2, states).Select(state => node.Float(2 + state * weights + i))]);
        }).ToList();
        return [.. Enumerable.Range(0, 1 + states).SelectMany(result => results.Select((one, i) =>
            OnnxValue.Of(one[result], node.Type(2 + i))))];
    })
    { Domain = Domain };

    private static OnnxValue[] Gradient(OnnxNode node)
    {
        Node Named(string name) => node.Graph.Find(name)?.Node ?? throw node.Fault($"there is no value '{name}' before it.");
        string[] xs = node.Texts("xs") ?? throw node.Fault("the attribute xs is missing.");
        var fixedToo = xs.Concat(node.Texts("zs") ?? []).Select(Named).ToList();
        if (!fixedToo.SequenceEqual(Enumerable.Range(0, node.InputCount).Select(i => node.Input(i).Node)))
            throw node.Fault("its inputs must be the values that xs and zs name; derivatives at another place are not supported.");
        var gradients = Gradients.Of(Named(node.Text("y", "")).Sum(), [.. xs.Select(Named)]);
        return [.. gradients.Select((gradient, i) => OnnxValue.Of(gradient, node.Type(i)))];
    }
}
