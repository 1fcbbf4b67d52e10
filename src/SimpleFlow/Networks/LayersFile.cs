namespace SimpleFlow;

/// <summary>Layers in a file with JSON.</summary>
public static class LayersFile
{
    /// <summary>Reads layers as <see cref="Sequential.FromJson"/> does.</summary>
    /// <exception cref="DataException">There is no such file, it is too long, or it is invalid;
    /// the message says where.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Sequential Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ReadableFile.Require(path);
        if (new FileInfo(path) is { Length: > Sequential.LongestJson } file)
            throw new DataException(
                $"{path}: the file has {file.Length:N0} bytes; layers are read from at most {Sequential.LongestJson:N0}.");
        try
        {
            return Sequential.FromJson(File.ReadAllText(path));
        }
        catch (GraphException exception)
        {
            throw new DataException($"{path}: {exception.Message}", exception);
        }
    }
}
