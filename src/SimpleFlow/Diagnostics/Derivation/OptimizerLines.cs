namespace SimpleFlow;

/// <summary>Writes an optimizer's rule from its assignments: each in terms of the gradients and of what was assigned before.</summary>
internal static class OptimizerLines
{
    /// <param name="updates">Makes the assignments of a step.</param>
    /// <param name="variables">What is trained.</param>
    /// <param name="gradients">The gradient of each.</param>
    /// <param name="loss">The loss's symbol.</param>
    /// <param name="names">The symbols of the graph; the optimizer's own variables join them.</param>
    /// <param name="formulas">Writes the formulas between symbols.</param>
    public static IEnumerable<DerivationLine> Write(
        Func<IReadOnlyList<Variable>, IReadOnlyList<Node>, IReadOnlyList<Node>> updates, IReadOnlyList<Variable> variables,
        IReadOnlyList<Node> gradients, Formula loss, NodeNames names, NodeFormulas formulas)
    {
        // Behind a node of its own, a gradient stays one symbol however often it is used, and the walk through the updates ends there.
        Node[] stands = [.. gradients.Select(gradient => Flow.AddFlow(gradient, new StopGradient()))];
        var assignments = updates(variables, stands).Cast<Operation>().ToList();
        var assigning = assignments.ToLookup<Operation, Node>(assignment => assignment.InputArray[1], ReferenceEqualityComparer.Instance);
        var within = new HashSet<Node>([.. GraphOrder.Of(gradients), .. stands], ReferenceEqualityComparer.Instance);
        var order = GraphOrder.Of(assignments.Select(assignment => assignment.InputArray[1])).Where(node => !within.Contains(node))
            .ToList();
        var ordered = new HashSet<Node>(order, ReferenceEqualityComparer.Instance);
        names.Add(order.Where(node => node is Variable));

        var known = new Dictionary<Node, Formula>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < stands.Length; i++) known[stands[i]] = new Derivative(loss, names[variables[i]]);
        Formula? Known(Node node) => known.GetValueOrDefault(node) ?? names.Find(node);

        // What an assignment computes is used by later ones under the variable's name, m ← … and then w ← w − rate·m:
        // so each appears where its value is computed.
        foreach (var assignment in assignments.Where(assignment => !ordered.Contains(assignment.InputArray[1])))
            yield return Line(assignment);
        foreach (var node in order.OfType<Operation>())
        {
            if (!assigning.Contains(node) && node.Name is not null)
            {
                var right = formulas.Of(node, Known);
                names.Add([node]);
                yield return new DerivationLine(DerivationWriter.Equal(names[node], right), node.Shape, Node: node);
            }
            foreach (var assignment in assigning[node]) yield return Line(assignment);
        }

        DerivationLine Line(Operation assignment)
        {
            var (variable, value) = ((Variable)assignment.InputArray[0], assignment.InputArray[1]);
            if (variable.IsTrainable && value is Operation { Op: Subtract } step && step.InputArray[0] == variable)
                return new DerivationLine(DerivationWriter.Equal(new Change(names[variable]),
                    new Negative(formulas.Of(step.InputArray[1], Known))), variable.Shape, Node: value - variable)
                { About = variable };
            var right = formulas.Of(value, Known);
            names.Add([variable]);
            if (!known.ContainsKey(value)) known[value] = names[variable];
            return new DerivationLine(Infix.Relation(names[variable], "←", right), variable.Shape, Node: value)
            { About = variable.IsTrainable ? variable : null };
        }
    }
}
