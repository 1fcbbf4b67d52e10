namespace SimpleFlow;

/// <summary>One line of a <see cref="Derivation"/>, for a page that shows them one after the other.</summary>
public sealed class DerivationStep
{
    internal DerivationStep(DerivationLine line, string section)
    {
        (Section, About, Remark, Numbers) = (section, line.About, line.Remark, line.Numbers);
        (Text, MathMl) = (FormulaText.Of(line.Equation), FormulaMathMl.Of(line.Equation));
        WhereMathMl = line.Where is null ? null : FormulaMathMl.Of(line.Where);
    }

    /// <summary>The title of the section that it is in: Network, Back-propagation, Gradients or Updates.</summary>
    public string Section { get; }

    /// <summary>The node that it defines, whose δ or gradient it gives, or that it updates; null for what belongs to no node of the
    /// graph.</summary>
    public Node? About { get; }

    /// <summary>The equation as plain text.</summary>
    public string Text { get; }

    /// <summary>The equation as a <c>math</c> element.</summary>
    public string MathMl { get; }

    /// <summary>What a name in it stands for, as a <c>math</c> element; null if nothing needs to be said.</summary>
    public string? WhereMathMl { get; }

    /// <summary>A remark; null if there is none.</summary>
    public string? Remark { get; }

    /// <summary>Its numbers for what was fed; null if nothing was.</summary>
    public string? Numbers { get; }
}
