namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>An LSTM layer, unrolled over time: all of its steps are one node, which ONNX Runtime runs two to four times as fast. (A GRU
/// stays in its parts: on some processors its node is ten times slower for a batch.)</summary>
internal static class LongShortTermMemory
{
    // SimpleFlow has the gates as input, forget, cell, output; ONNX as input, output, forget, cell.
    private static readonly int[] Order = [0, 3, 1, 2];

    public static Composition? Of(Operation last)
    {
        var isSequence = last.Op is Concat { Along: 0 };
        if (!isSequence && !(last.Op is Multiply && last.Shape.Rank == 2)) return null;
        List<Node> inside = [];
        if (isSequence)
        {
            if (last.Inputs.Any(input => input.Is<Unsqueeze>() is not { } one || one.Op is not Unsqueeze { Axes: [0] })) return null;
            inside.AddRange(last.Inputs);
        }
        Node[] states = isSequence ? [.. last.Inputs.Select(input => input.Inputs[0])] : [last];
        var isReverse = isSequence && states.Length > 1 && StepOf(states[0]) is { Previous: not null };
        // The last state that is computed leads to all before it.
        return Layer(isReverse ? states[0] : states[^1], inside) is not { } layer || (isSequence && !layer.States.SequenceEqual(states))
            ? null : new Composition([layer.X, layer.W, layer.U, layer.B], [.. inside.Where(node => !ReferenceEquals(node, last))],
                node => Write(node, layer, isSequence));
    }

    private sealed record LstmLayer(Node X, Node W, Node U, Node B, Node[] States, bool IsReverse, long Units);

    /// <summary>The nodes of one step of a layer.</summary>
    /// <param name="Inputs">What the input and the bias add to the gates, for all steps.</param>
    /// <param name="Time">The step's place in time.</param>
    /// <param name="Previous">The state before it; null for the first.</param>
    /// <param name="Memory">The memory of this step.</param>
    /// <param name="Before">The memory before it; null for the first.</param>
    /// <param name="U">The recurrent weights; null for the first step.</param>
    /// <param name="Nodes">All of its nodes.</param>
    private sealed record LstmStep(Node Inputs, long Time, Node? Previous, Node Memory, Node? Before, Node? U, List<Node> Nodes);

    private static LstmLayer? Layer(Node lastState, List<Node> inside)
    {
        if (StepOf(lastState) is not { } step || step.Inputs.Is<Add>() is not { } all || all.Inputs[0].Is<MatMul>() is not { } product
            || product.Op is not MatMul { TransposeLeft: false, TransposeRight: false } || product.Inputs[0].Shape.Rank != 3
            || all.Shape[0] is not { } time || (step.Time != 0 && step.Time != time - 1))
            return null;
        var (isReverse, states, u) = (step.Time == 0 && time > 1, new Node[time], step.U);
        var (state, memory) = (lastState, step.Memory);
        for (var i = time - 1; i >= 0; i--)
        {
            var at = isReverse ? time - 1 - i : i;
            if (step is null || step.Time != at || !ReferenceEquals(step.Inputs, all) || !ReferenceEquals(step.Memory, memory)
                || (step.Previous is null) != (i == 0) || (step.Before is null) != (i == 0) || (i > 0 && !ReferenceEquals(step.U, u)))
                return null;
            states[at] = state;
            inside.Add(state);
            inside.AddRange(step.Nodes);
            if (i == 0) break;
            (state, memory) = (step.Previous!, step.Before!);
            step = StepOf(state);
        }
        inside.AddRange([all, product]);
        // A layer of one step has no recurrent weights in the graph.
        return u is null ? null : new LstmLayer(product.Inputs[0], product.Inputs[1], u, all.Inputs[1], states, isReverse,
            lastState.Shape[1]!.Value);
    }

    // h = o · tanh(c), c = f · c₋₁ + i · g
    private static LstmStep? StepOf(Node state)
    {
        if (state.Is<Multiply>() is not { Shape: { Rank: 2 } shape } output || shape[1] is not { } units
            || output.Inputs[1].Is<Tanh>() is not { } bounded)
            return null;
        List<Node> nodes = [bounded];
        Node? sums = null;
        var memory = bounded.Inputs[0];
        nodes.Add(memory);
        var (fresh, kept) = memory is Operation { Op: Add } sum ? (sum.Inputs[1], sum.Inputs[0].Is<Multiply>()) : (memory, null);
        if (fresh.Is<Multiply>() is not { } written || (memory is Operation { Op: Add } && kept is null)) return null;
        nodes.Add(written);
        if (kept is not null) nodes.Add(kept);
        if (!IsGate<Sigmoid>(output.Inputs[0], 3) || !IsGate<Sigmoid>(written.Inputs[0], 0) || !IsGate<Tanh>(written.Inputs[1], 2)
            || (kept is not null && !IsGate<Sigmoid>(kept.Inputs[0], 1)) || sums is null)
            return null;
        var recurrent = sums.Is<Add>() is { } added ? added.Inputs[1].Is<MatMul>() : null;
        if (recurrent is { Op: MatMul { TransposeLeft: false, TransposeRight: false } }) nodes.AddRange([sums, recurrent]);
        else if (kept is not null) return null;
        var input = recurrent is null ? sums : ((Operation)sums).Inputs[0];
        if (input is not Operation { Op: ReduceSum { Keep: false, Axes: [0] } } one
            || one.Inputs[0] is not Operation { Op: Slice { Along: 0, Step: 1 } cut } slice || cut.End != cut.Start + 1)
            return null;
        nodes.AddRange([input, slice]);
        return new LstmStep(slice.Inputs[0], cut.Start, recurrent?.Inputs[0], memory, kept?.Inputs[1], recurrent?.Inputs[1], nodes);

        bool IsGate<T>(Node gate, int number) where T : Op
        {
            if (gate.Is<T>() is not { } function
                || function.Inputs[0] is not Operation { Op: Slice { Along: 1, Step: 1 } part } slice
                || part.Start != number * units || (part.End ?? 4 * units) != (number + 1) * units
                || (sums is not null && !ReferenceEquals(sums, slice.Inputs[0])))
                return false;
            sums = slice.Inputs[0];
            nodes.AddRange([function, slice]);
            return true;
        }
    }

    private static void Write(ExportNode node, LstmLayer layer, bool isSequence)
    {
        var units = layer.Units;
        var order = node.Whole([.. Order.SelectMany(gate => Enumerable.Range(0, (int)units).Select(unit => gate * units + unit))]);
        string Weights(int input) => node.Step("Unsqueeze", [node.Step("Transpose",
            [node.Step("Gather", [node.Input(input), order], With.Int("axis", 1))], With.Ints("perm", 1, 0)), node.Whole(0)]);
        // The second half of the biases belongs to the recurrent product.
        var biases = node.Step("Unsqueeze", [node.Step("Pad", [node.Step("Gather", [node.Input(3), order], With.Int("axis", 0)),
            node.Whole(0, 4 * units)], With.Text("mode", "constant")), node.Whole(0)]);
        // The layer has time as the first axis, and so has ONNX.
        string[] inputs = [node.Input(0), Weights(1), Weights(2), biases];
        Schema.AttributeProto[] settings =
            [With.Int("hidden_size", units), .. layer.IsReverse ? [With.Text("direction", "reverse")] : (Schema.AttributeProto[])[]];
        if (isSequence)
        {
            // [time, 1, batch, units]
            node.Result("Squeeze", [node.Step("LSTM", inputs, settings), node.Whole(1)]);
        }
        else
        {
            node.Result("Squeeze", [node.StepAt(1, "LSTM", inputs, settings), node.Whole(0)]);
        }
    }
}
