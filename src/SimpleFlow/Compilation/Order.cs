namespace SimpleFlow.Compilation;

/// <summary>
/// Puts the operations into the order they run in: inputs before what needs them, and an assignment as early as it may come,
/// which is when its value is there and everything that reads the variable's old value has run.
/// </summary>
internal static class Order
{
    public static List<Operation> Of(Node[] outputs)
    {
        var order = GraphOrder.Of(outputs, valuesOnly: true).OfType<Operation>().ToList();
        var place = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        var lastReading = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < order.Count; i++)
        {
            place[order[i]] = i;
            if (order[i].Op is Assign) continue;
            foreach (var input in order[i].InputArray)
            {
                if (Storage.Of(input) is Variable variable) lastReading[variable] = i;
            }
        }

        var after = new List<Operation>?[order.Count + 1];
        foreach (var node in order)
        {
            if (node.Op is not Assign) continue;
            var ready = place.GetValueOrDefault(Storage.Of(node.InputArray[1]), -1);
            var free = lastReading.GetValueOrDefault((Variable)node.InputArray[0], -1);
            (after[Math.Max(ready, free) + 1] ??= []).Add(node);
        }

        var result = new List<Operation>(order.Count);
        for (var i = 0; i <= order.Count; i++)
        {
            if (after[i] is { } assignments) result.AddRange(assignments);
            if (i < order.Count && order[i].Op is not Assign) result.Add(order[i]);
        }
        return result;
    }

    /// <summary>
    /// Copies variables where their old value must outlive the step that assigns them: as the value of another assignment (a, b = b, a), or as an output.
    /// </summary>
    public static Node[] KeepOldValues(Node[] outputs)
    {
        var assigned = GraphOrder.Of(outputs, valuesOnly: true).OfType<Operation>().Where(node => node.Op is Assign).Select(node => node.InputArray[0]).ToHashSet<Node>(ReferenceEqualityComparer.Instance);
        if (assigned.Count == 0) return outputs;
        Node Kept(Node value) => assigned.Contains(Storage.Of(value)) ? Flow.AddFlow(value, new StopGradient()) : value;
        var rewritten = Rewriter.Run(outputs, (node, inputs) => node is Operation { Op: Assign } assign
            ? Rewriter.With(assign, [inputs[0], Kept(inputs[1])])
            : node is Operation operation ? Rewriter.With(operation, inputs) : node);
        return Array.ConvertAll(rewritten, Kept);
    }
}
