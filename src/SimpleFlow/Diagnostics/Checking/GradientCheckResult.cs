using System.Text;

namespace SimpleFlow;

/// <summary>What a gradient check found.</summary>
public sealed class GradientCheckResult
{
    internal GradientCheckResult(Node loss, double value, IReadOnlyList<NodeGradientCheck> nodes, int gradients,
        IReadOnlyList<RuleGradientCheck> rules, double tolerance)
    {
        (Loss, Value, Nodes, Gradients, Rules, Tolerance) = (loss, value, nodes, gradients, rules, tolerance);
        WrongRules = [.. rules.Where(rule => !rule.IsRight)];
        IsRight = WrongRules.Count == 0 && nodes.All(node => node.Agrees);
    }

    /// <summary>What was differentiated: the loss, or the sum of the losses.</summary>
    public Node Loss { get; }

    /// <summary>The loss for what was fed.</summary>
    public double Value { get; }

    /// <summary>Whether all gradients and all rules agree with differences.</summary>
    public bool IsRight { get; }

    /// <summary>
    /// The gradient of every trainable variable and every node between them and the loss, inputs first;
    /// of a graph with more than 300 a sample, unless <see cref="GradientCheckOptions.All"/> is set.
    /// Empty if a rule gives nothing to compute them from.
    /// </summary>
    public IReadOnlyList<NodeGradientCheck> Nodes { get; }

    /// <summary>How many gradients there are: as many as <see cref="Nodes"/>, or more if these are a sample.</summary>
    public int Gradients { get; }

    /// <summary>The <see cref="Nodes"/> that are trainable variables.</summary>
    public IEnumerable<NodeGradientCheck> Variables => Nodes.Where(check => check.Node is Variable);

    /// <summary>The rule of every op for each of its inputs through which something flows back, inputs first.</summary>
    public IReadOnlyList<RuleGradientCheck> Rules { get; }

    /// <summary>The rules that are wrong on their own: the cause, if a gradient is wrong.</summary>
    public IReadOnlyList<RuleGradientCheck> WrongRules { get; }

    /// <summary>The relative difference up to which a gradient counts as right.</summary>
    public double Tolerance { get; }

    /// <summary>The same as <see cref="ToText"/>, for printing.</summary>
    public override string ToString() => ToText().TrimEnd();

    /// <summary>A verdict, what is wrong if something is, and a table of the gradients.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLines(TextLines.Of($"gradient check of `{Loss.Label}` = {NumberText.Text(Value)}: {(IsRight ? "right" : "WRONG")}"));
        foreach (var rule in WrongRules) text.AppendLines(TextLines.Of(Accusation(rule)));
        var wrong = Nodes.Where(node => !node.Agrees).Select(node => $"`{node.Node.Label}`").ToList();
        if (wrong.Count > 0)
        {
            var why = WrongRules.Count > 0 ? "Wrong because of that:" : "Wrong, though every rule on its own is right:";
            text.AppendLines(TextLines.Of($"{why} {string.Join(", ", wrong)}."));
        }
        if (Nodes.Count > 0) text.Append('\n').Append(Table());
        var compared = Nodes.Concat<GradientComparison>(Rules).Sum(check => check.Elements.Count);
        var kinks = Nodes.Concat<GradientComparison>(Rules).Sum(check => check.Kinks);
        var without = kinks > 0 ? $", {NumberText.Count(kinks)} left out where there is no derivative" : "";
        var isSample = Nodes.Count > 0 && Nodes.Count < Gradients;
        var sampled = isSample
            ? " The gradients are a sample: comparing every one takes time with the square of their number. Set All to compare every one."
            : "";
        return text.Append('\n').AppendLines(TextLines.Of(
            $"{(isSample ? $"{NumberText.Count(Nodes.Count)} of " : "")}"
                + $"{NumberText.Count(isSample ? Gradients : Nodes.Count, "gradient")}, {NumberText.Count(Rules.Count, "op rule")}, "
                + $"{NumberText.Count(compared, "number")} compared{without}; relative tolerance {NumberText.Rough(Tolerance)}.{sampled}"))
            .ToString();
    }

    private static string Accusation(RuleGradientCheck rule)
    {
        var made = rule.Node.MadeAt.IsKnown ? $", made at {rule.Node.MadeAt}," : "";
        var whose =
            $"The gradient rule of {rule.Node.Op} in `{rule.Node.Label}`{made} is wrong for its input {rule.Input}, "
                + $"`{rule.Node.InputArray[rule.Input].Label}`";
        return rule.Problem is not null || rule.Worst is not { } worst
            ? $"{whose}: {rule.Problem}."
            : $"{whose}: at {worst.Place} it gives {NumberText.Text(worst.Analytic)}, and differences give "
                + $"{NumberText.Text(worst.ByDifferences)}.";
    }

    // Shapes and absolute differences are in the objects: a terminal has room only for what says whether the two are the same number.
    private TextTable Table()
    {
        var table = new TextTable("gradient by", "compared>", "off by>", "at", "by rules>", "differences>",
            "")
        { Within = TextLines.Width };
        foreach (var check in Nodes)
        {
            var compared = check.Elements.Count - check.Kinks;
            table.Add(
                check.Node.Label, compared == check.Shape.ElementCount ? "all" : NumberText.Count(compared),
                NumberText.Rough(check.LargestRelative), check.Worst?.Place ?? "",
                check.Worst is { } worst ? NumberText.Text(worst.Analytic) : "",
                check.Worst is { } same ? NumberText.Text(same.ByDifferences) : "", check.Agrees ? "" : "WRONG");
        }
        return table;
    }
}
