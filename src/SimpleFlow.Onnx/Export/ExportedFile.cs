using Google.Protobuf;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Export;

/// <summary>Writes a model's bytes: into a file beside the new one first, which then takes its place, so that nobody ever reads half a
/// file.</summary>
internal static class ExportedFile
{
    public static void Write(ModelProto model, string path)
    {
        Require(model);
        if (Directory.Exists(path)) throw new OnnxException($"{path}: this is a folder. Name a file in it.");
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                model.WriteTo(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Remove(unfinished);
            throw new OnnxException($"{path}: the file cannot be written: {exception.Message}", exception);
        }
    }

    public static void Write(ModelProto model, Stream stream)
    {
        Require(model);
        model.WriteTo(stream);
    }

    private static void Remove(string unfinished)
    {
        try
        {
            File.Delete(unfinished);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell.
        }
    }

    // The weights are counted before the size of the whole message, whose own arithmetic would overflow.
    private static void Require(ModelProto model)
    {
        var bytes = model.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length);
        if (bytes > int.MaxValue - (1 << 24))
            throw new OnnxException($"The weights take {bytes:N0} bytes, and an ONNX file can hold 2 GB: files with their weights in other "
                + "files are not written. Make the largest layers smaller.");
    }
}
