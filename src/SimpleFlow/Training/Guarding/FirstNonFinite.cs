namespace SimpleFlow;

/// <summary>
/// Finds where numbers stop being finite: it walks back from a loss or gradient that is not finite to a node that is not finite although
/// all its inputs are. An intended infinity, such as the −∞ of a mask that softmax turns into 0, is not on any such path.
/// </summary>
internal static class FirstNonFinite
{
    /// <summary>The first such node; null if the ends are finite.</summary>
    public static Node? Of(IEnumerable<Node> ends, StepReplay replay)
    {
        var ranges = new Dictionary<Node, NumberRange>(ReferenceEqualityComparer.Instance);
        var origins = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Node>(ends.Where(end => RangeOf(end).NonFinite > 0));
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            var inputs = node.InputArray.Where((input, i) => !((Operation)node).Op.UsesOnlyShape(i) && RangeOf(input).NonFinite > 0)
                .ToList();
            // A NaN comes from a NaN if there is one, not from an infinity beside it.
            if (RangeOf(node).NaNs > 0 && inputs.Exists(input => RangeOf(input).NaNs > 0))
                inputs.RemoveAll(input => RangeOf(input).NaNs == 0);
            if (inputs.Count == 0) origins.Add(node);
            foreach (var input in inputs) open.Push(input);
        }
        return replay.Order.Find(origins.Contains);

        NumberRange RangeOf(Node node) => ranges.TryGetValue(node, out var known) ? known : ranges[node] = replay.RangeOf(node);
    }
}
