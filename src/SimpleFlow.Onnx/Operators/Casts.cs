namespace SimpleFlow.Onnx.Operators;

/// <summary>Changes of the element type. Every floating-point type is computed with as float32, so a cast among them changes nothing but
/// the rounding to the narrower type.</summary>
internal static class Casts
{
    public static IEnumerable<Operator> All =>
        [
        new("Cast", node => [Cast(node, Target(node))])
        {
            Formula = node => Number(node.Type(0), Target(node), node.Flag("saturate", true), node.Text("round_mode", "up")),
            OutputType = (node, _) => Target(node),
        },
        new("CastLike", node => [Cast(node, node.Type(1))]) { OutputType = (node, _) => node.Type(1) },
        ];

    private static DataType Target(OnnxNode node) => (DataType)node.Int("to", 0);

    private static OnnxValue Cast(OnnxNode node, DataType to)
    {
        if (!DataTypes.IsNumeric(to)) throw node.Fault($"a cast to {DataTypes.Name(to)} is not supported.");
        if (node.Type(0) == to) return node.Input(0);
        return OnnxValue.Of(to == DataType.Bool ? node.Float(0).NotEqual(0f)
            : To(node.Float(0), node.Type(0), to, node.Flag("saturate", true), node.Text("round_mode", "up")), to);
    }

    /// <summary>The numbers that another type has for these.</summary>
    public static Node To(Node x, DataType from, DataType to, bool saturate, string rounding = "up")
    {
        if (IsExact(from, to)) return x;
        var number = Number(from, to, saturate, rounding);
        return Flow.AddFlow(x, new Pointwise($"To{to}", v => number([v]), DataTypes.IsFloat(to) ? (z, _) => 1f + 0f * z : null));
    }

    /// <summary>Whether every number of a type is one of the other, as far as a float holds it.</summary>
    private static bool IsExact(DataType from, DataType to) => from == DataType.Bool || to is DataType.Float or DataType.Double
        || (DataTypes.IsInteger(from) && DataTypes.IsInteger(to) && DataTypes.Bits(to) >= DataTypes.Bits(from)
            && (DataTypes.IsSigned(to) || !DataTypes.IsSigned(from)));

    private static Func<double[], double> Number(DataType from, DataType to, bool saturate, string rounding) => to switch
    {
        DataType.Bool => n => n[0] != 0 ? 1 : 0,
        DataType.Float16 => n => (double)(Half)n[0],
        DataType.Bfloat16 => n => Bfloat16(n[0]),
        _ when DataTypes.IsFloat8(to) || to == DataType.Float4E2M1 => n => SmallFloat.Of(to).Rounded(n[0], saturate, rounding),
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
