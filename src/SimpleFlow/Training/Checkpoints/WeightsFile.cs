namespace SimpleFlow;

/// <summary>Variables in the format that a file's name ends in.</summary>
internal static class WeightsFile
{
    /// <summary>Writes tensors.</summary>
    /// <exception cref="DataException">The file's name does not end in .safetensors or .npz.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, WrittenTensor> tensors)
    {
        if (IsNpz(path)) NpzFile.Write(path, tensors);
        else SafetensorsFile.Write(path, tensors, metadata: null, FileLayer.Disk);
    }

    /// <summary>Reads variables straight into their memory, all that are chosen or none; compares the checksum, if there is one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choose">Looks at names and shapes, before anything is unpacked, and says which tensor fills which variable, or throws
    /// if they are not what is needed.</param>
    /// <exception cref="DataException">The file's name does not end in .safetensors or .npz, it is damaged, or a
    /// number is too large for a float32.</exception>
    public static void Read(string path,
        Func<IReadOnlyList<(string Name, IReadOnlyList<long> Shape)>, IReadOnlyList<(string Name, Variable Variable)>> choose)
    {
        if (IsNpz(path))
        {
            NpzFile.Read(path, choose, (variables, fill) => SavedVariables.Fill(path, variables, fill));
            return;
        }
        using var file = SafetensorsReader.Open(path, requireChecksum: false);
        SavedVariables.Fill(file, [.. choose(file.Shapes()).Select(one => (file.Find(one.Name)!.Value, one.Variable))]);
    }

    private static bool IsNpz(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npz" => true,
            ".safetensors" => false,
            _ => throw new DataException($"{path}: the name of a file of weights must end in .safetensors or .npz."),
        };
    }
}
