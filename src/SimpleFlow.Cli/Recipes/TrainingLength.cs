namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// How long a recipe trains: a number of steps rather than of epochs, since steps change a network. Few examples are seen many times, in
/// smaller batches; many examples a few times.
/// </summary>
/// <param name="Steps">About how many steps.</param>
/// <param name="Batch">Examples in a step, if there are plenty.</param>
/// <param name="FewestEpochs">Each example is seen at least this often, however many there are.</param>
/// <param name="MostEpochs">Each example is seen at most this often, however few there are.</param>
internal sealed record TrainingLength(int Steps, int Batch, int FewestEpochs, int MostEpochs)
{
    // Rather than have fewer steps than this, an epoch has smaller batches.
    private const int FewestSteps = 20, SmallestBatch = 8;

    /// <summary>The batch and the number of epochs for so many examples.</summary>
    /// <param name="rows">The training examples.</param>
    /// <param name="batch">The user's setting.</param>
    public (int Epochs, int Batch) For(int rows, int? batch)
    {
        var size = batch ?? Math.Min(Batch, Math.Max(SmallestBatch, rows / FewestSteps));
        var steps = (rows - 1) / size + 1;
        return (Math.Clamp((int)Math.Round(Steps / (double)steps), FewestEpochs, MostEpochs), size);
    }
}
