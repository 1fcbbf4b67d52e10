namespace SimpleFlow.Compilation;

/// <summary>
/// Finds sums whose terms are all padded along one axis, touch each other and do not overlap. It visits every term and every sum a fixed
/// number of times: a sum keeps the range that its terms span and the total number of places they take. Only if the two are equal can the
/// terms fill the range without overlap.
/// </summary>
internal sealed class PaddedSums
{
    /// <summary>Where terms lie along the axis.</summary>
    /// <param name="Axis">The axis.</param>
    /// <param name="Start">The first place of any term.</param>
    /// <param name="End">The place after the last of any term.</param>
    /// <param name="Taken">The number of places of all terms together.</param>
    /// <param name="IsWhole">Whether the terms take every place from the start to the end exactly once.</param>
    private sealed record Extent(int Axis, long Start, long End, long Taken, bool IsWhole);

    private readonly Dictionary<Node, int> _uses;
    private readonly Dictionary<Node, Extent> _extents = new(ReferenceEqualityComparer.Instance);

    private PaddedSums(Dictionary<Node, int> uses) => _uses = uses;

    /// <summary>The graph with each such sum as one <see cref="Concat"/>, padded where it does not reach the ends.</summary>
    public static Node[] Join(Node[] outputs, CancellationToken cancellation)
    {
        var order = GraphOrder.Of(outputs, valuesOnly: true, cancellation);
        var sums = new PaddedSums(Compilation.Join.Uses(outputs, order, cancellation));
        foreach (var node in order.OfType<Operation>())
        {
            cancellation.ThrowIfCancellationRequested();
            if (sums.ExtentOf(node) is { } extent) sums._extents[node] = extent;
        }
        return sums.Rewritten(outputs, order, cancellation);
    }

    private Extent? ExtentOf(Operation node)
    {
        if (node.Op is Pad pad)
        {
            var axis = pad.AxisOf(node.Shape.Rank);
            var end = node.Shape[axis]!.Value - pad.After;
            return new Extent(axis, pad.Before, end, end - pad.Before, IsWhole: true);
        }
        if (node.Op is not Add || TermOf(node, 0) is not { } left || TermOf(node, 1) is not { } right || left.Axis != right.Axis)
            return null;
        var both = new Extent(left.Axis, Math.Min(left.Start, right.Start), Math.Max(left.End, right.End), left.Taken + right.Taken,
            IsWhole: false);
        var places = both.End - both.Start;
        if (both.Taken < places) return both;
        // From here on the sum is either whole, and one term of a larger one, or has an overlap and does not qualify. So its terms are
        // sorted once.
        return both.Taken == places && DoTouch(TermsOf(node, stop: term => _extents[term].IsWhole)) ? both with { IsWhole = true } : null;
    }

    private Extent? TermOf(Operation sum, int input)
    {
        var term = sum.InputArray[input];
        return _extents.TryGetValue(term, out var extent) && term.Shape.Equals(sum.Shape) && (extent.IsWhole || _uses[term] == 1) ? extent
            : null;
    }

    private bool DoTouch(List<Node> terms)
    {
        for (var i = 1; i < terms.Count; i++)
        {
            if (_extents[terms[i - 1]].End != _extents[terms[i]].Start) return false;
        }
        return true;
    }

    /// <summary>The terms of a sum from the first place to the last.</summary>
    private List<Node> TermsOf(Operation sum, Predicate<Node> stop, HashSet<Node>? passed = null)
    {
        var terms = new List<Node>();
        var rest = new Stack<Node>(sum.InputArray);
        while (rest.TryPop(out var term))
        {
            if (stop(term)) terms.Add(term);
            else
            {
                passed?.Add(term);
                foreach (var next in term.InputArray) rest.Push(next);
            }
        }
        terms.Sort((left, right) => (_extents[left].Start, _extents[left].End).CompareTo((_extents[right].Start, _extents[right].End)));
        return terms;
    }

    private Node[] Rewritten(Node[] outputs, List<Node> order, CancellationToken cancellation)
    {
        var passed = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var sums = new Dictionary<Node, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (var node in order.AsEnumerable().Reverse())
        {
            if (node is Operation { Op: Add } sum && !passed.Contains(node) && _extents.TryGetValue(node, out var extent) && extent.IsWhole)
                sums[node] = TermsOf(sum, stop: term => term is Operation { Op: Pad } || _uses[term] > 1, passed);
        }
        if (sums.Count == 0) return outputs;
        var contents = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);      // of a sum, without the padding
        return Rewriter.Run(outputs, (node, inputs, became) =>
        {
            if (node is not Operation operation || passed.Contains(node)) return node;
            if (!sums.TryGetValue(node, out var terms)) return Rewriter.With(operation, inputs);
            var (axis, start, end, _, _) = _extents[node];
            var content =
                contents[node] =
                    Flow.Concat([.. terms.Select(term => contents.TryGetValue(term, out var known) ? known : became[term.InputArray[0]])],
                        axis);
            var after = node.Shape[axis]!.Value - end;
            return start == 0 && after == 0 ? content : content.Pad(axis, start, after);
        }, cancellation);
    }
}
