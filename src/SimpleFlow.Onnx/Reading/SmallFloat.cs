namespace SimpleFlow.Onnx;

/// <summary>A floating-point type of at most eight bits (Micikevicius et al., "FP8 formats for deep learning", 2022, and the OCP
/// microscaling formats), by the table of its values.</summary>
internal sealed class SmallFloat
{
    private readonly double[] _values;

    private SmallFloat(int bits, Func<int, double> value) => _values = [.. Enumerable.Range(0, 1 << bits).Select(value)];

    public static SmallFloat Of(DataType type) => Table[type];

    private static readonly Dictionary<DataType, SmallFloat> Table = new()
    {
        [DataType.Float8E4M3Fn] = new(8, bits => (bits & 0x7F) == 0x7F ? double.NaN : Value(bits, 8, mantissa: 3, bias: 7)),
        [DataType.Float8E4M3Fnuz] = new(8, bits => bits == 0x80 ? double.NaN : Value(bits, 8, mantissa: 3, bias: 8)),
        [DataType.Float8E5M2] = new(8, bits => (bits & 0x7F) > 0x7C ? double.NaN
            : (bits & 0x7F) == 0x7C ? bits > 0x7F ? double.NegativeInfinity : double.PositiveInfinity
            : Value(bits, 8, mantissa: 2, bias: 15)),
        [DataType.Float8E5M2Fnuz] = new(8, bits => bits == 0x80 ? double.NaN : Value(bits, 8, mantissa: 2, bias: 16)),
        [DataType.Float8E8M0] = new(8, bits => bits == 0xFF ? double.NaN : Math.Pow(2, bits - 127)),
        [DataType.Float4E2M1] = new(4, bits => Value(bits, 4, mantissa: 1, bias: 1)),
    };

    public double FromBits(int bits) => _values[bits & (_values.Length - 1)];

    private static double Value(int bits, int width, int mantissa, int bias)
    {
        var sign = bits >> (width - 1) == 0 ? 1.0 : -1.0;
        var exponent = (bits >> mantissa) & ((1 << (width - 1 - mantissa)) - 1);
        var fraction = (bits & ((1 << mantissa) - 1)) / (double)(1 << mantissa);
        return sign * (exponent == 0 ? fraction * Math.Pow(2, 1 - bias) : (1 + fraction) * Math.Pow(2, exponent - bias));
    }
}
