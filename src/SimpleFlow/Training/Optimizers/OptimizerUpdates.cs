namespace SimpleFlow;

/// <summary>
/// What an optimizer assigns in a step, so that variables can be frozen. Frozen variables keep
/// their values and what the optimizer remembers of them. What it remembers of all variables together, such as how many steps an average
/// has seen, is kept apart for variables that were frozen while others were trained:
/// else Adam would correct the bias of an average as if it had followed all the steps.
/// </summary>
internal sealed class OptimizerUpdates
{
    private readonly Optimizer _optimizer;
    private readonly IReadOnlyList<Node> _gradients;
    private readonly OptimizerRule _rule;
    private readonly Variable[] _ages;                 // what is remembered of variables together
    private readonly List<Cohort> _cohorts;

    /// <param name="optimizer">The optimizer.</param>
    /// <param name="variables">What it trains.</param>
    /// <param name="gradients">The gradient of each.</param>
    /// <param name="groups">The group of those that have a rate or a decay of their own.</param>
    public OptimizerUpdates(Optimizer optimizer, IReadOnlyList<Variable> variables, IReadOnlyList<Node> gradients,
        IReadOnlyDictionary<Variable, VariableGroup> groups)
    {
        (_optimizer, Variables, _gradients) = (optimizer, variables, gradients);
        _rule = optimizer.RuleOf(Variables, _gradients, groups);
        // The count of iterations is that of the training, not of a variable.
        _ages = [.. _rule.Shared.Select(TargetOf).Where(variable => variable.Name != OptimizerState.IterationName)];
        _cohorts = [new Cohort([.. Variables], [])];
        LargestRate = groups.Values.Aggregate(optimizer.LargestRate, (largest, group) => Math.Min(largest,
            Math.Min(optimizer.LargestRate, group.WeightDecay > 0 ? 2 / group.WeightDecay.Value : float.MaxValue) / group.RateFactor));
    }

    private OptimizerUpdates(OptimizerUpdates other)
    {
        (_optimizer, Variables, _gradients, _rule, _ages) = (other._optimizer, other.Variables, other._gradients, other._rule, other._ages);
        _cohorts = [new Cohort([.. Variables], [])];
        LargestRate = other.LargestRate;
    }

    /// <summary>The largest learning rate that the optimizer accepts with every group's factor; at a rate of 2 / decay a weight would
    /// change its sign and keep its size.</summary>
    public float LargestRate { get; }

    /// <summary>The variables that it trains, frozen or not.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>All that the updates read and write, of frozen variables too.</summary>
    public IReadOnlyList<Variable> Kept =>
        [.. GraphOrder.Of([.. _rule.OfVariable.SelectMany(one => one), .. _rule.Shared]).OfType<Variable>(),
            .. _cohorts.SelectMany(cohort => _ages.Where(cohort.Own.ContainsKey).Select(age => cohort.Own[age]))];

    /// <summary>Which variables are kept apart from the others, as places in <see cref="Variables"/>; empty if none are.</summary>
    public IReadOnlyList<int[]> Apart => [.. _cohorts.Skip(1).Select(cohort => Enumerable.Range(0, Variables.Count)
        .Where(i => cohort.Members.Contains(Variables[i])).ToArray())];

    /// <summary>The same optimizer with other variables kept apart, whose values are to be set.</summary>
    public OptimizerUpdates With(IReadOnlyList<int[]> apart)
    {
        var other = new OptimizerUpdates(this);
        foreach (var places in apart) other.Split(other._cohorts[0], [.. places.Select(place => Variables[place])]);
        return other;
    }

    /// <summary>From now on, these variables may be trained at other times than the others.</summary>
    public void SetApart(IReadOnlySet<Variable> frozen)
    {
        if (_ages.Length == 0) return;
        foreach (var cohort in _cohorts.ToList())
        {
            Variable[] moved = [.. cohort.Members.Where(frozen.Contains)];
            if (moved.Length > 0 && moved.Length < cohort.Members.Count) Split(cohort, moved);
        }
    }

    /// <summary>The assignments of a step that leaves the frozen variables alone, and the norm of the gradients if that is
    /// needed.</summary>
    public (IReadOnlyList<Node> Assignments, Node? Norm) For(IReadOnlySet<Variable> frozen)
    {
        var updates = new List<Node>();
        var norm = _rule.Norm;
        var clipping = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        if (norm is not null && Variables.Any(frozen.Contains))
        {
            norm = _optimizer.NormOf([.. _gradients.Where((_, i) => !frozen.Contains(Variables[i]))]);
            if (norm is not null) clipping[_rule.Norm!] = norm;
        }
        foreach (var cohort in _cohorts)
        {
            Node[] own = [.. Enumerable.Range(0, Variables.Count)
                .Where(i => cohort.Members.Contains(Variables[i]) && !frozen.Contains(Variables[i])).SelectMany(i => _rule.OfVariable[i])];
            var isFirst = ReferenceEquals(cohort, _cohorts[0]);
            var shared = _rule.Shared.Where(update => _ages.Contains(TargetOf(update)) ? own.Length > 0 : isFirst);
            updates.AddRange(Replaced([.. own, .. shared], new(clipping.Concat(cohort.Own.Select(one =>
                KeyValuePair.Create((Node)one.Key, (Node)one.Value))), ReferenceEqualityComparer.Instance)));
        }
        return (updates, norm);
    }

    private void Split(Cohort from, IReadOnlyCollection<Variable> moved)
    {
        from.Members.ExceptWith(moved);
        _cohorts.Add(new Cohort([.. moved], _ages.ToDictionary(age => age, age => new Variable(age.Name!, age.Shape,
            Initializer.Constant(from.Own.GetValueOrDefault(age, age).Memory.Span[0]), trainable: false))));
    }

    private static Node[] Replaced(Node[] nodes, Dictionary<Node, Node> others) => others.Count == 0 ? nodes
        : Rewriter.Run(nodes, (node, inputs) => others.TryGetValue(node, out var other) ? other
            : node is Operation operation ? Rewriter.With(operation, inputs) : node);

    private static Variable TargetOf(Node update) => (Variable)update.Inputs[0];

    /// <summary>Variables that were trained in the same steps, with what is remembered of them together.</summary>
    /// <param name="Members">The variables.</param>
    /// <param name="Own">What stands for the optimizer's shared variables; nothing for the first cohort.</param>
    private sealed record Cohort(HashSet<Variable> Members, Dictionary<Variable, Variable> Own);
}

/// <summary>The assignments that an optimizer makes in a step.</summary>
/// <param name="OfVariable">Those for each variable and what is remembered of it alone.</param>
/// <param name="Shared">Those of what is remembered of all together.</param>
/// <param name="Norm">The norm of all gradients, if they are clipped by it.</param>
internal sealed record OptimizerRule(IReadOnlyList<IReadOnlyList<Node>> OfVariable, IReadOnlyList<Node> Shared, Node? Norm);
