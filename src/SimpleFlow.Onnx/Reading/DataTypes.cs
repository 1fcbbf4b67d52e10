namespace SimpleFlow.Onnx;

/// <summary>The element types of ONNX: their names, how they are stored, and what they become.</summary>
internal static class DataTypes
{
    /// <summary>As ONNX writes it: <c>float16</c>.</summary>
    public static string Name(DataType type) => type switch
    {
        DataType.Float => "float",
        DataType.Undefined => "no type",
        _ => Enum.IsDefined(type) ? type.ToString().ToLowerInvariant() : $"type {(int)type}",
    };

    public static bool IsFloat(DataType type) => type is DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16
        || IsFloat8(type) || type == DataType.Float4E2M1;

    public static bool IsFloat8(DataType type) => type is DataType.Float8E4M3Fn or DataType.Float8E4M3Fnuz or DataType.Float8E5M2
        or DataType.Float8E5M2Fnuz or DataType.Float8E8M0;

    public static bool IsInteger(DataType type) => IsNumeric(type) && !IsFloat(type) && type != DataType.Bool;

    public static bool IsSigned(DataType type) =>
        type is DataType.Int8 or DataType.Int16 or DataType.Int32 or DataType.Int64 or DataType.Int4 or DataType.Int2;

    public static bool IsNumeric(DataType type) => Enum.IsDefined(type)
        && type is not (DataType.Undefined or DataType.String or DataType.Complex64 or DataType.Complex128);

    /// <summary>What it becomes in a graph: every floating-point type float32, every integer int32.</summary>
    public static ElementType Element(DataType type) =>
        IsFloat(type) ? ElementType.Float32 : type == DataType.Bool ? ElementType.Bool : ElementType.Int32;

    /// <summary>The number of bits of an element.</summary>
    public static int Bits(DataType type) => type switch
    {
        DataType.Double or DataType.Int64 or DataType.Uint64 => 64,
        DataType.Float or DataType.Int32 or DataType.Uint32 => 32,
        DataType.Float16 or DataType.Bfloat16 or DataType.Int16 or DataType.Uint16 => 16,
        DataType.Int4 or DataType.Uint4 or DataType.Float4E2M1 => 4,
        DataType.Int2 or DataType.Uint2 => 2,
        _ => 8,
    };

    /// <summary>Whether several elements share a byte, the first in its low bits.</summary>
    public static bool IsPacked(DataType type) => Bits(type) < 8;

    public static int PerByte(DataType type) => 8 / Bits(type);

    public static long Bytes(DataType type, long count) => (count * Bits(type) + 7) / 8;

    public static double Unpacked(DataType type, int index, Func<int, byte> byteAt) =>
        Unpacked(type, index, byteAt(index / PerByte(type)));

    public static double Unpacked(DataType type, int index, byte packed) =>
        FromBits(type, (uint)(packed >> (index % PerByte(type) * Bits(type))) & ((1u << Bits(type)) - 1));

    /// <summary>The number that the low bits stand for, of a type of at most 32 bits.</summary>
    public static double FromBits(DataType type, uint bits) => type switch
    {
        DataType.Float => BitConverter.UInt32BitsToSingle(bits),
        DataType.Int32 => (int)bits,
        DataType.Int16 => (short)bits,
        DataType.Int8 => (sbyte)bits,
        DataType.Uint16 => (ushort)bits,
        DataType.Uint8 => (byte)bits,
        DataType.Bool => bits == 0 ? 0 : 1,
        DataType.Float16 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        DataType.Bfloat16 => BitConverter.UInt32BitsToSingle(bits << 16),
        DataType.Int4 => (int)(bits << 28) >> 28,
        DataType.Int2 => (int)(bits << 30) >> 30,
        DataType.Float8E4M3Fn or DataType.Float8E4M3Fnuz or DataType.Float8E5M2 or DataType.Float8E5M2Fnuz or DataType.Float8E8M0
            or DataType.Float4E2M1 => SmallFloat.Of(type).FromBits((int)bits & 0xFF),
        _ => bits,
    };

    /// <summary>The least and the greatest number of an integer type.</summary>
    public static (double Least, double Greatest) Range(DataType type)
    {
        var bits = Bits(type);
        return IsSigned(type) ? (-Math.Pow(2, bits - 1), Math.Pow(2, bits - 1) - 1) : (0, Math.Pow(2, bits) - 1);
    }
}
