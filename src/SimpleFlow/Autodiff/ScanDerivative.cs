namespace SimpleFlow;

/// <summary>
/// The derivative of a scan, which is a scan backwards: δₜ₋₁ = ∂loss/∂sₜ₋₁ follows from δₜ by the chain rule through one step. Its body is
/// the gradient of the body of the scan, found by the same sweep as any other gradient.
/// <para>
/// What a step computed and its derivative reads again is kept: the forward scan says it as further outputs (<see cref="Tape"/>). For
/// weights nothing is summed along the way: with the left operands aₜ of a product aₜ·w and what flows back to its results, δₜ, the
/// gradient of w is Σₜ aₜᵀ·δₜ, one product over the rows of all steps.
/// </para>
/// </summary>
internal sealed class ScanDerivative
{
    private readonly ScanBody _of, _body;
    private readonly int[] _kept;                        // the sections of the tape that the backward body reads
    private readonly int[] _active;                      // the states through which something flows back
    private readonly bool[] _isArriving;
    private readonly int?[] _sequenceSections;           // where the gradient of a sequence is
    private readonly IReadOnlyList<Weights> _weights;
    private readonly int?[] _restSections;               // what flows back to a captured node otherwise, step by step

    private ScanDerivative(ScanBody of, ScanBody tape, int[] kept, ScanBody body, int[] active, bool[] isArriving, int?[] sequenceSections,
        IReadOnlyList<Weights> weights, int?[] restSections)
    {
        (_of, Tape, _kept, _body, _active, _isArriving) = (of, tape, kept, body, active, isArriving);
        (_sequenceSections, _weights, _restSections) = (sequenceSections, weights, restSections);
    }

    /// <summary>What flows back through a step; null if nothing does.</summary>
    public BackwardSweep? Sweep { get; private init; }

    /// <summary>Whether an operation only weighs the results of a step by what arrives at them.</summary>
    public bool IsOfLoss(Operation node) => !_of.Order.Contains(node);

    /// <summary>The forward body, with outputs for what the backward body reads.</summary>
    public ScanBody Tape { get; }

    /// <summary>A product of a step with a captured matrix.</summary>
    /// <param name="Captured">Which one.</param>
    /// <param name="Op">The product.</param>
    /// <param name="Left">The left operand: a leaf of the body, or one of its nodes.</param>
    /// <param name="Section">Where what flows back to its result is.</param>
    private sealed record Weights(int Captured, MatMul Op, Node Left, int Section);

    /// <summary>The gradients of a scan for the inputs that need one.</summary>
    public static IEnumerable<(int Input, Node Gradient)> Gradients(Operation node, Node upstream, Predicate<int> isNeeded)
    {
        var (derivative, arriving, needed) = At(node, upstream, isNeeded);
        return derivative.Gradients(node, arriving, needed);
    }

    /// <summary>The derivative of a scan for what arrives at its result and is needed of its inputs.</summary>
    public static ScanDerivative Of(Operation node, Node upstream, Predicate<int> isNeeded) => At(node, upstream, isNeeded).Derivative;

    private static (ScanDerivative Derivative, Node?[] Arriving, bool[] Needed) At(Operation node, Node upstream, Predicate<int> isNeeded)
    {
        var body = ((Scan)node.Op).Body;
        Node?[] arriving = [.. Enumerable.Range(0, body.Results.Length).Select(section => Arriving(upstream, node, section))];
        bool[] needed = [.. node.InputArray.Select((input, i) => input.ElementType == ElementType.Float32 && isNeeded(i))];
        return (body.Derivative(needed, Array.ConvertAll(arriving, one => one is not null)), arriving, needed);
    }

    // The gradient that arrives at a section; null for none. Sections that nothing was made of get nothing, and need no zeros.
    private static Node? Arriving(Node upstream, Operation scan, int section)
    {
        Node? sum = null;
        var terms = new Stack<Node>([upstream]);
        while (terms.TryPop(out var term))
        {
            if (term is Operation { Op: Add })
            {
                terms.Push(term.InputArray[1]);
                terms.Push(term.InputArray[0]);
                continue;
            }
            if (term is Operation { Op: ScanPart.Unpart part } && part.Section != section) continue;
            var own = term is Operation { Op: ScanPart.Unpart } ? term.InputArray[0]
                : Flow.AddFlow(term, new ScanPart(((Scan)scan.Op).Body, section, scan.InputArray));
            sum = sum is null ? own : sum + own;
        }
        return sum;
    }

