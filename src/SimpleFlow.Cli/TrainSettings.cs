namespace SimpleFlow.Cli;

/// <summary>The user's settings. Null: the recipe's default.</summary>
internal sealed record TrainSettings
{
    public int[]? Hidden { get; init; }

    public IReadOnlyList<Layer>? Layers { get; init; }

    public int? Epochs { get; init; }

    public int? Batch { get; init; }

    public string? Optimizer { get; init; }

    public float? LearningRate { get; init; }

    public bool? Augment { get; init; }

    public double? ValidationShare { get; init; }

    public bool StopsEarly { get; init; } = true;

    public bool BalancesClasses { get; init; }

    public Recipes.SavePlace? Save { get; init; }

    public ulong Seed { get; init; }

    /// <summary>The ranks that train together; one if mpirun has not started the tool.</summary>
    public Cluster? Cluster { get; init; }

    public int? Threads { get; init; }
}
