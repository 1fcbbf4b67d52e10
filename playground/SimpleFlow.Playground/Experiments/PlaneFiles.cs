namespace SimpleFlow.Playground.Experiments;

/// <summary>The network of a run as files for other programs.</summary>
public static class PlaneFiles
{
    /// <summary>A model of the network with its prediction alone; that of the run shows hidden units beside it.</summary>
    public static Model ModelOf(PlaneRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new Model(run.Network.Loss, run.Network.Output, seed: run.Settings.Seed, threads: 1);
    }

    /// <summary>The weights as a safetensors file.</summary>
    public static byte[] Weights(PlaneRun run)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.safetensors");
        try
        {
            ModelOf(run).SaveWeights(file);
            return File.ReadAllBytes(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