    /// <summary>Derives a body.</summary>
    /// <param name="of">The body.</param>
    /// <param name="isNeeded">Of which inputs of the scan the gradient is needed.</param>
    /// <param name="isArriving">At which sections a gradient arrives.</param>
    public static ScanDerivative Of(ScanBody of, bool[] isNeeded, bool[] isArriving)
    {
        var (sequences, states) = (of.Sequences.Length, of.States.Length);
        var (active, reached) = Reached(of, isNeeded);
        bool Flows(int section) => reached.Contains(of.Results[section]);

        // loss = Σ sₜ ∘ δₜ, whose gradient is what flows back through a step.
        Placeholder[] carried = [.. active.Select(i => new Placeholder($"δ {of.States[i].Name}", of.States[i].Shape))];
        var arriving = new Placeholder?[isArriving.Length];
        var terms = new List<Node>();
        for (var section = 0; section < isArriving.Length; section++)
        {
            var state = section < states ? Array.IndexOf(active, section) : -1;
            if (!Flows(section) || (section < states && state < 0)) continue;
            if (isArriving[section])
                arriving[section] = new Placeholder($"∂ {of.Results[section].Name ?? "output"}", of.Results[section].Shape);
            Node? delta = state < 0 ? arriving[section] : arriving[section] is { } more ? carried[state] + more : carried[state];
            if (delta is not null) terms.Add((of.Results[section] * delta).Sum());
        }
        List<Node> targets = [.. active.Select(i => of.States[i]), .. of.Leaves.Where((_, i) => isNeeded[i] && !IsState(i))];
        var sweep = terms.Count == 0 ? null : new BackwardSweep(terms.Aggregate((sum, term) => sum + term), targets);
        bool IsState(int input) => input >= sequences && input < sequences + states;

        // What a step of the backward scan says: the states' gradients first.
        var results = new List<Node>();
        int Section(Node result)
        {
            var known = results.IndexOf(result, active.Length);
            if (known >= 0) return known;
            results.Add(result);
            return results.Count - 1;
        }
        foreach (var state in active) results.Add(sweep?.GradientOf(of.States[state]) ?? ((Node)0f).BroadcastLike(of.States[state]));
        int?[] ofSequences = [.. of.Sequences.Select((leaf, i) => isNeeded[i] && sweep?.GradientOf(leaf) is { } found
            ? Section(found) : (int?)null)];
        var ofStep = OfStep(of);
        var (weights, rests) = (new List<Weights>(), new int?[of.Captured.Length]);
        for (var k = 0; k < rests.Length && sweep is not null; k++)
        {
            if (!isNeeded[sequences + states + k]) continue;
            Node? rest = null;
            foreach (var (consumer, input, contribution) in sweep.ContributionsTo(of.Captured[k]))
            {
                if (input == 1 && consumer.Op is MatMul { TransposeLeft: false } product && of.Captured[k].Shape.Rank == 2
                    && ofStep.Contains(consumer.InputArray[0]))
                    weights.Add(new Weights(k, product, consumer.InputArray[0], Section(sweep.GradientOf(consumer)!)));
                else rest = rest is null ? contribution : rest + contribution;
            }
            if (rest is not null) rests[k] = Section(rest);
        }

        // What it reads of the forward steps, and cannot have for nothing, is kept.
        var kept = Kept(of, ofStep, results, [.. weights.Select(one => one.Left)]);
        var saved = new Dictionary<Node, Placeholder>(ReferenceEqualityComparer.Instance);
        foreach (var node in kept) saved[node] = new Placeholder(node.Name ?? $"saved {saved.Count + 1}", node.Shape);
        var rewritten = Rewriter.Run([.. results], (node, inputs) => saved.TryGetValue(node, out var leaf) ? leaf
            : node is Operation operation ? Rewriter.With(operation, inputs) : node);
        // What the scan says anyway is not kept twice.
        Node[] added = [.. kept.Except(of.Results)];
        var tape = added.Length == 0 ? of
            : new ScanBody(of.Sequences, of.States, of.Captured, of.Next, [.. of.Outputs, .. added], within: of);
        int[] sections = [.. kept.Select(node => Array.IndexOf(tape.Results, node))];
        var body = new ScanBody([.. of.Sequences, .. of.States, .. kept.Select(node => saved[node]), .. arriving.OfType<Placeholder>()],
            carried, of.Captured, rewritten[..active.Length], rewritten[active.Length..]);
        return new ScanDerivative(of, tape, sections, body, active, [.. arriving.Select(one => one is not null)], ofSequences, weights,
            rests)
        { Sweep = sweep };
    }

    /// <summary>The states through which a gradient flows, and the nodes on the way from what needs one to the results. A state is one of
    /// them if its first value needs a gradient, or if what needs one enters it at some step.</summary>
    private static (int[] Active, HashSet<Node> Reached) Reached(ScanBody of, bool[] isNeeded)
    {
        var order = GraphOrder.Of(of.Results, valuesOnly: true);
        var targets = new List<Node>(of.Leaves.Where((_, i) => isNeeded[i]));
        while (true)
        {
            var reached = BackwardSweep.Between(order, targets);
            var more = of.States.Where((state, i) => !targets.Contains(state) && reached.Contains(of.Next[i])).ToList();
            if (more.Count == 0)
                return ([.. Enumerable.Range(0, of.States.Length).Where(i => targets.Contains(of.States[i]))], reached);
            targets.AddRange(more);
        }
    }

    /// <summary>The nodes of a body that differ from step to step.</summary>
    private static HashSet<Node> OfStep(ScanBody of)
    {
        var ofStep = new HashSet<Node>(of.Sequences.Concat(of.States), ReferenceEqualityComparer.Instance);
        foreach (var node in of.Order)
        {
            if (node.InputArray.Any(ofStep.Contains)) ofStep.Add(node);
        }
        return ofStep;
    }

