namespace SimpleFlow.Compilation;

/// <summary>
/// In inference, a scale and a shift of each channel after a convolution or a product are the same as other weights and one shift:
/// (x·w − m) / s · g + b = x·(w · g/s) + (b − m · g/s). So a batch normalisation costs nothing: what is left of it depends on variables
/// alone and is computed once (<see cref="Execution.Prepared"/>).
/// </summary>
internal sealed class FoldScales : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default)
    {
        var uses = Join.Uses(outputs, GraphOrder.Of(outputs, valuesOnly: true, cancellation), cancellation);
        var scaled = new Dictionary<Node, Scaled>(ReferenceEqualityComparer.Instance);
        var settled = new Settled();
        return Rewriter.Run(outputs, (node, inputs) =>
        {
            if (node is not Operation operation) return node;
            var current = Rewriter.With(operation, inputs);
            settled.Add(current);
            // Only a value that nobody else reads may change.
            var isRead = uses.GetValueOrDefault(node) > 1;
            if (IsLinear(current, settled))
            {
                if (!isRead) scaled[current] = new Scaled((Operation)current, null, null);
                return current;
            }
            if (Continued(operation.Op, inputs, scaled, settled) is not { } next) return current;
            if (next.Factor is not null) current = next.ToNode(operation);
            if (!isRead) scaled[current] = next;
            return current;
        }, cancellation);
    }

    private static bool IsLinear(Node node, Settled settled) => node is Operation { Op: Conv2D or MatMul } operation
        && settled.Contains(operation.InputArray[1]) && !settled.Contains(operation.InputArray[0])
        && (operation.Op is Conv2D || operation.InputArray[1].Shape.Rank == 2);

    private static Scaled? Continued(Op op, Node[] inputs, Dictionary<Node, Scaled> scaled, Settled settled)
    {
        if (op is not (Add or Subtract or Multiply or Divide)) return null;
        var isLeft = scaled.TryGetValue(inputs[0], out var known);
        if (!isLeft && (op is Subtract or Divide || !scaled.TryGetValue(inputs[1], out known))) return null;
        var other = inputs[isLeft ? 1 : 0];
        if (!settled.Contains(other) || !known!.IsPerChannel(other)) return null;
        return op switch
        {
            Add => known with { Shift = known.Shift is null ? other : known.Shift + other },
            Subtract => known with { Shift = known.Shift is null ? -other : known.Shift - other },
            Multiply => known with
            {
                Factor = known.Factor is null ? other : known.Factor * other,
                Shift = known.Shift is null ? null : known.Shift * other,
            },
            _ => known with
            {
                Factor = known.Factor is null ? 1f / other : known.Factor / other,
                Shift = known.Shift is null ? null : known.Shift / other,
            },
        };
    }

    /// <summary>What a linear operation has become: its result times a factor, plus a shift, of each channel.</summary>
    private sealed record Scaled(Operation Linear, Node? Factor, Node? Shift)
    {
        private int Channel => Linear.Op is Conv2D ? 1 : Linear.Shape.Rank - 1;

        /// <summary>Whether a node has one number, or one for each channel.</summary>
        public bool IsPerChannel(Node node)
        {
            var before = Linear.Shape.Rank - node.Shape.Rank;
            return before >= 0 && node.Shape.IsKnown && Enumerable.Range(0, node.Shape.Rank).All(axis =>
                node.Shape[axis] == 1 || before + axis == Channel && node.Shape[axis] == Linear.Shape[Channel]);
        }

        public Node ToNode(Operation last)
        {
            var weights = Linear.InputArray[1];
            Node result = new Operation(Linear.Op, [Linear.InputArray[0], weights * AsWeights(Factor!, weights)],
                Shift is null ? last.Name : null, last.MadeAt);
            return Shift is null ? result : new Operation(new Add(Shift), [result, Shift], last.Name, last.MadeAt);
        }

        // The factors along the axis of the weights that makes the channels.
        private Node AsWeights(Node factor, Node weights)
        {
            if (factor.Shape.ElementCount == 1) return factor.Reshape([]);
            var axis = Linear.Op is MatMul { TransposeRight: false } ? 1 : 0;
            return factor.Reshape(Shape.Create([.. Enumerable.Range(0, weights.Shape.Rank)
                .Select(i => i == axis ? factor.Shape.ElementCount : (long?)1)]));
        }
    }
}
