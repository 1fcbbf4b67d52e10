namespace SimpleFlow;

/// <summary>One line of a derivation.</summary>
/// <param name="Equation">What it says.</param>
/// <param name="Shape">The shape of both sides; null for a definition that has none.</param>
/// <param name="Where">What a name in it stands for.</param>
/// <param name="Remark">A remark about it.</param>
/// <param name="Node">The node whose numbers it shows; null if it has none.</param>
internal sealed record DerivationLine(Formula Equation, Shape? Shape = null, Formula? Where = null, string? Remark = null,
    Node? Node = null)
{
    /// <summary>Its numbers for what was fed; null if nothing was.</summary>
    public string? Numbers { get; init; }

    /// <summary>The node of the graph that it is about: the one that is defined, whose δ or gradient it gives, or that is updated; null for
    /// what an optimizer keeps for all.</summary>
    public Node? About { get; init; }
}

/// <summary>A part of a derivation.</summary>
internal sealed record DerivationSection(string Title, string Introduction, IReadOnlyList<DerivationLine> Lines);
