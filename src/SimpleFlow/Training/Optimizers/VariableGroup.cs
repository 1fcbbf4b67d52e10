namespace SimpleFlow;

/// <summary>Variables that are trained with a rate or a weight decay of their own, with any optimizer:
/// <c>new AdamW { Groups = [VariableGroup.WithoutDecay(loss.Variables())] }</c>.</summary>
public sealed class VariableGroup
{
    private readonly Predicate<Variable>? _condition;

    /// <summary>Groups some variables.</summary>
    /// <param name="variables">The variables. Each belongs to at most one group of a model.</param>
    /// <param name="rateFactor">What the learning rate is multiplied by for them; 0 leaves them as they are, apart from what the optimizer
    /// remembers.</param>
    /// <param name="weightDecay">The fraction of a weight that decays at rate 1: w ← w − rate·decay·w beside the optimizer's own step, as
    /// in <see cref="AdamW"/>. Null: the optimizer's own, <see cref="Optimizer.WeightDecay"/>.</param>
    /// <param name="coupledDecay">What is added of a weight to its gradient, as in <see cref="Optimizer.CoupledDecay"/>. Null: the
    /// optimizer's own.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    public VariableGroup(IEnumerable<Variable> variables, float rateFactor = 1, float? weightDecay = null, float? coupledDecay = null)
    {
        Variables = Required.List([.. Required.Value(variables)], nameof(variables));
        RateFactor = Checked(rateFactor, nameof(rateFactor), "The factor of the learning rate");
        WeightDecay = weightDecay is { } decay ? Checked(decay, nameof(weightDecay), "The weight decay") : null;
        CoupledDecay = coupledDecay is { } coupled ? Checked(coupled, nameof(coupledDecay), "The coupled decay") : null;
    }

    /// <summary>Groups the variables that a condition holds for, of whichever model is trained: for a <see cref="Network"/>, which makes
    /// its variables itself. <c>new VariableGroup(variable =&gt; variable.Name!.StartsWith("body/"), rateFactor: 0.1f)</c></summary>
    /// <param name="condition">Whether a variable that the model trains belongs to the group.</param>
    /// <param name="rateFactor">What the learning rate is multiplied by for them.</param>
    /// <param name="weightDecay">The fraction of a weight that decays at rate 1; null: the optimizer's own.</param>
    /// <param name="coupledDecay">What is added of a weight to its gradient; null: the optimizer's own.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    public VariableGroup(Predicate<Variable> condition, float rateFactor = 1, float? weightDecay = null, float? coupledDecay = null)
        : this([], rateFactor, weightDecay, coupledDecay) =>
        _condition = Required.Value(condition);

    /// <summary>The variables that were named; none of a group that has a condition.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>What the learning rate is multiplied by.</summary>
    public float RateFactor { get; }

    /// <summary>The fraction of a weight that decays at rate 1; null: the optimizer's own.</summary>
    public float? WeightDecay { get; }

    /// <summary>What is added of a weight to its gradient; null: the optimizer's own.</summary>
    public float? CoupledDecay { get; }

    /// <summary>The biases and the scales and shifts of normalisation among some variables, without weight decay: trainable variables of at
    /// most one axis, and those named <c>…/scale</c>, <c>…/shift</c> or <c>…/b</c>, as the layers name theirs. Decay would only pull their
    /// outputs towards 0.</summary>
    /// <param name="variables">The variables to choose from, such as <c>loss.Variables()</c>.</param>
    /// <param name="rateFactor">What the learning rate is multiplied by for them.</param>
    public static VariableGroup WithoutDecay(IEnumerable<Variable> variables, float rateFactor = 1) =>
        new(Required.List([.. Required.Value(variables)], nameof(variables)).Where(IsUndecayed), rateFactor, weightDecay: 0,
            coupledDecay: 0);

    private static bool IsUndecayed(Variable variable) => variable.IsTrainable
        && (variable.Shape.Rank <= 1 || variable.Name!.Split('/')[^1] is "scale" or "shift" or "b");

    /// <summary>The group of each variable.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="trained">What the model trains.</param>
    /// <exception cref="ArgumentException">A variable is in two groups, or is not trained.</exception>
    internal static Dictionary<Variable, VariableGroup> ByVariable(IReadOnlyList<VariableGroup> groups, IReadOnlyList<Variable> trained)
    {
        var found = new Dictionary<Variable, VariableGroup>(ReferenceEqualityComparer.Instance);
        foreach (var group in Required.List(groups))
        {
            foreach (var variable in group._condition is { } condition ? trained.Where(one => condition(one)) : group.Variables.Distinct())
            {
                if (!found.TryAdd(variable, group))
                    throw new ArgumentException($"`{variable.Name}` is in two groups: a variable belongs to at most one.", nameof(groups));
            }
        }
        string[] untrained = [.. found.Keys.Except(trained).Select(variable => $"`{variable.Name}`")];
        return untrained.Length == 0 ? found : throw new ArgumentException(
            $"The groups contain {string.Join(", ", untrained)}, which the model does not train. Leave out what no gradient of the loss "
                + "reaches and what `trained` does not name.", nameof(groups));
    }

    private static float Checked(float value, string name, string what) => value >= 0 && float.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{what} must be finite and not negative.");
}
