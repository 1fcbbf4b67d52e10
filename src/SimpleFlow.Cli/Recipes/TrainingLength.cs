namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// How long a recipe trains: a number of steps rather than of epochs, since it is steps that change a network.
/// Few examples are seen many times, in smaller batches; many a few times.
/// </summary>
/// <param name="Steps">About how many steps.</param>
/// <param name="Batch">Examples in a step, where there are plenty.</param>
/// <param name="FewestEpochs">Even of many examples each is seen this often.</param>
/// <param name="MostEpochs">And even of few not more often than this.</param>
internal sealed record TrainingLength(int Steps, int Batch, int FewestEpochs, int MostEpochs)
{
    // An epoch of fewer steps than this is rather one of smaller batches.
    private const int FewestSteps = 20, SmallestBatch = 8;

    /// <summary>The batch and the number of epochs for so many examples.</summary>
    /// <param name="rows">To learn from.</param>
    /// <param name="batch">What a person asks for.</param>
    public (int Epochs, int Batch) For(int rows, int? batch)
    {
        var size = batch ?? Math.Min(Batch, Math.Max(SmallestBatch, rows / FewestSteps));
        var steps = (rows - 1) / size + 1;
        return (Math.Clamp((int)Math.Round(Steps / (double)steps), FewestEpochs, MostEpochs), size);
    }
}
