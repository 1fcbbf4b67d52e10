using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Operators;

/// <summary>Loops. The body is written once for each step: when the file is read, or once the sizes are known that decide how many there
/// are. Data cannot decide it.</summary>
internal static class Loops
{
    /// <summary>A graph of more steps would be larger than any network.</summary>
    public const long MostSteps = 10_000;

    public static IEnumerable<Operator> All =>
        [
        new("Loop", Unrolled)
        {
            Settings = [0, 1],
            AtKnownSizes = WaitsForSizes,
            OpenShapes = OpenShapes,
            OutputType = (node, output) => DeclaredType.ElementOf(Body(node).Output[1 + output].Type),
            Differs = "data cannot decide how many steps there are",
        },
        ];

    /// <summary>The graph of a step.</summary>
    public static GraphProto Body(OnnxNode node) => node.SubGraph("body") ?? throw node.Fault("the body is missing.");

    private static OnnxValue[] Unrolled(OnnxNode node)
    {
        var body = Body(node);
        var limit = node.Has(0) ? (long)Decided(node, 0) : long.MaxValue;
        var continues = !node.Has(1) || Decided(node, 1) != 0;
        var carried = Carried(node);
        var collected = new List<OnnxValue>[Math.Max(0, body.Output.Count - 1 - carried.Length)];
        for (var i = 0; i < collected.Length; i++) collected[i] = [];
        for (var step = 0L; step < limit && continues; step++)
        {
            if (step == MostSteps) throw node.Fault($"it makes more than {MostSteps:N0} steps.");
            var results = node.Graph.Within(body, [Number(step, DataType.Int64), Number(1, DataType.Bool), .. carried]);
            continues = results[0].Static is { IsKnown: true } known ? known.Numbers![0] != 0
                : throw node.Fault("whether it goes on is computed from data; it is supported only if it is known when the file is read, "
                    + "or follows from sizes. Read the file up to a value before it (OnnxImportOptions.Outputs).");
            carried = results[1..(1 + carried.Length)];
            for (var i = 0; i < collected.Length; i++) collected[i].Add(results[1 + carried.Length + i]);
        }
        return [.. carried, .. collected.Select((parts, i) => Stacked(node, parts, 0,
            DeclaredType.ElementOf(body.Output[1 + carried.Length + i].Type)))];
    }

    private static double Decided(OnnxNode node, int input) =>
        node.Input(input).Static is null ? throw node.FromData(input, "how many steps there are") : node.Number(input);

    private static OnnxValue[] Carried(OnnxNode node) => [.. node.Inputs.Skip(2).Select(value => value ?? OnnxValue.Nothing)];

    private static bool WaitsForSizes(OnnxNode node)
    {
        if (node.Optional(0)?.Static is { IsKnown: false } || node.Optional(1)?.Static is { IsKnown: false }) return true;
        // The body may say by sizes whether it goes on; but most pass the condition on.
        var body = Body(node);
        var maker = body.Node.FirstOrDefault(one => one.Output.Contains(body.Output[0].Name));
        if (maker is null or { OpType: "Identity" or "Constant" }) return false;
        return node.Tried().Graph.Within(body, [Number(0, DataType.Int64), Number(1, DataType.Bool), .. Carried(node)])[0].Static
            is { IsKnown: false };
    }

    private static Shape[] OpenShapes(OnnxNode node)
    {
        var (body, graph) = (Body(node), node.Tried().Graph);
        var collected = Array.Empty<OnnxValue>();
        var (shapes, _) = AnySteps.Of(node, Carried(node), carried =>
        {
            var results = graph.Within(body, [AnySteps.AnyNumbers([], DataType.Int64), Number(1, DataType.Bool), .. carried]);
            collected = results[(1 + carried.Length)..];
            return results[1..(1 + carried.Length)];
        });
        return [.. shapes, .. collected.Select(value => Shape.Create([null, .. value.Shape]))];
    }

    private static OnnxValue Number(double number, DataType type) => OnnxValue.Of(new StaticTensor([], new[] { number }), type);

    /// <summary>What the steps made, along a new axis.</summary>
    public static OnnxValue Stacked(OnnxNode node, List<OnnxValue> parts, long axis, DataType type)
    {
        if (parts.Count == 0) return OnnxValue.Of(new StaticTensor([0], Array.Empty<double>()), type);
        var place = node.Axis(axis, parts[0].Rank + 1);
        return OnnxValue.Of(Flow.Concat([.. parts.Select(part => part.Float.Unsqueeze([place]))], place), parts[0].Type);
    }
}
