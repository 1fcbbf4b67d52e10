namespace SimpleFlow.Cli.Foreign;

/// <summary>Files of arrays: .npy for one, .npz and .safetensors for several with names.</summary>
internal static class ArrayFile
{
    private static readonly string[] Endings = [".npy", ".npz", ".safetensors"];

    public static bool IsOne(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The arrays of a file by name; the one of a .npy file has the name "".</summary>
    public static IReadOnlyDictionary<string, DataArray> Read(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".npy" => new Dictionary<string, DataArray>(StringComparer.Ordinal) { [""] = NpyFile.Read(path) },
        ".npz" => NpzFile.Read(path),
        _ => SafetensorsFile.Read(path).Tensors.ToDictionary(one => one.Key, one => Array(one.Value), StringComparer.Ordinal),
    };

    /// <summary>Writes arrays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">The arrays; for a .npy file just one.</param>
    public static void Write(string path, IReadOnlyDictionary<string, DataArray> arrays)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy" when arrays.Count > 1:
                throw new UsageException($"{path} can hold one array, and the network gives {arrays.Count}: "
                    + $"{string.Join(", ", arrays.Keys)}. Choose one with --output, or write a .npz or .safetensors file.");
            case ".npy":
                NpyFile.Write(path, arrays.Values.First());
                break;
            case ".npz":
                NpzFile.Write(path, arrays);
                break;
            default:
                SafetensorsFile.Write(path, arrays.ToDictionary(one => one.Key, one => Tensor(one.Value), StringComparer.Ordinal));
                break;
        }
    }

    private static DataArray Array(NamedTensor tensor) => tensor.IsInteger
        ? DataArray.From(System.Array.ConvertAll(tensor.ToIntegers(), number => number is >= int.MinValue and <= int.MaxValue ? (int)number
            : throw new DataException($"The whole number {number} is too large: whole numbers of 32 bits are computed with.")))
            .Reshape([.. tensor.Shape])
        : DataArray.From(tensor.Values).Reshape([.. tensor.Shape]);

    private static NamedTensor Tensor(DataArray array)
    {
        var values = new float[array.Count];
        array.CopyTo(values);
        return new NamedTensor(array.Dimensions.ToArray(), values);
    }
}
