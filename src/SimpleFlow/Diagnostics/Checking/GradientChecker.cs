namespace SimpleFlow;

/// <summary>The work of <see cref="GradientCheck"/> on one graph, at one place.</summary>
internal sealed class GradientChecker
{
    // Of an op that joins thousands of tensors, so many inputs show whether its rule is right; each computes the whole op.
    private const int MostInputs = 16;

    private readonly Node _loss;
    private readonly IReadOnlyList<Node> _targets;
    private readonly List<Node> _order;
    private readonly HashSet<Node> _needed;
    private readonly IReadOnlyDictionary<Placeholder, PlainTensor> _fed;
    private readonly Dictionary<Node, PlainTensor> _values;
    private readonly StepIdentity _step;
    private readonly GradientCheckOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<Node, PlainTensor> _nearby;

    public GradientChecker(Node loss, IReadOnlyList<Node> targets, IReadOnlyDictionary<Placeholder, PlainTensor> fed, StepIdentity step,
        GradientCheckOptions options, CancellationToken cancellation)
    {
        (_loss, _targets, _fed, _step, _options, _cancellation) = (loss, targets, fed, step, options, cancellation);
        _order = GraphOrder.Of([loss], valuesOnly: true, cancellation);
        _needed = BackwardSweep.Between(_order, targets);
        _values = PlainReading.ValuesOf([loss], fed, step: step);
        _nearby = Nearby();
    }

    /// <summary>
    /// Values as far away as the first step of the differences, each number by its own share.
    /// What a value rounds to changes a difference by its gradient times 10⁻¹⁶ of it, and that gradient is the one at the end of the step:
    /// at the bottom of a square it is 0 at the place itself, where both branches of a siamese network agree, and not beside it.
    /// </summary>
    private Dictionary<Node, PlainTensor> Nearby()
    {
        var random = new Random(1);
        var nearby = new Dictionary<Node, PlainTensor>(_values, ReferenceEqualityComparer.Instance);
        foreach (var node in _order.Where(Carries))
        {
            nearby[node] = Moved(node is Operation operation
                ? PlainReading.Evaluate(operation, Array.ConvertAll(operation.InputArray, input => nearby[input]), _step) : _values[node]);
        }
        return nearby;

        PlainTensor Moved(PlainTensor value)
        {
            var typical = Typical(value);
            return new PlainTensor(value.Shape, Array.ConvertAll(value.Elements, x =>
            {
                var step = FiniteDifference.FirstStep(x, x == 0 ? typical : Math.Abs(x));
                return x + step * (0.5 + random.NextDouble() / 2) * (random.Next(2) * 2 - 1);
            }));
        }
    }

    public GradientCheckResult Run()
    {
        var loss = _values[_loss].Elements.Sum();
        if (!double.IsFinite(loss))
            throw new GraphException(
                $"The loss `{_loss.Label}` is {NumberText.Text(loss)} for what was fed, so that it has no gradient to check. A trace "
                    + "shows the first node that is not finite.");
        var rules = Rules().ToList();
        // If a rule gives nothing, there is no gradient to look at.
        var nodes = rules.Exists(rule => rule.Problem is not null) ? [] : Nodes();
        return new GradientCheckResult(_loss, loss, nodes, Gradients, rules, _options.Tolerance);
    }

    /// <summary>Checks every op between a target and the loss on its own.</summary>
    private IEnumerable<RuleGradientCheck> Rules()
    {
        foreach (var node in _order.OfType<Operation>().Where(node => Carries(node) && !node.Op.StopsGradient))
        {
            var inputs = Enumerable.Range(0, node.InputArray.Length)
                .Where(input => Carries(node.InputArray[input]) && !node.Op.UsesOnlyShape(input)).ToList();
            foreach (var input in _options.All ? inputs : NodeSample.Spread(inputs, MostInputs))
            {
                _cancellation.ThrowIfCancellationRequested();
                yield return Rule(node, input);
            }
        }
    }

    private RuleGradientCheck Rule(Operation node, int input)
    {
        var inputs = Array.ConvertAll(node.InputArray, each => _values[each]);
        var (x, y) = (inputs[input], _values[node]);
        var arriving = MadeUp(y.Shape);
        PlainTensor byRule;
        double terms;
        try
        {
            var upstream = new Placeholder("upstream", node.Shape);
            var rule = LateStretching.Rules(node, upstream,
                (of, arrives) => of.Op.RuleOf(of, arrives, input) is { } one ? [(input, one)] : []).FirstOrDefault().Gradient;
            if (rule is not null && !BackwardSweep.Fits(node, input, rule))
                return new RuleGradientCheck(node, input, x.Shape, [], _options.Tolerance, rule.ElementType == ElementType.Float32
                    ? $"it has the shape {rule.Shape} and not {node.InputArray[input].Shape}"
                    : $"it is {rule.ElementType} and not {ElementType.Float32}");
            var source = node.InputArray[input];
            byRule = rule is null ? new PlainTensor(x.Shape) : Contribution(rule, node, source, upstream, arriving, _values);
            terms = rule is null ? 0 : Magnitude(_nearby[source], Contribution(rule, node, source, upstream, arriving, _nearby));
        }
        catch (ShapeException exception)
        {
            return new RuleGradientCheck(node, input, x.Shape, [], _options.Tolerance, $"it cannot be computed: {exception.Rule}");
        }
        if (!byRule.Shape.Equals(x.Shape))
            return new RuleGradientCheck(node, input, x.Shape, [], _options.Tolerance,
                $"it has the shape {byRule.Shape} and not {x.Shape}");

        double Result(int position, double distance)
        {
            var moved = (PlainTensor[])inputs.Clone();
            moved[input] = Perturbation.Moved(x, position, distance);
            return Product(PlainReading.Evaluate(node, moved, _step), arriving);
        }
        var magnitude = Math.Max(terms, Math.Max(Magnitude(y, arriving), Magnitude(x, byRule)));
        return new RuleGradientCheck(node, input, x.Shape, Compare(x, byRule, magnitude, Result), _options.Tolerance);
    }