    /// <summary>The nodes of the forward steps whose values are read: by the derivative, or as a left operand. What is only another view of
    /// a value, or is made of what is the same at every step, is made again, and so are truth values.</summary>
    private static List<Node> Kept(ScanBody of, HashSet<Node> ofStep, IReadOnlyList<Node> results, IReadOnlyList<Node> lefts)
    {
        var forward = new HashSet<Node>(of.Order, ReferenceEqualityComparer.Instance);
        var kept = new HashSet<Node>(lefts.Where(left => left is Operation), ReferenceEqualityComparer.Instance);
        var seen = new HashSet<Node>(kept, ReferenceEqualityComparer.Instance);
        var reads = new Stack<Node>(results.Where(forward.Contains));
        foreach (var node in GraphOrder.Of(results, valuesOnly: true))
        {
            if (forward.Contains(node) || node is not Operation operation) continue;
            for (var i = 0; i < node.InputArray.Length; i++)
            {
                if (!operation.Op.UsesOnlyShape(i) && forward.Contains(node.InputArray[i])) reads.Push(node.InputArray[i]);
            }
        }
        while (reads.TryPop(out var node))
        {
            if (node is not Operation operation || !seen.Add(node) || !ofStep.Contains(node)) continue;
            if (node.ElementType == ElementType.Float32 && operation.Op is not (Reshape or Unsqueeze or ReshapeLike or Broadcast
                or BroadcastLike))
            {
                kept.Add(node);
                continue;
            }
            for (var i = 0; i < node.InputArray.Length; i++)
            {
                if (!operation.Op.UsesOnlyShape(i)) reads.Push(node.InputArray[i]);
            }
        }
        return [.. of.Order.Where(kept.Contains)];
    }

    private IEnumerable<(int Input, Node Gradient)> Gradients(Operation node, Node?[] arriving, bool[] isNeeded)
    {
        var scan = (Scan)node.Op;
        if (_body.Results.Length == 0) yield break;
        var (sequences, states) = (_of.Sequences.Length, _of.States.Length);
        var tape = new Operation(new Scan(Tape, scan.Reverse, node.InputArray[1..]), node.InputArray, node.Name, node.MadeAt);
        Node Before(Node history) => scan.Reverse ? history.Slice(0, 1) : history.Slice(0, 0, -1);
        Node After(Node history) => scan.Reverse ? history.Slice(0, 0, -1) : history.Slice(0, 1);
        // The history of the other direction has its first state where this one has its last.
        Node First(Node history) => (scan.Reverse ? history.Slice(0, -1) : history.Slice(0, 0, 1)).Sum(axis: 0);

        Node[] before = [.. Enumerable.Range(0, states).Select(i => Before(ScanPart.Of(tape, i)))];
        Node Of(int section) => section < states ? After(ScanPart.Of(tape, section)) : ScanPart.Of(tape, section);
        Node[] inputs =
        [
            .. node.InputArray[..sequences], .. before, .. _kept.Select(Of),
            .. Enumerable.Range(0, arriving.Length).Where(i => _isArriving[i]).Select(i => i < states ? After(arriving[i]!) : arriving[i]!),
            .. _active.Select(i => ((Node)0f).BroadcastLike(node.InputArray[sequences + i])),
            .. node.InputArray[(sequences + states)..],
        ];
        var backwards = new Operation(new Scan(_body, !scan.Reverse, inputs[1..]), inputs, null, node.MadeAt);

        for (var i = 0; i < sequences; i++)
        {
            if (_sequenceSections[i] is { } section) yield return (i, ScanPart.Of(backwards, section));
        }
        for (var i = 0; i < _active.Length; i++)
        {
            if (!isNeeded[sequences + _active[i]]) continue;
            var through = First(ScanPart.Of(backwards, i));
            yield return (sequences + _active[i], arriving[_active[i]] is { } direct ? through + First(direct) : through);
        }
        for (var k = 0; k < _of.Captured.Length; k++)
        {
            var captured = node.InputArray[sequences + states + k];
            Node? sum = _restSections[k] is { } rest ? ScanPart.Of(backwards, rest).Sum(axis: 0) : null;
            foreach (var one in _weights.Where(one => one.Captured == k))
            {
                var left = LeftOf(one);
                var product = one.Op.Gradient(new Operation(one.Op, [left, captured], null, node.MadeAt),
                    ScanPart.Of(backwards, one.Section), 1)!;
                sum = sum is null ? product : sum + product;
            }
            if (sum is not null) yield return (sequences + states + k, sum);
        }

        // The left operands of all steps, [time, rows, k].
        Node LeftOf(Weights weights)
        {
            if (Array.IndexOf(_of.Sequences, weights.Left) is var sequence and >= 0) return node.InputArray[sequence];
            if (Array.IndexOf(_of.States, weights.Left) is var state and >= 0) return before[state];
            return Of(Array.IndexOf(Tape.Results, weights.Left));
        }
    }
}
