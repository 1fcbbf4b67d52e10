namespace SimpleFlow;

/// <summary>
/// Writes a recurrence as a textbook does: h[t] from h[t-1], and on the way back δ(h[t]) from what flows back from step t+1. What is named
/// in the body of the scan, is a state, or is used several times has a line of its own; the rest stands within the formulas.
/// </summary>
internal sealed class RecurrenceLines
{
    private readonly Operation _scan;
    private readonly ScanBody _body;
    private readonly NodeNames _names;
    private readonly bool _isReverse;
    private readonly List<Operation> _listed;
    private readonly Dictionary<Node, Formula> _symbols = new(ReferenceEqualityComparer.Instance);
    private readonly ScanDerivative? _derivative;

    /// <param name="scan">The recurrence.</param>
    /// <param name="names">The names of the graph, which get those of the body.</param>
    /// <param name="sweep">What flows back through the graph.</param>
    public RecurrenceLines(Operation scan, NodeNames names, BackwardSweep sweep)
    {
        (_scan, _names) = (scan, names);
        (_body, _isReverse) = (((Scan)scan.Op).Body, ((Scan)scan.Op).Reverse);
        if (sweep.GradientOf(scan) is { } upstream)
            _derivative = ScanDerivative.Of(scan, upstream,
                i => sweep.ContributionsTo(scan.InputArray[i]).Any(one => ReferenceEquals(one.Consumer, scan) && one.Input == i));

        names.Add(_body.States);
        for (var i = 0; i < _body.States.Length; i++)
        {
            _symbols[_body.States[i]] = names[_body.States[i]];
            if (_body.Next[i] is Operation next) _symbols.TryAdd(next, names[_body.States[i]]);
        }
        var uses = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        foreach (var input in _body.Order.SelectMany(node => node.InputArray)) uses[input] = uses.GetValueOrDefault(input) + 1;
        _listed = [.. _body.Order.OfType<Operation>().Where(node => _symbols.ContainsKey(node) || node.Name is not null
            || uses.GetValueOrDefault(node) > 1 || _body.Outputs.Contains(node))];
        List<Operation> others = [.. _listed.Where(node => !_symbols.ContainsKey(node))];
        names.Add(others);
        foreach (var node in others) _symbols[node] = names[node];
    }

    private string Before => _isReverse ? "t+1" : "t-1";

    private string After => _isReverse ? "t-1" : "t+1";

    /// <summary>The states before the first step, and the formulas of a step.</summary>
    public IEnumerable<DerivationLine> Forward()
    {
        for (var i = 0; i < _body.States.Length; i++)
        {
            var initial = _scan.InputArray[_body.Sequences.Length + i];
            yield return new DerivationLine(Equal(new Indexed(_symbols[_body.States[i]], _isReverse ? "T+1" : "0"), _names[initial]),
                initial.Shape, Remark: "before the first step")
            { About = initial };
        }
        var formulas = new NodeFormulas(At("t", Before));
        foreach (var node in _listed)
            yield return new DerivationLine(Equal(new Indexed(_symbols[node], "t"), formulas.Of(node, Known(node, At("t", Before)))),
                node.Shape, Remark: ReferenceEquals(node, _listed[0]) ? _isReverse ? "for t = T, …, 1" : "for t = 1, …, T" : null)
            { About = _scan };
    }

    /// <summary>What a part of the result of the scan is: all values of a state, or an output.</summary>
    public Formula All(int section)
    {
        var of = _body.Results[section];
        Formula symbol = section < _body.States.Length ? _symbols[_body.States[section]] : _symbols.GetValueOrDefault(of) ?? "output";
        return section < _body.States.Length ? new Call("steps", new Indexed(symbol, "0"), new Indexed(symbol, "1"), "…")
            : new Call("steps", new Indexed(symbol, "1"), new Indexed(symbol, "2"), "…");
    }

