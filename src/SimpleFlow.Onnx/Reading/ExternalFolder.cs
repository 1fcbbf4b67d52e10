using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>The folder of a model, from which the tensors are read that are stored beside it. A name that leads out of the folder is
/// refused, whatever it is.</summary>
internal sealed class ExternalFolder(string folder)
{
    /// <summary>The bytes of a tensor.</summary>
    /// <exception cref="OnnxException">The file is missing, too short, or not in the model's folder.</exception>
    public byte[] Read(TensorProto tensor, long bytes)
    {
        var entries = tensor.ExternalData.DistinctBy(entry => entry.Key, StringComparer.Ordinal)
            .ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        var path = PathOf(tensor, entries.GetValueOrDefault("location") ?? "");
        var (offset, length) = (Number(tensor, entries, "offset", 0), Number(tensor, entries, "length", bytes));
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (length != bytes || offset > file.Length - bytes)
                throw new OnnxException($"the tensor '{tensor.Name}' needs {bytes:N0} bytes at {offset:N0} of "
                    + $"'{Path.GetFileName(path)}', which has {file.Length:N0}.");
            if (bytes > Array.MaxLength)
                throw new OnnxException($"the tensor '{tensor.Name}' has {bytes:N0} bytes, more than can be read.");
            var data = new byte[bytes];
            file.Position = offset;
            file.ReadExactly(data);
            return data;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"the tensor '{tensor.Name}' is in '{Path.GetFileName(path)}', which cannot be read: "
                + $"{exception.Message}", exception);
        }
    }

    private string PathOf(TensorProto tensor, string location)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var isPlain = location.Length > 0 && !location.Contains('\0') && !location.Contains('\\') && !Path.IsPathRooted(location)
            && !location.Contains(':') && !location.Split('/').Contains("..");
        var path = isPlain ? Path.GetFullPath(Path.Combine(folder, location)) : "";
        if (!isPlain || !path.StartsWith(root, StringComparison.Ordinal))
            throw new OnnxException($"the tensor '{tensor.Name}' names the file '{location}': data must be in the folder of the model.");
        // Neither may a link lead out of it.
        for (var at = path; at.Length > root.Length; at = Path.GetDirectoryName(at)!)
        {
            FileSystemInfo entry = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            if (entry.LinkTarget is not null)
                throw new OnnxException($"the tensor '{tensor.Name}' names the file '{location}', which is a link: data must be in the "
                    + "folder of the model.");
        }
        return path;
    }

    private static long Number(TensorProto tensor, Dictionary<string, string> entries, string key, long otherwise) =>
        !entries.TryGetValue(key, out var text) ? otherwise : long.TryParse(text, out var number) && number >= 0 ? number
            : throw new OnnxException($"the tensor '{tensor.Name}' has the {key} '{text}', which is not a position in a file.");
}
