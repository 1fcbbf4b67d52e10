namespace SimpleFlow;

/// <summary>Makes the body of a scan of what a function builds for one step, and a scan of the body.</summary>
internal static class ScanBuilder
{
    /// <summary>A scan.</summary>
    /// <param name="what">What it is called in errors: the layer.</param>
    /// <param name="sequences">The sequences, with time as the first axis; at least one.</param>
    /// <param name="initial">The first states.</param>
    /// <param name="names">The names of the states.</param>
    /// <param name="reverse">Whether time runs from the last step to the first.</param>
    /// <param name="step">Builds what a step does: of what it gets of the sequences, and the states before it, the states after it and the
    /// outputs.</param>
    /// <param name="name">The name of the node.</param>
    /// <param name="at">Where the user made it.</param>
    /// <exception cref="ShapeException">A step changes the shape of a state, or makes something else than floats.</exception>
    /// <exception cref="GraphException">A step has an effect, draws random numbers or reads indices.</exception>
    public static Operation Build(string what, Node[] sequences, Node[] initial, IReadOnlyList<string> names, bool reverse,
        Func<Node[], Node[], (Node[] Next, Node[] Outputs)> step, string? name, SourceLocation at)
    {
        Placeholder[] xs = [.. sequences.Select(x => new Placeholder(x.Name ?? "x", x.Shape.Slice(1, x.Shape.Rank - 1), x.ElementType,
            at.File, at.Line))];
        Placeholder[] states = [.. initial.Select((state, i) => new Placeholder(names[i], state.Shape, file: at.File, line: at.Line))];
        var (next, outputs) = step([.. xs], [.. states]);
        for (var i = 0; i < states.Length; i++)
        {
            if (!next[i].Shape.Matches(states[i].Shape, (after, before) => after is null || before is null || after == before))
                throw ShapeException.Of(what, [initial[i]],
                    new ShapeException($"the state `{names[i]}` is {states[i].Shape} before a step and {next[i].Shape} after it.",
                        "A step must not change the shape of a state: give the first state the shape that a step makes."));
        }
        foreach (var result in next.Concat(outputs))
        {
            if (result.ElementType != ElementType.Float32)
                throw ShapeException.Of(what, [result],
                    new ShapeException($"`{result.Label}`, which a step makes, is {result.ElementType}; {ElementType.Float32} is needed.",
                        "Convert it with Cast()."));
        }

        // What does not depend on the step stays outside.
        Node[] results = [.. next, .. outputs];
        var inside = new HashSet<Node>(xs.Concat(states), ReferenceEqualityComparer.Instance);
        foreach (var node in GraphOrder.Of(results))
        {
            if (!node.InputArray.Any(inside.Contains)) continue;
            inside.Add(node);
            var op = ((Operation)node).Op;
            if (op.HasEffect)
                throw new GraphException($"{what}: the step contains `{node.Label}`, and {op.Name} must not run at every step. Draw random "
                    + "numbers, drop units and assign variables outside, where a step can use the result.");
            if (op is Gather or OneHot or CheckClasses)
                throw new GraphException($"{what}: the step contains `{node.Label}`, and {op.Name} reads indices, which are checked only "
                    + "outside. Apply it to the whole sequence, before the recurrence.");
        }
        var captured = new Dictionary<Node, Placeholder>(ReferenceEqualityComparer.Instance);
        var own = Rewriter.Run(results, (node, inputs) => inside.Contains(node) && node is Operation operation
            ? Rewriter.With(operation, [.. operation.InputArray.Zip(inputs, (before, now) => Outside(before) ?? now)]) : node);
        for (var i = 0; i < own.Length; i++) own[i] = Outside(results[i]) ?? own[i];
        var body = new ScanBody(xs, states, [.. captured.Values], own[..states.Length], own[states.Length..]);
        if (body.Depth > ScanBody.MostNested)
            throw new GraphException($"{what}: recurrences are nested {body.Depth} deep; the maximum is {ScanBody.MostNested}. Put them "
                + "one after the other.");
        Node[] all = [.. sequences, .. initial, .. captured.Keys];
        return new Operation(new Scan(body, reverse, all[1..]), all, name, at);

        Placeholder? Outside(Node node)
        {
            if (inside.Contains(node) || node is Constant) return null;
            if (!captured.TryGetValue(node, out var leaf))
                captured[node] = leaf = new Placeholder(node.Name ?? $"c_{captured.Count + 1}", node.Shape, node.ElementType,
                    node.MadeAt.File, node.MadeAt.Line);
            return leaf;
        }
    }

    /// <summary>The states after each step of time, [time, …].</summary>
    public static Node After(Operation scan, int state)
    {
        var history = ScanPart.Of(scan, state);
        return ((Scan)scan.Op).Reverse ? history.Slice(0, 0, -1) : history.Slice(0, 1);
    }

    /// <summary>The state after the last step; the first state if there is no step.</summary>
    public static Node Last(Operation scan, int state, string? name = null)
    {
        var history = ScanPart.Of(scan, state);
        // A sum over one element.
        return (((Scan)scan.Op).Reverse ? history.Slice(0, 0, 1) : history.Slice(0, -1)).Sum(axis: 0, name: name);
    }

    /// <summary>An output of each step of time, [time, …].</summary>
    public static Node Output(Operation scan, int output) => ScanPart.Of(scan, ((Scan)scan.Op).Body.States.Length + output);
}
