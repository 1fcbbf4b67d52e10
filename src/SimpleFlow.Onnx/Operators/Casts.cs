namespace SimpleFlow.Onnx.Operators;

/// <summary>Changes of the element type. Every floating-point type is computed with as float32, so a cast among them changes nothing but
/// the rounding to the narrower type.</summary>
internal static class Casts
{
    public static IEnumerable<Operator> All =>
        [
        new("Cast", node => [Cast(node, To(node))])
        {
            Formula = node => Number(node.Type(0), To(node)),
            OutputType = (node, _) => To(node),
        },
        new("CastLike", node => [Cast(node, node.Type(1))]) { OutputType = (node, _) => node.Type(1) },
        ];

    private static DataType To(OnnxNode node) => (DataType)node.Int("to", 0);

    private static OnnxValue Cast(OnnxNode node, DataType to)
    {
        var from = node.Type(0);
        if (!DataTypes.IsNumeric(to)) throw node.Error($"a cast to {DataTypes.Name(to)} is not supported.");
        if (from == to) return node.Input(0);
        if (to == DataType.Bool) return OnnxValue.Of(node.Float(0).NotEqual(0f), to);
        var x = node.Float(0);
        return OnnxValue.Of(Number(from, to) is { } number && !IsExact(from, to)
            ? Flow.AddFlow(x, new Pointwise($"To{to}", v => number([v]), DataTypes.IsFloat(to) ? (z, _) => 1f + 0f * z : null)) : x, to);
    }

    /// <summary>Whether every number of a type is one of the other, as far as a float holds it.</summary>
    private static bool IsExact(DataType from, DataType to) => from == DataType.Bool || to is DataType.Float or DataType.Double
        || (DataTypes.IsInteger(from) && DataTypes.IsInteger(to) && DataTypes.Bits(to) >= DataTypes.Bits(from)
            && (DataTypes.IsSigned(to) || !DataTypes.IsSigned(from)));

    /// <summary>What a number becomes.</summary>
    private static Func<double[], double> Number(DataType from, DataType to) => to switch
    {
        DataType.Bool => n => n[0] != 0 ? 1 : 0,
        DataType.Float16 => n => (double)(Half)n[0],
        DataType.Bfloat16 => n => Bfloat16(n[0]),
        _ when DataTypes.IsInteger(to) => n => Wrapped(Math.Truncate(n[0]), to),
        _ => n => n[0],
    };

    // The upper half of the bits of a float, rounded to even.
    private static double Bfloat16(double number)
    {
        if (double.IsNaN(number)) return number;
        var bits = BitConverter.SingleToUInt32Bits((float)number);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000);
    }

    // As everywhere, the low bits of a number that is too large.
    private static double Wrapped(double number, DataType to)
    {
        var bits = DataTypes.Bits(to);
        if (bits >= 32 || double.IsNaN(number) || double.IsInfinity(number)) return number;
        var low = (long)number & ((1L << bits) - 1);
        return DataTypes.IsSigned(to) && low >> (bits - 1) != 0 ? low - (1L << bits) : low;
    }
}
