using Google.Protobuf;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>Reads the bytes of a model as what the schema says.</summary>
internal static class ModelFile
{
    public static ModelProto Read(string path)
    {
        var name = Path.GetFileName(path);
        if (Directory.Exists(path)) throw new OnnxException($"{path}: this is a folder. Name a file in it.");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(file, name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
    }

    public static ModelProto Read(Stream stream, string name)
    {
        if (!stream.CanSeek)
        {
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            copy.Position = 0;
            stream = copy;
        }
        try
        {
            PartLimit.Require(stream);
            // Messages within messages are read up to 100 deep, which is 33 graphs within graphs.
            using var coded = new CodedInputStream(stream, leaveOpen: true);
            return ModelProto.Parser.ParseFrom(coded);
        }
        catch (OnnxException exception)
        {
            throw new OnnxException($"{name}: {exception.Message}", exception);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OnnxException($"{name}: the file is damaged or no ONNX model: {exception.Message}", exception);
        }
    }
}