    /// <summary>What the rule hands on to the input when <paramref name="arriving"/> arrives at the node.</summary>
    private PlainTensor Contribution(Node rule, Operation by, Node source, Placeholder upstream, PlainTensor arriving,
        Dictionary<Node, PlainTensor> values)
    {
        var known = new Dictionary<Node, PlainTensor>(ReferenceEqualityComparer.Instance) { [upstream] = arriving };
        return Value(LateStretching.Summed(by, rule, source));

        // The rule's own nodes, which end at those of the graph.
        PlainTensor Value(Node wanted)
        {
            var open = new Stack<Node>([wanted]);
            while (open.TryPop(out var node))
            {
                if (Known(node) is not null) continue;
                var missing = node.InputArray.Where(input => Known(input) is null).ToList();
                if (missing.Count > 0)
                {
                    open.Push(node);
                    missing.ForEach(open.Push);
                }
                else known[node] = node is Operation operation
                    ? PlainReading.Evaluate(operation, Array.ConvertAll(operation.InputArray, input => Known(input)!), _step)
                    : PlainReading.ValuesOf([node], new Dictionary<Placeholder, PlainTensor>())[node];
            }
            return Known(wanted)!;
        }

        PlainTensor? Known(Node node) => values.GetValueOrDefault(node) ?? known.GetValueOrDefault(node);
    }

    /// <summary>How many gradients there are to compare; more than <see cref="Nodes"/> gives if only a sample is compared.</summary>
    public int Gradients => _order.Count(Carries);

    /// <summary>The gradient of every target, and of every node of floats between them and the loss; of many a sample.</summary>
    public List<NodeGradientCheck> Nodes()
    {
        var sweep = new BackwardSweep(_loss, _targets);
        var gradients = sweep.Order.Where(node => sweep.GradientOf(node) is not null).ToDictionary(node => node,
            node => sweep.GradientOf(node)!);
        PlainReading.Extend(_values, gradients.Values, _fed, step: _step);
        var gradientOf = gradients.ToDictionary(pair => pair.Key, pair => _values[pair.Value]);
        var nearby = new Dictionary<Node, PlainTensor>(_nearby, ReferenceEqualityComparer.Instance);
        PlainReading.Extend(nearby, gradients.Values, _fed, step: _step);
        var magnitude = gradients.Select(pair => Math.Max(Magnitude(_values[pair.Key], gradientOf[pair.Key]),
            Magnitude(nearby[pair.Key], nearby[pair.Value]))).DefaultIfEmpty().Max();

        var checks = new List<NodeGradientCheck>();
        var sample = NodeSample.Of(_order.FindAll(Carries), _options.All);
        foreach (var node in sample)
        {
            _options.Progress?.Report((double)checks.Count / sample.Count);
            var value = _values[node];
            var perturbation = new Perturbation(node, _loss, _order, _values, _step);
            var analytic = gradientOf.GetValueOrDefault(node) ?? new PlainTensor(value.Shape);
            checks.Add(new NodeGradientCheck(node, value.Shape, Compare(value, analytic, magnitude, perturbation.Loss),
                _options.Tolerance));
        }
        return checks;
    }

    private List<CheckedElement> Compare(PlainTensor at, PlainTensor analytic, double magnitude, Func<int, double, double> f)
    {
        var typical = Typical(at);
        var index = new int[at.Rank];
        var elements = new List<CheckedElement>();
        foreach (var position in ElementSample.Of(at.Count, _options.All))
        {
            _cancellation.ThrowIfCancellationRequested();
            var slopes = FiniteDifference.Compare(analytic.Elements[position], at.Elements[position], typical, magnitude,
                _options.Tolerance, distance => f(position, distance));
            at.IndexOf(position, index);
            elements.Add(new CheckedElement([.. index], slopes.Analytic, slopes.ByDifferences, slopes.Relative, slopes.IsKink));
        }
        return elements;
    }

    /// <summary>How large its numbers are.</summary>
    private static double Typical(PlainTensor tensor)
    {
        var typical = tensor.Count == 0 ? 0 : Math.Sqrt(tensor.Elements.Sum(element => element * element) / tensor.Count);
        return double.IsFinite(typical) ? typical : 1;
    }

    private bool Carries(Node node) => node.ElementType == ElementType.Float32 && _needed.Contains(node);

    /// <summary>Numbers of both signs, no two alike and none near 0: with ones, many wrong rules look right.</summary>
    private static PlainTensor MadeUp(Shape shape)
    {
        var random = new Random(1);
        var numbers = new PlainTensor(shape);
        for (var i = 0; i < numbers.Count; i++) numbers.Elements[i] = (random.Next(2) * 2 - 1) * (0.5 + random.NextDouble());
        return numbers;
    }

    private static double Product(PlainTensor left, PlainTensor right) => left.Elements.Zip(right.Elements, (a, b) => a * b).Sum();

    /// <summary>How large the terms of a sum of products are, those that are not finite left out.</summary>
    private static double Magnitude(PlainTensor left, PlainTensor right) =>
        left.Elements.Zip(right.Elements, (a, b) => Math.Abs(a * b)).Where(double.IsFinite).Sum();
}
