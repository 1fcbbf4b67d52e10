namespace SimpleFlow;

/// <summary>What a box represents, which decides how it looks.</summary>
internal enum BoxKind
{
    Placeholder,
    Variable,
    Constant,
    Operation,
    Output,
    Loss,
    Gradient,
    Group,
    GradientGroup,
    /// <summary>The name of a box that is too far away for an arrow.</summary>
    Reference,
}

/// <summary>How a line of a box is set: what it is called, how it is computed, what it holds.</summary>
internal enum LineStyle
{
    Title,
    Plain,
    Small,
    Value,
}

/// <summary>A line of text in a box.</summary>
internal sealed record BoxLine(string Text, LineStyle Style);

/// <summary>A box of a drawing.</summary>
/// <param name="Kind">What it represents.</param>
/// <param name="Lines">The lines of text in it.</param>
/// <param name="Tooltip">The full text, nothing shortened.</param>
/// <param name="ArrowLabel">The label of the arrows that leave it: the shape.</param>
internal sealed record DrawingBox(BoxKind Kind, IReadOnlyList<BoxLine> Lines, string Tooltip, string ArrowLabel)
{
    public bool IsGradient => Kind is BoxKind.Gradient or BoxKind.GradientGroup;

    /// <summary>The nodes that it stands for.</summary>
    public IReadOnlyList<Node> Nodes { get; init; } = [];
}

/// <summary>An arrow between two boxes, named by their places in the list.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="StartsSweep">Whether it marks the place where back-propagation begins rather than a value.</param>
internal readonly record struct DrawingArrow(int From, int To, bool StartsSweep = false);

/// <summary>A picture before it is laid out: boxes and arrows, without loops.</summary>
internal sealed record DrawingGraph(IReadOnlyList<DrawingBox> Boxes, IReadOnlyList<DrawingArrow> Arrows, string? Title = null);
