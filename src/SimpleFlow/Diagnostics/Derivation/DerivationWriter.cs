using System.Globalization;

namespace SimpleFlow;

/// <summary>Walks a graph and its backward sweep, and writes a line for everything on the way.</summary>
internal sealed class DerivationWriter
{
    // The most terms on a page. A node that is used more often gets its first terms and its last.
    private const int MostTerms = 24;

    private readonly IReadOnlyList<Node> _losses;
    private readonly Node _total;
    private readonly Func<IReadOnlyList<Variable>, IReadOnlyList<Node>, IReadOnlyList<Node>>? _updates;
    private readonly string? _remark;
    private readonly CancellationToken _cancellation;
    private readonly BackwardSweep _sweep;
    private readonly List<Node> _order;
    private readonly List<Variable> _variables;
    private readonly NodeNames _names = new();
    private readonly NodeFormulas _formulas;
    private readonly Dictionary<Node, RecurrenceLines> _recurrences = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> _read;                // the nodes whose values are read, and not only their shapes

    public DerivationWriter(IReadOnlyList<Node> losses, Node total,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Node>, IReadOnlyList<Node>>? updates, string? remark, IReadOnlyList<Variable>? trained,
        CancellationToken cancellation)
    {
        (_losses, _total, _updates, _remark, _cancellation) = (losses, total, updates, remark, cancellation);
        _order = GraphOrder.Of([total], cancellation: cancellation);
        ReadableGraph.Require(_order.Count, "derivation", "Derive a node within the graph, summed to one number.");
        _variables = [.. GraphOrder.Of([total], valuesOnly: true, cancellation).OfType<Variable>()
            .Where(variable => variable.IsTrainable && trained?.Contains(variable) != false)];
        _sweep = new BackwardSweep(total, _variables, cancellation);
        if (losses.Count > 1) _names.Add(total, "total");
        _names.Add(_order);
        _formulas = new NodeFormulas(_names);
        _read = new HashSet<Node>(GraphOrder.Of([total], valuesOnly: true, cancellation), ReferenceEqualityComparer.Instance);
        foreach (var scan in _order.OfType<Operation>().Where(node => node.Op is Scan))
            _recurrences[scan] = new RecurrenceLines(scan, _names, _sweep);
    }

    private Formula Loss => _names[_total];

    public IReadOnlyList<DerivationSection> Write()
    {
        List<DerivationSection> sections =
            [
            new("Network", "What is fed, what is trained, and how the loss is computed from it.", [.. Leaves(), .. Forward()]),
            new("Back-propagation",
                "δ(node) = ∂loss/∂node, from the loss backwards: each from the δ of what the node was used for, by the chain rule.",
                [.. Backward()]),
            new("Gradients", "What the loss changes by when a variable changes.", [.. Gradients()]),
            new("Updates", _remark is null ? "The step against the gradient." : $"The step against the gradient. {_remark}",
                [.. Updates()]),
        ];
        return [.. sections.Where(section => section.Lines.Count > 0)];
    }

    private IEnumerable<DerivationLine> Leaves() => _order
        .Where(node => node is Placeholder or Variable
            || (node is Constant && _names[node] is Symbol symbol && !double.TryParse(symbol.Text, CultureInfo.InvariantCulture, out _)))
        .Select(node => new DerivationLine(_names[node], node.Shape, Remark: node switch
        {
            Placeholder => "is fed",
            Variable variable => _variables.Contains(variable) ? "is trained" : "is kept",
            _ => "is fixed",
        }, Node: node)
        { About = node });

    private IEnumerable<DerivationLine> Forward() => _order.OfType<Operation>().Where(IsWritten)
        .SelectMany(node =>
        {
            _cancellation.ThrowIfCancellationRequested();
            if (_recurrences.TryGetValue(node, out var recurrence)) return recurrence.Forward();
            var definition = node.Op is ScanPart part && _recurrences.TryGetValue(node.InputArray[0], out var whole)
                ? whole.All(part.Section) : _formulas.Definition(node);
            return [new DerivationLine(Equal(_names[node], definition), node.Shape, Remark: Named(node), Node: node) { About = node }];
        });

    // What gives the first states of a recurrence only their shape says nothing to a reader.
    private bool IsWritten(Operation node) => _recurrences.Count == 0 || _read.Contains(node);

