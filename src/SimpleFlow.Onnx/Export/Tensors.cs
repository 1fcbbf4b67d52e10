using System.Buffers.Binary;
using Google.Protobuf;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Export;

/// <summary>Tensors of the file: raw bytes, little endian.</summary>
internal static class Tensors
{
    public static TensorProto Of(string name, ReadOnlySpan<float> elements, IEnumerable<long> sizes)
    {
        var bytes = new byte[(long)elements.Length * sizeof(float)];
        for (var i = 0; i < elements.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), elements[i]);
        return Of(name, DataType.Float, bytes, sizes);
    }

    public static TensorProto Of(string name, ReadOnlySpan<int> elements, IEnumerable<long> sizes)
    {
        var bytes = new byte[elements.Length * sizeof(int)];
        for (var i = 0; i < elements.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), elements[i]);
        return Of(name, DataType.Int32, bytes, sizes);
    }

    public static TensorProto Of(string name, ReadOnlySpan<long> elements, IEnumerable<long> sizes)
    {
        var bytes = new byte[elements.Length * sizeof(long)];
        for (var i = 0; i < elements.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), elements[i]);
        return Of(name, DataType.Int64, bytes, sizes);
    }

    public static TensorProto Of(string name, ReadOnlySpan<bool> elements, IEnumerable<long> sizes)
    {
        var bytes = new byte[elements.Length];
        for (var i = 0; i < elements.Length; i++) bytes[i] = elements[i] ? (byte)1 : (byte)0;
        return Of(name, DataType.Bool, bytes, sizes);
    }

    private static TensorProto Of(string name, DataType type, byte[] bytes, IEnumerable<long> sizes)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange(sizes);
        return tensor;
    }

    /// <summary>The type of a node's elements in the file.</summary>
    public static DataType TypeOf(ElementType type) => type switch
    {
        ElementType.Int32 => DataType.Int32,
        ElementType.Bool => DataType.Bool,
        _ => DataType.Float,
    };
}
