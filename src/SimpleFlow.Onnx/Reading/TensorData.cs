using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>The elements of a tensor of the file, in their own type until they are asked for.</summary>
internal sealed class TensorData
{
    private readonly TensorProto _proto;
    private readonly ReadOnlyMemory<byte> _bytes;

    private TensorData(TensorProto proto, DataType type, int[] sizes, int count, ReadOnlyMemory<byte> bytes) =>
        (_proto, Type, Sizes, Count, _bytes) = (proto, type, sizes, count, bytes);

    /// <summary>The type that the file declares.</summary>
    public DataType Type { get; }

    public int[] Sizes { get; }

    public int Count { get; }

    /// <summary>Checks a tensor against the bytes that are there.</summary>
    /// <exception cref="OnnxException">Its type is not supported, or it has more or fewer elements than its sizes say.</exception>
    public static TensorData Of(TensorProto proto, ExternalFolder? folder)
    {
        var type = (DataType)proto.DataType;
        var count = SizesOf(proto).ElementCount;
        if (!DataTypes.IsNumeric(type))
            throw new OnnxException($"the tensor '{proto.Name}' has elements of {DataTypes.Name(type)}, which is not supported.");
        var bytes = proto.DataLocation == TensorProto.Types.DataLocation.External
            ? (folder ?? throw new OnnxException($"the tensor '{proto.Name}' is in another file, but the model was read from a stream: "
                + "load it by its path.")).Read(proto, DataTypes.Bytes(type, count))
            : proto.RawData.Memory;
        var data = new TensorData(proto, type, [.. proto.Dims.Select(size => (int)size)], (int)count, bytes);
        data.RequireElements();
        return data;
    }

    /// <summary>The sizes that a tensor declares.</summary>
    /// <exception cref="OnnxException">One is negative, or there are too many elements.</exception>
    public static Shape SizesOf(TensorProto proto)
    {
        var count = 1L;
        foreach (var size in proto.Dims)
        {
            if (size < 0 || size > Shape.MaximumCount || (count = count * Math.Max(size, 1)) > Shape.MaximumCount)
                throw new OnnxException($"the tensor '{proto.Name}' declares the sizes [{string.Join(", ", proto.Dims)}]: a tensor has at "
                    + $"most {Shape.MaximumCount:N0} elements, and no size is negative.");
        }
        return Shape.Create([.. proto.Dims.Select(size => (long?)size)]);
    }

    private bool IsRaw => _proto.HasRawData || _proto.DataLocation == TensorProto.Types.DataLocation.External;

    private void RequireElements()
    {
        var expected = IsRaw ? DataTypes.Bytes(Type, Count) : DataTypes.IsPacked(Type) ? DataTypes.Bytes(Type, Count) : Count;
        var actual = IsRaw ? _bytes.Length : Listed;
        if (actual != expected)
            throw new OnnxException($"the tensor '{_proto.Name}' [{string.Join(", ", Sizes)}] of {DataTypes.Name(Type)} needs "
                + $"{expected:N0} {(IsRaw ? "bytes" : "elements")}, and {actual:N0} are there.");
    }

    private int Listed => Type switch
    {
        DataType.Float => _proto.FloatData.Count,
        DataType.Double => _proto.DoubleData.Count,
        DataType.Int64 => _proto.Int64Data.Count,
        DataType.Uint32 or DataType.Uint64 => _proto.Uint64Data.Count,
        _ => _proto.Int32Data.Count,
    };

    /// <summary>All elements as float64, in row-major order. A uint64 or int64 beyond ±2⁵³ is rounded.</summary>
    public double[] Numbers()
    {
        var numbers = new double[Count];
        if (!IsRaw)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = Type switch
                {
                    DataType.Float => _proto.FloatData[i],
                    DataType.Double => _proto.DoubleData[i],
                    DataType.Int64 => _proto.Int64Data[i],
                    DataType.Uint32 or DataType.Uint64 => _proto.Uint64Data[i],
                    _ when DataTypes.IsPacked(Type) => DataTypes.Unpacked(Type, i, at => (byte)_proto.Int32Data[at]),
                    _ => DataTypes.FromBits(Type, (uint)_proto.Int32Data[i]),
                };
            }
            return numbers;
        }
        var raw = _bytes.Span;
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Type switch
            {
                DataType.Float => BinaryPrimitives.ReadSingleLittleEndian(raw[(i * 4)..]),
                DataType.Double => BinaryPrimitives.ReadDoubleLittleEndian(raw[(i * 8)..]),
                DataType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(raw[(i * 8)..]),
                DataType.Uint64 => BinaryPrimitives.ReadUInt64LittleEndian(raw[(i * 8)..]),
                DataType.Int32 or DataType.Uint32 => DataTypes.FromBits(Type, BinaryPrimitives.ReadUInt32LittleEndian(raw[(i * 4)..])),
                DataType.Int16 or DataType.Uint16 or DataType.Float16 or DataType.Bfloat16 =>
                    DataTypes.FromBits(Type, BinaryPrimitives.ReadUInt16LittleEndian(raw[(i * 2)..])),
                _ when DataTypes.IsPacked(Type) => DataTypes.Unpacked(Type, i, raw[i / DataTypes.PerByte(Type)]),
                _ => DataTypes.FromBits(Type, raw[i]),
            };
        }
        return numbers;
    }

    /// <summary>Copies all elements as float32.</summary>
    public void CopyTo(Span<float> destination)
    {
        if (Type == DataType.Float && IsRaw && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(_bytes.Span).CopyTo(destination);
            return;
        }
        var numbers = Numbers();
        for (var i = 0; i < destination.Length; i++) destination[i] = (float)numbers[i];
    }
}
