namespace SimpleFlow;

/// <summary>Tensors in the format that a file's name ends in.</summary>
internal static class WeightsFile
{
    /// <summary>Writes tensors.</summary>
    /// <exception cref="DataException">The file's name does not end in .safetensors or .npz.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, WrittenTensor> tensors)
    {
        if (IsNpz(path))
            NpzFile.Write(path, tensors.ToDictionary(one => one.Key,
                one => DataArray.From(one.Value.Values.ToArray()).Reshape([.. one.Value.Shape]), StringComparer.Ordinal));
        else SafetensorsFile.Write(path, tensors, metadata: null, FileLayer.Disk);
    }

    /// <summary>Reads tensors; checks the checksum, if there is one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choose">Looks at names and shapes before what is compressed is unpacked, and says which tensors are wanted, or
    /// throws if they are not what is needed.</param>
    /// <exception cref="DataException">The file's name does not end in .safetensors or .npz, it is damaged, or a
    /// number is too large for a float32.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string path,
        Func<IReadOnlyList<(string Name, IReadOnlyList<long> Shape)>, Predicate<string>> choose) => IsNpz(path)
        ? NpzFile.Read(path, choose).ToDictionary(one => one.Key, one => Tensor(path, one.Key, one.Value), StringComparer.Ordinal)
        : SafetensorsFile.Read(path, places => choose([.. places.Select(place => (place.Name, (IReadOnlyList<long>)place.Shape))])).Tensors;

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

    private static NamedTensor Tensor(string path, string name, DataArray array)
    {
        var values = new float[array.Count];
        array.CopyTo(values);
        // Only doubles can be too large; an infinity of their own stays one.
        if (array is Numbers<double> doubles && doubles.FirstBeyondSingle() is { } place)
            throw new DataException($"{path} holds '{name}' as float64, and its number {place} is too large for a float32.");
        return new NamedTensor([.. array.Dimensions], values);
    }
}