    private IEnumerable<DerivationLine> Backward()
    {
        if (_variables.Count == 0) yield break;
        yield return new DerivationLine(Equal(new Delta(Loss), "1"), _total.Shape,
            Remark: _losses.Count > 1 ? "the sum of the losses" : null, Node: _sweep.GradientOf(_total))
        { About = _total };
        foreach (var node in _order.AsEnumerable().Reverse())
        {
            if (node is not Operation || node == _total || _sweep.GradientOf(node) is not { } gradient) continue;
            if (!_recurrences.TryGetValue(node, out var recurrence)) yield return Line(new Delta(_names[node]), node, gradient);
            else foreach (var line in recurrence.Backward(section => Arriving(node, section))) yield return line;
        }
        foreach (var (symbol, of, axes) in _formulas.Counts.ToList())
            yield return new DerivationLine(Equal(symbol, new Call("count", of)),
                Remark: $"how many elements {FormulaText.Of(of)} has along {axes}");
    }

    private IEnumerable<DerivationLine> Gradients() => _variables
        .Where(variable => _sweep.GradientOf(variable) is not null)
        .Select(variable => Line(new Derivative(Loss, _names[variable]), variable, _sweep.GradientOf(variable)!));

    /// <summary>What arrives at step t of a section of a recurrence from outside it.</summary>
    private Formula? Arriving(Node scan, int section)
    {
        // A history begins with the state before the first step.
        List<Formula> terms = [.. _order.OfType<Operation>()
            .Where(node => node.Op is ScanPart part && part.Section == section && node.InputArray[0] == scan
                && _sweep.GradientOf(node) is not null)
            .Select(node => (Formula)new Indexed(new Delta(_names[node]), "t"))];
        return terms.Count == 0 ? null : terms.Aggregate((sum, term) => Infix.Sum(sum, "+", term));
    }

    /// <summary>The chain rule at one node: what comes back from everything it was used for.</summary>
    private DerivationLine Line(Formula left, Node node, Node gradient)
    {
        _cancellation.ThrowIfCancellationRequested();
        var terms = new List<Formula>();
        Formula? where = null;
        string? remark = null;
        foreach (var (consumer, input, contribution) in _sweep.ContributionsTo(node))
        {
            var upstream = consumer == _total ? "1" : (Formula)new Delta(_names[consumer]);
            if (_recurrences.TryGetValue(consumer, out var recurrence))
            {
                terms.Add(recurrence.Of(input) ?? "0");
                if (recurrence.IsSequence(input)) remark = "at step t";
                continue;
            }
            if (consumer.Op is ScanPart) continue;
            var arriving = _sweep.GradientOf(consumer)!;
            Formula? Known(Node other) => ReferenceEquals(other, arriving) ? upstream : _names.Find(other);
            if (_formulas.LocalDerivative(consumer, Known) is var (function, value))
            {
                Formula local = new Call(function, _names[node]);
                terms.Add(consumer == _total ? local : Infix.Product(upstream, "∘", local));
                where ??= Equal(local, value);
                continue;
            }
            var term = _formulas.Of(contribution, Known);
            terms.Add(term);
            if (term is Delta or Symbol { Text: "1" } && !consumer.Shape.Equals(node.Shape)) remark = "spread back over what was reduced";
        }
        if (terms.Count > 1) remark ??= $"used {terms.Count} times";
        if (terms.Count > MostTerms) terms = [.. terms[..(MostTerms - 1)], "…", terms[^1]];
        var right = terms.Count == 0 ? "0" : terms.Aggregate((sum, term) => Infix.Sum(sum, "+", term));
        return new DerivationLine(Equal(left, right), node.Shape, where, remark, gradient) { About = node };
    }

    private IEnumerable<DerivationLine> Updates()
    {
        List<Variable> trained = [.. _variables.Where(variable => _sweep.GradientOf(variable) is not null)];
        if (trained.Count == 0) return [];
        if (_updates is null)
        {
            return trained.Select(variable => new DerivationLine(
                Equal(new Change(_names[variable]), new Negative(Infix.Product("rate", "·", new Derivative(Loss, _names[variable])))),
                variable.Shape)
            { About = variable });
        }
        return OptimizerLines.Write(_updates, trained, [.. trained.Select(variable => _sweep.GradientOf(variable)!)], Loss, _names,
            _formulas);
    }

    private string? Named(Node node) => _names.Remark(node) is { } name ? $"named {name}" : null;

    public static Formula Equal(Formula left, Formula right) => Infix.Relation(left, "=", right);
}
