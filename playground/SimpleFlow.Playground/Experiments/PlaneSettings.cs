namespace SimpleFlow.Playground.Experiments;

/// <summary>Everything that decides a run on the plane. The same settings give the same numbers, in the page and in a program.</summary>
public sealed record PlaneSettings
{
    /// <summary>The most hidden layers that the page shows.</summary>
    public const int MostLayers = 8;

    /// <summary>The most units of a hidden layer that the page shows.</summary>
    public const int MostUnits = 16;

    /// <summary>The most classes: one for each colour that colour-blind people can tell from the others.</summary>
    public const int MostClasses = 6;

    /// <summary>Where the points come from.</summary>
    public PlaneSource Source { get; init; } = PlaneSource.Circle;

    /// <summary>How many points are drawn.</summary>
    public int Points { get; init; } = 200;

    /// <summary>How many classes the drawn points have.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>How far points are moved at random, from 0 to 0.5.</summary>
    public float Noise { get; init; }

    /// <summary>The share of the points that the network learns from; the others test it.</summary>
    public float TrainShare { get; init; } = 0.5f;

    /// <summary>The function that separates the classes of <see cref="PlaneSource.Function"/>: those above it and those below.</summary>
    public string Function { get; init; } = "sin 3x";

    /// <summary>Rows per step.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>What the network is given of each point.</summary>
    public IReadOnlyList<PlaneFeature> Features { get; init; } = [PlaneFeature.X, PlaneFeature.Y];

    /// <summary>The hidden layers, starting at the input.</summary>
    public IReadOnlyList<HiddenLayer> Layers { get; init; } = [new(8, ActivationKind.Tanh), new(8, ActivationKind.Tanh)];

    /// <summary>Whether each hidden layer is normalised over the batch.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>The share of the hidden units that a training step leaves out.</summary>
    public float Dropout { get; init; }

    /// <summary>The initial values of the weights.</summary>
    public InitialKind Initial { get; init; } = InitialKind.Fitting;

    /// <summary>How gradients change the weights.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>How the learning rate changes.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>How many epochs the schedule spans.</summary>
    public int ScheduleEpochs { get; init; } = 200;

    /// <summary>The strength of the penalty Σ|w|.</summary>
    public float L1 { get; init; }

    /// <summary>The strength of the penalty Σw².</summary>
    public float L2 { get; init; }

    /// <summary>The seed of the points.</summary>
    public ulong DataSeed { get; init; }

    /// <summary>The seed of the weights, of the order of the points and of dropout.</summary>
    public ulong Seed { get; init; }
}

/// <summary>A hidden layer.</summary>
/// <param name="Units">The number of its units.</param>
/// <param name="Activation">What each unit makes of its sum.</param>
public sealed record HiddenLayer(int Units, ActivationKind Activation);

/// <summary>Where the points of the plane come from.</summary>
public enum PlaneSource
{
    /// <summary>A disc within a ring.</summary>
    Circle,

    /// <summary>Quarters of the plane in turn.</summary>
    Xor,

    /// <summary>A cloud for each class.</summary>
    Gauss,

    /// <summary>An arm of a spiral for each class.</summary>
    Spiral,

    /// <summary>Numbers that rise along a diagonal.</summary>
    Slope,

    /// <summary>Numbers that rise and fall around six points.</summary>
    Hills,

    /// <summary>Points on either side of a function.</summary>
    Function,

    /// <summary>Points that the reader has painted.</summary>
    Painted,

    /// <summary>Rows of a table of the reader's.</summary>
    Table,
}

/// <summary>What a network is given of a point.</summary>
public enum PlaneFeature
{
    /// <summary>x</summary>
    X,

    /// <summary>y</summary>
    Y,

    /// <summary>x²</summary>
    XSquared,

    /// <summary>y²</summary>
    YSquared,

    /// <summary>xy</summary>
    XTimesY,

    /// <summary>sin x</summary>
    SinX,

    /// <summary>sin y</summary>
    SinY,
}
