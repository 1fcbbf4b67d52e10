namespace SimpleFlow.Onnx;

/// <summary>A floating-point type of at most eight bits (Micikevicius et al., "FP8 formats for deep learning", 2022, and the OCP
/// microscaling formats), by the table of its values.</summary>
internal sealed class SmallFloat
{
    private readonly double[] _values;
    private readonly double[] _magnitudes;          // of the finite values, ascending; a place's lowest bit is that of its mantissa

    private SmallFloat(int bits, Func<int, double> value)
    {
        _values = [.. Enumerable.Range(0, 1 << bits).Select(value)];
        _magnitudes = [.. _values.Where(one => double.IsFinite(one) && (one > 0 || (one == 0 && !double.IsNegative(one)))).Order()];
    }

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

    /// <summary>The value that a number becomes: the nearest, of two equally near ones the even; for powers of two as the rounding says.
    /// What is too large becomes the largest if it saturates, else infinity, or NaN in a type that has no infinity.</summary>
    public double Rounded(double number, bool saturate, string rounding)
    {
        var hasNan = Array.Exists(_values, double.IsNaN);
        if (double.IsNaN(number)) return hasNan ? double.NaN : 0;
        var isPowers = _magnitudes[0] > 0;
        if (isPowers && number <= 0) return number == 0 ? _magnitudes[0] : double.NaN;
        var (sign, size) = (double.IsNegative(number) ? -1.0 : 1.0, Math.Abs(number));
        var above = Array.BinarySearch(_magnitudes, size);
        if (above >= 0) return sign * size;
        above = ~above;
        if (above == _magnitudes.Length)
        {
            // Up to half a step beyond the largest it is still the nearest.
            var step = _magnitudes[^1] - _magnitudes[^2];
            if (saturate || !hasNan || (double.IsFinite(size) && size <= _magnitudes[^1] + step / 2 && !isPowers))
                return sign * _magnitudes[^1];
            return Array.Exists(_values, double.IsInfinity) ? sign * double.PositiveInfinity : double.NaN;
        }
        if (above == 0) return _magnitudes[0];
        var (low, high) = (_magnitudes[above - 1], _magnitudes[above]);
        if (isPowers && rounding is "up" or "down") return rounding is "up" ? high : low;
        var isLow = size - low < high - size || (size - low == high - size && (above - 1) % 2 == 0);
        var result = sign * (isLow ? low : high);
        return result == 0 && !Array.Exists(_values, one => one == 0 && double.IsNegative(one)) ? 0 : result;
    }

    private static double Value(int bits, int width, int mantissa, int bias)
    {
        var sign = bits >> (width - 1) == 0 ? 1.0 : -1.0;
        var exponent = (bits >> mantissa) & ((1 << (width - 1 - mantissa)) - 1);
        var fraction = (bits & ((1 << mantissa) - 1)) / (double)(1 << mantissa);
        return sign * (exponent == 0 ? fraction * Math.Pow(2, 1 - bias) : (1 + fraction) * Math.Pow(2, exponent - bias));
    }
}
