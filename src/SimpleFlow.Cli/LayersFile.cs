namespace SimpleFlow.Cli;

/// <summary>The file of --layers.</summary>
internal static class LayersFile
{
    /// <summary>Reads the layers.</summary>
    /// <exception cref="DataException">There is no such file, or it cannot be understood; the message says where.</exception>
    public static IReadOnlyList<Layer> Read(string path)
    {
        if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
        try
        {
            return Sequential.FromJson(File.ReadAllText(path)).Layers;
        }
        catch (GraphException exception)
        {
            throw new DataException($"{path}: {exception.Message}", exception);
        }
    }
}
