namespace SimpleFlow;

/// <summary>One line of a <see cref="Derivation"/>, for a page that shows them one after the other.</summary>
/// <param name="Section">The title of the section that it is in: Network, Back-propagation, Gradients or Updates.</param>
/// <param name="About">The node that it defines, whose δ or gradient it gives, or that it updates; null for what belongs to no node of the
/// graph.</param>
/// <param name="Text">The equation as plain text.</param>
/// <param name="MathMl">The equation as a <c>math</c> element.</param>
/// <param name="WhereMathMl">What a name in it stands for, as a <c>math</c> element; null if nothing needs to be said.</param>
/// <param name="Remark">A remark; null if there is none.</param>
/// <param name="Numbers">Its numbers for what was fed; null if nothing was.</param>
public sealed record DerivationStep(string Section, Node? About, string Text, string MathMl, string? WhereMathMl, string? Remark,
    string? Numbers);