    /// <summary>What flows back through a step, from its results to what it read.</summary>
    /// <param name="arriving">What arrives at a section of the result from outside, at step t.</param>
    public IEnumerable<DerivationLine> Backward(Func<int, Formula?> arriving)
    {
        if (_derivative?.Sweep is not { } sweep) yield break;
        var (names, later) = (At("t", Before), At(After, "t"));
        var formulas = new NodeFormulas(names);
        foreach (var node in _listed.AsEnumerable().Reverse())
        {
            if (sweep.GradientOf(node) is null) continue;
            var terms = new List<Formula>();
            string? remark = null;
            for (var section = 0; section < _body.Results.Length; section++)
            {
                if (!ReferenceEquals(_body.Results[section], node)) continue;
                if (arriving(section) is { } outside) terms.Add(outside);
                if (section >= _body.States.Length || sweep.GradientOf(_body.States[section]) is not { } carried) continue;
                terms.Add(new NodeFormulas(later).Of(carried, Deltas(sweep, After, later)));
                remark = _isReverse ? "what step t-1 sends back" : "what step t+1 sends back";
            }
            foreach (var contribution in sweep.ContributionsTo(node))
            {
                if (_derivative.IsOfLoss(contribution.Consumer)) continue;
                terms.Add(formulas.Of(contribution.Gradient, Deltas(sweep, "t", names, after: node)));
            }
            yield return new DerivationLine(Equal(new Delta(new Indexed(_symbols[node], "t")), Sum(terms)), node.Shape, Remark: remark)
            { About = _scan };
        }
    }

    /// <summary>What an input of the scan gets: a sequence at step t, a first state from the first step, all else from all steps.</summary>
    /// <param name="input">The number of the input.</param>
    /// <returns>The formula; null if nothing flows back to it.</returns>
    public Formula? Of(int input)
    {
        if (_derivative?.Sweep is not { } sweep) return null;
        var (sequences, states) = (_body.Sequences.Length, _body.States.Length);
        var isFirst = input >= sequences && input < sequences + states;
        var (t, before) = isFirst ? _isReverse ? ("T", "T+1") : ("1", "0") : ("t", Before);
        var names = At(t, before);
        if (sweep.GradientOf(_body.Leaves[input]) is null) return null;
        var terms = sweep.ContributionsTo(_body.Leaves[input])
            .Select(one => new NodeFormulas(names).Of(one.Gradient, Deltas(sweep, t, names))).ToList();
        return input < sequences || isFirst ? Sum(terms) : new Reduced("sum", Sum(terms), "t");
    }

    /// <summary>Whether an input of the scan is a sequence.</summary>
    public bool IsSequence(int input) => input < _body.Sequences.Length;

    private static Formula Sum(List<Formula> terms) =>
        terms.Count == 0 ? "0" : terms.Aggregate((sum, term) => Infix.Sum(sum, "+", term));

    private static Infix Equal(Formula left, Formula right) => Infix.Relation(left, "=", right);

    // The names of a step.
    private NodeNames At(string t, string before)
    {
        var names = new NodeNames();
        for (var i = 0; i < _body.Leaves.Length; i++)
        {
            var isSequence = i < _body.Sequences.Length;
            var isState = !isSequence && i < _body.Sequences.Length + _body.States.Length;
            names.Add(_body.Leaves[i], isState ? new Indexed(_symbols[_body.Leaves[i]], before)
                : isSequence ? new Indexed(_names[_scan.InputArray[i]], t) : _names[_scan.InputArray[i]]);
        }
        foreach (var node in _listed) names.Add(node, new Indexed(_symbols[node], t));
        names.Add(_body.Order.OfType<Constant>());
        return names;
    }

    private static Func<Node, Formula?> Known(Node except, NodeNames names) =>
        node => ReferenceEquals(node, except) ? null : names.Find(node);

    // What flows back to a sum flows on unchanged, so several nodes may have one gradient: it is named after the last of them, which has
    // its line first. In the line of a node, only what comes after it has one already.
    private Func<Node, Formula?> Deltas(BackwardSweep sweep, string t, NodeNames names, Operation? after = null)
    {
        var first = after is null ? 0 : _listed.IndexOf(after) + 1;
        return node =>
        {
            if (names.Find(node) is { } name) return name;
            var listed = _listed.FindLastIndex(one => ReferenceEquals(sweep.GradientOf(one), node));
            return listed >= first ? new Delta(new Indexed(_symbols[_listed[listed]], t)) : null;
        };
    }
}
