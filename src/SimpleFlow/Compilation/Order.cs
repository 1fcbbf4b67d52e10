namespace SimpleFlow.Compilation;

/// <summary>
/// Puts the operations into the order they run in: inputs before the operations that need them. An assignment runs as early as possible:
/// after its value has been computed, after everything that reads the variable's old value, and after every operation at which the run may
/// end, which are the guard and ops that check indices.
/// </summary>
internal static class Order
{
    public static List<Operation> Of(Node[] outputs, CancellationToken cancellation = default)
    {
        var order = GraphOrder.Of([.. Leaving(outputs, cancellation), .. outputs], valuesOnly: true, cancellation)
            .OfType<Operation>().ToList();
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

        var lastCheck = order.FindLastIndex(node => node.Op is Guard || IndexCheck.RangeOf(node) is not null);
        var after = new List<Operation>?[order.Count + 1];
        foreach (var node in order)
        {
            if (node.Op is not Assign) continue;
            var ready = place.GetValueOrDefault(Storage.Of(node.InputArray[1]), -1);
            var free = lastReading.GetValueOrDefault((Variable)node.InputArray[0], -1);
            (after[Math.Max(Math.Max(ready, free), lastCheck) + 1] ??= []).Add(node);
        }

        var result = new List<Operation>(order.Count);
        for (var i = 0; i <= order.Count; i++)
        {
            if (after[i] is { } assignments) result.AddRange(assignments);
            if (i < order.Count && order[i].Op is not Assign) result.Add(order[i]);
        }
        return result;
    }

    // What travels to other ranks is computed first, and travels while the rest is computed.
    private static IEnumerable<Node> Leaving(Node[] outputs, CancellationToken cancellation) =>
        GraphOrder.Of(outputs, valuesOnly: true, cancellation)
            .Where(node => node is Operation { Op: PutIntoBucket })
            .OrderBy(node => ((PutIntoBucket)((Operation)node).Op).Bucket.Number);

    /// <summary>
    /// Decides where old and new values are read. A reader of an assignment reads the assigned value; an assignment that only others read
    /// is still made, as a further output. A variable is copied if its old value must outlive the step that assigns it: as the value of
    /// another assignment (a, b = b, a), or as an output.
    /// </summary>
    /// <exception cref="GraphException">A variable is assigned twice.</exception>
    public static Node[] KeepOldValues(Node[] outputs, CancellationToken cancellation = default)
    {
        var assignments = GraphOrder.Of(outputs, valuesOnly: true, cancellation).Where(node => node is Operation { Op: Assign }).ToArray();
        if (assignments.Length == 0) return outputs;
        var assigned = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var assignment in assignments)
        {
            if (!assigned.Add(assignment.InputArray[0])) throw GraphException.AssignedTwice(assignment.InputArray[0]);
        }
        var rewritten = Rewriter.Run([.. outputs, .. assignments], (node, inputs) =>
        {
            if (node is not Operation operation) return node;
            inputs = Array.ConvertAll(inputs, input => input is Operation { Op: Assign } ? input.InputArray[1] : input);
            if (operation.Op is Assign) inputs[1] = Kept(inputs[1]);
            return Rewriter.With(operation, inputs);
        }, cancellation);
        return [.. rewritten[..outputs.Length].Select(Kept), .. rewritten[outputs.Length..].Except(rewritten[..outputs.Length])];

        Node Kept(Node value) => assigned.Contains(Storage.Of(value)) ? Flow.AddFlow(value, new StopGradient()) : value;
    }
}
