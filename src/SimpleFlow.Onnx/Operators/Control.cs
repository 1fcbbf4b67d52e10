namespace SimpleFlow.Onnx.Operators;

/// <summary>Branches and loops. The condition and the number of steps must be known when the file is read: then a branch takes the place of
/// its node, and the body of a loop is written once for each step.</summary>
internal static class Control
{
    // A graph of more steps would be larger than any network.
    private const long MostSteps = 10_000;

    public static IEnumerable<Operator> All =>
        [
        new("If", node => node.Graph.Within(
            node.SubGraph(node.Number(0) != 0 ? "then_branch" : "else_branch") ?? throw node.Fault("a branch is missing."), []))
        { Settings = [0], Differs = "only with a condition that is known when the file is read" },
        new("Loop", Loop) { Settings = [0, 1], Differs = "only with a number of steps that is known when the file is read" },
        new("Scan", Scan) { Since = 9 },
        ];

    private static OnnxValue[] Loop(OnnxNode node)
    {
        var body = node.SubGraph("body") ?? throw node.Fault("the body is missing.");
        var limit = node.Has(0) ? (long)node.Number(0) : long.MaxValue;
        var continues = !node.Has(1) || node.Number(1) != 0;
        var carried = node.Inputs.Skip(2).Select(value => value ?? OnnxValue.Nothing).ToArray();
        var collected = new List<OnnxValue>[Math.Max(0, body.Output.Count - 1 - carried.Length)];
        for (var i = 0; i < collected.Length; i++) collected[i] = [];
        for (var step = 0L; step < limit && continues; step++)
        {
            if (step == MostSteps) throw node.Fault($"it makes more than {MostSteps:N0} steps.");
            var results = node.Graph.Within(body, [Number(step, DataType.Int64), Number(1, DataType.Bool), .. carried]);
            continues = results[0].Static is { IsKnown: true } known ? known.Numbers![0] != 0
                : throw node.Fault("whether it goes on is computed from data; it is supported only if it is known when the file is read.");
            carried = results[1..(1 + carried.Length)];
            for (var i = 0; i < collected.Length; i++) collected[i].Add(results[1 + carried.Length + i]);
        }
        return [.. carried, .. collected.Select((parts, i) => Stacked(node, parts, 0,
            DeclaredType.ElementOf(body.Output[1 + carried.Length + i].Type)))];
    }

    private static OnnxValue[] Scan(OnnxNode node)
    {
        var body = node.SubGraph("body") ?? throw node.Fault("the body is missing.");
        var scanned = (int)node.Int("num_scan_inputs", 0);
        if (scanned < 1 || scanned > node.InputCount) throw node.Fault($"{scanned} of {node.InputCount} inputs are to be scanned.");
        var states = node.InputCount - scanned;
        var carried = Enumerable.Range(0, states).Select(node.Input).ToArray();
        var inputs = Enumerable.Range(states, scanned).Select(node.Input).ToArray();
        var (axes, backwards) = (Each(node, "scan_input_axes", scanned), Each(node, "scan_input_directions", scanned));
        for (var i = 0; i < scanned; i++) axes[i] = node.Axis(axes[i], inputs[i].Rank);
        var length = inputs[0].Shape[(int)axes[0]] ?? throw node.Fault("the number of steps is not known when the file is read.");
        if (length > MostSteps) throw node.Fault($"it makes more than {MostSteps:N0} steps.");
        var outputs = body.Output.Count - states;
        var (outputAxes, outputBackwards) = (Each(node, "scan_output_axes", outputs), Each(node, "scan_output_directions", outputs));
        var collected = Enumerable.Range(0, outputs).Select(_ => new List<OnnxValue>()).ToArray();
        for (var step = 0L; step < length; step++)
        {
            var at = inputs.Select((input, i) => OnnxValue.Of(
                Taken(input.Node, (int)axes[i], backwards[i] == 0 ? step : length - 1 - step), input.Type));
            var results = node.Graph.Within(body, [.. carried, .. at]);
            carried = results[..states];
            for (var i = 0; i < outputs; i++) collected[i].Add(results[states + i]);
        }
        for (var i = 0; i < outputs; i++)
            if (outputBackwards[i] != 0) collected[i].Reverse();
        return [.. carried, .. collected.Select((parts, i) => Stacked(node, parts, outputAxes[i],
            DeclaredType.ElementOf(body.Output[states + i].Type)))];
    }

    private static long[] Each(OnnxNode node, string name, int count) => node.LongsOf(name) ?? new long[count];

    private static Node Taken(Node x, int axis, long place) => Ranks.Squeezed(x.Slice(axis, place, place + 1), [axis]);

    private static OnnxValue Number(double number, DataType type) => OnnxValue.Of(new StaticTensor([], new[] { number }), type);

    private static OnnxValue Stacked(OnnxNode node, List<OnnxValue> parts, long axis, DataType type)
    {
        if (parts.Count == 0) return OnnxValue.Of(new StaticTensor([0], Array.Empty<double>()), type);
        var place = node.Axis(axis, parts[0].Rank + 1);
        return OnnxValue.Of(Flow.Concat([.. parts.Select(part => part.Float.Unsqueeze([place]))], place), parts[0].Type);
    }
}
