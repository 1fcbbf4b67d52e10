using System.Text;

namespace SimpleFlow;

/// <summary>What a gradient check found.</summary>
public sealed class GradientCheckResult
{
    internal GradientCheckResult(Node loss, double value, IReadOnlyList<NodeGradientCheck> nodes, IReadOnlyList<RuleGradientCheck> rules, double tolerance)
    {
        (Loss, Value, Nodes, Rules, Tolerance) = (loss, value, nodes, rules, tolerance);
        WrongRules = [.. rules.Where(rule => !rule.IsRight)];
        IsRight = WrongRules.Count == 0 && nodes.All(node => node.Agrees);
    }

    /// <summary>What was differentiated: the loss, or the sum of the losses.</summary>
    public Node Loss { get; }

    /// <summary>The loss for what was fed.</summary>
    public double Value { get; }

    /// <summary>Whether all gradients and all rules agree with differences.</summary>
    public bool IsRight { get; }

    /// <summary>The gradient of every trainable variable and every node between them and the loss, inputs first. Empty if a rule gives nothing to compute them from.</summary>
    public IReadOnlyList<NodeGradientCheck> Nodes { get; }

    /// <summary>The <see cref="Nodes"/> that are trainable variables.</summary>
    public IEnumerable<NodeGradientCheck> Variables => Nodes.Where(check => check.Node is Variable);

    /// <summary>The rule of every op for each of its inputs through which something flows back, inputs first.</summary>
    public IReadOnlyList<RuleGradientCheck> Rules { get; }

    /// <summary>The rules that are wrong by themselves: the cause, if a gradient is wrong.</summary>
    public IReadOnlyList<RuleGradientCheck> WrongRules { get; }

    /// <summary>The relative difference up to which a gradient counts as right.</summary>
    public double Tolerance { get; }

    /// <summary>A verdict, what is wrong if something is, and a table of the gradients.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append($"gradient check of `{Loss.Label}` = {NumberText.Text(Value)}: {(IsRight ? "right" : "WRONG")}\n");
        foreach (var rule in WrongRules) text.Append(Accusation(rule));
        var wrong = Nodes.Where(node => !node.Agrees).Select(node => $"`{node.Node.Label}`").ToList();
        if (wrong.Count > 0) text.Append(WrongRules.Count > 0 ? "What is wrong because of that: " : "Wrong, though every rule by itself is right: ").AppendJoin(", ", wrong).Append(".\n");
        if (Nodes.Count > 0) text.Append('\n').Append(Table());
        var compared = Nodes.Concat<GradientComparison>(Rules).Sum(check => check.Elements.Count);
        var kinks = Nodes.Concat<GradientComparison>(Rules).Sum(check => check.Kinks);
        text.Append($"\n{NumberText.Count(Nodes.Count)} gradients and {NumberText.Count(Rules.Count)} rules of ops, {NumberText.Count(compared)} numbers compared");
        if (kinks > 0) text.Append($", {NumberText.Count(kinks)} left out where there is no derivative");
        return text.Append($"; they may differ by {NumberText.Rough(Tolerance)} of themselves.\n").ToString();
    }

    private static string Accusation(RuleGradientCheck rule)
    {
        var made = rule.Node.MadeAt.IsKnown ? $", made at {rule.Node.MadeAt}," : "";
        var whose = $"The gradient rule of {rule.Node.Op} in `{rule.Node.Label}`{made} is wrong for its input {rule.Input}, `{rule.Node.InputArray[rule.Input].Label}`";
        return rule.Problem is not null || rule.Worst is not { } worst
            ? $"{whose}: {rule.Problem}.\n"
            : $"{whose}: at {worst.Place} it gives {NumberText.Text(worst.Analytic)}, and differences give {NumberText.Text(worst.ByDifferences)}.\n";
    }

    private TextTable Table()
    {
        var table = new TextTable("gradient by", "shape", "compared>", "absolute>", "relative>", "at", "back-propagation>", "differences>", "");
        foreach (var check in Nodes)
        {
            var of = check.Shape.Count;
            var compared = check.Elements.Count - check.Kinks;
            table.Add(
                check.Node.Label, check.Shape.ToString(), compared == of ? NumberText.Count(of) : $"{NumberText.Count(compared)} of {NumberText.Count(of)}",
                NumberText.Rough(check.LargestAbsolute), NumberText.Rough(check.LargestRelative), check.Worst?.Place ?? "",
                check.Worst is { } worst ? NumberText.Text(worst.Analytic) : "", check.Worst is { } same ? NumberText.Text(same.ByDifferences) : "", check.Agrees ? "" : "WRONG");
        }
        return table;
    }
}
