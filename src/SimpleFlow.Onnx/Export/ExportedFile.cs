using Google.Protobuf;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Export;

/// <summary>Writes a model's bytes, if they fit a file.</summary>
internal static class ExportedFile
{
    // Protobuf messages end at 2 GB; what is not weights takes far less than the rest.
    private const int MostWeightBytes = int.MaxValue - (1 << 24);

    public static void Write(ModelProto model, string path)
    {
        Require(model);
        WholeFile.Write(path, file => model.WriteTo(file));
    }

    public static void Write(ModelProto model, Stream stream)
    {
        Require(model);
        model.WriteTo(stream);
    }

    private static void Require(ModelProto model)
    {
        var bytes = model.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length);
        if (bytes > MostWeightBytes)
            throw new OnnxException($"The weights take {bytes:N0} bytes, and an ONNX file can hold 2 GB: files with their weights in other "
                + "files are not written. Make the largest layers smaller.");
    }
}
