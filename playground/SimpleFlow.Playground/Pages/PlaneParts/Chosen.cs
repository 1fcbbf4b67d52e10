namespace SimpleFlow.Playground.Pages.PlaneParts;

/// <summary>What the reader looks into.</summary>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Layer">The number of the layer, from 0; that of the output is the last.</param>
/// <param name="Unit">The number of the unit.</param>
/// <param name="From">For a weight, the number of the unit that it comes from.</param>
public sealed record Chosen(ChosenKind Kind, int Layer = 0, int Unit = 0, int From = 0);

/// <summary>The kinds of what can be looked into.</summary>
public enum ChosenKind
{
    /// <summary>A unit.</summary>
    Unit,

    /// <summary>A weight.</summary>
    Weight,

    /// <summary>The loss.</summary>
    Loss,
}
