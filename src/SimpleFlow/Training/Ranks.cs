using System.Globalization;

namespace SimpleFlow;

/// <summary>The other ranks with which a model is trained, and how.</summary>
/// <param name="Cluster">Between which ranks, at least two.</param>
/// <param name="Synchronised">Whether the statistics of layers are those of the rows of all ranks.</param>
internal sealed record Ranks(Cluster Cluster, bool Synchronised)
{
    /// <summary>Which rank this one is.</summary>
    public int Rank => Cluster.Rank;

    /// <summary>How many ranks there are.</summary>
    public int Size => Cluster.Size;

    /// <summary>Whether this rank writes files and reports progress.</summary>
    public bool Writes => Rank == 0;

    /// <summary>Compares what the ranks are about to train, and gives all of them the variables of rank 0.</summary>
    /// <exception cref="ClusterException">A rank has another program, other data or another library.</exception>
    public void Begin(Model model, Dataset data, FitOptions options, FitSettings settings)
    {
        RequireFreeRows(data);
        RankAgreement.Require(Cluster,
            [
            ("the library", $"{typeof(Model).Assembly.GetName().Version} ({typeof(Model).Module.ModuleVersionId})"),
            ("the graph", Hash(model.Graph.Packed)),
            ("the seed", Text(model.Seed)),
            ("the number of steps before", Text(model.Iterations)),
            ("the number of epochs before", Text(model.History.Epochs.Count)),
            ("the number of epochs", Text(options.Epochs)),
            ("the statistics", Synchronised ? "synchronised" : "of each rank"),
            .. settings.Facts(),
            ]);
        RankAgreement.Share(Cluster, model.AllVariables);
        RequireSame(model);
    }

    /// <summary>Compares the variables of all ranks.</summary>
    /// <exception cref="ClusterException">They differ.</exception>
    public void RequireSame(Model model) =>
        RankAgreement.RequireSame(Cluster, [.. model.AllVariables, .. model.TrainingSteps.Gathered], model.Iterations);

    /// <summary>Whether all ranks get an error when this one does, so that nobody need tell the others.</summary>
    public static bool IsOfAll(Exception exception) =>
        exception is ClusterException or TrainingException or OperationCanceledException;

    // With a fixed number of rows every rank would need as many.
    private static void RequireFreeRows(Dataset data)
    {
        if (data.FirstOrDefault(entry => entry.Key.Shape.Rank > 0 && entry.Key.Shape[0] is not null).Key is { } fixedOne)
            throw new GraphException($"`{fixedOne.Label}` {fixedOne.Shape} has a fixed number of rows, and every rank computes only a part "
                + "of a batch. Leave the number open: [null, …].");
    }

    private static string Hash(byte[] bytes) => XxHash64.Of(bytes).ToString("x16", CultureInfo.InvariantCulture);

    private static string Text(object number) => string.Create(CultureInfo.InvariantCulture, $"{number}");
}
