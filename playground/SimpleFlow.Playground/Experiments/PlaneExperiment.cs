namespace SimpleFlow.Playground.Experiments;

/// <summary>An experiment that a link hands out: settings, the reader's data, and what a teacher adds.</summary>
/// <param name="Settings">What decides the run.</param>
public sealed record PlaneExperiment(PlaneSettings Settings)
{
    /// <summary>The points that were painted; null: none are part of it.</summary>
    public PlanePoints? Painted { get; init; }

    /// <summary>The table and its columns to the right, upwards and to learn; null: none is part of it.</summary>
    public (string Text, int Horizontal, int Vertical, int Target)? Table { get; init; }

    /// <summary>What the teacher says above the experiment.</summary>
    public string Text { get; init; } = "";

    /// <summary>The controls that are not shown.</summary>
    public IReadOnlyList<HiddenControl> Hidden { get; init; } = [];
}

/// <summary>Controls of the plane that a link can hide.</summary>
public enum HiddenControl
{
    /// <summary>Where the points come from.</summary>
    Sources,

    /// <summary>Noise, number, classes, share and batch size.</summary>
    Points,

    /// <summary>What the network is given.</summary>
    Features,

    /// <summary>How many layers and units there are, and their activations.</summary>
    Layers,

    /// <summary>Initial values and batch normalisation.</summary>
    Initial,

    /// <summary>The learning rate.</summary>
    Rate,

    /// <summary>The optimizer.</summary>
    Optimizer,

    /// <summary>The schedule.</summary>
    Schedule,

    /// <summary>L1, L2 and dropout.</summary>
    Regularisation,

    /// <summary>The speed.</summary>
    Speed,

    /// <summary>The comparison of runs.</summary>
    Compare,

    /// <summary>What is inside: units, weights, the step through the derivation.</summary>
    Inside,

    /// <summary>What can be taken out: program, weights, network, link.</summary>
    Out,
}
