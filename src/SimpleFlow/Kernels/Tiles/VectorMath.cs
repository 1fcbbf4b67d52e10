using System.Numerics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Kernels.Tiles;

/// <summary>
/// The exponential and functions made from it, for vectors of any width. The platform has them too, but its e⁰ is 1.0000001, its tanh 0 is
/// −6 · 10⁻⁸, and near 0 its tanh, ln(1 + x) and eˣ − 1 have no correct digits. Here every result is accurate to two or three units in the
/// last place, however small it is, and exact at 0. NaN stays NaN.
/// </summary>
internal static class VectorMath
{
    private const float Largest = 88.72283f;          // the exponential of more overflows
    // the exponential of less is below 2⁻¹²⁶, the smallest normal number: processors compute with those a hundred times more slowly
    private const float Smallest = -87.33654f;

    // Adding 1.5 · 2²³ rounds to a whole number, which then is in the lowest bits.
    private const float Rounding = 12582912f;

    /// <summary>eˣ; 0 if the result is below 2⁻¹²⁶, ∞ if it is above 3.4 · 10³⁸.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        var (less, power) = Reduced(x);
        // 2ⁿ goes into the exponent's bits.
        var y = Vector.AsVectorSingle(Vector.AsVectorInt32(less + Vector<float>.One) + Vector.ShiftLeft(power, 23));
        y = Vector.ConditionalSelect(Vector.LessThan(x, All(Smallest)), Vector<float>.Zero, y);
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(x, All(Largest)), y, x + All(float.PositiveInfinity));
    }

    /// <summary>eˣ − 1, without the digits that the subtraction would lose near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> ExpMinusOne(Vector<float> x)
    {
        // Below −20 it is −1, and 2ⁿ stays within range.
        var (less, power) = Reduced(Vector.ConditionalSelect(Vector.LessThan(x, All(-20f)), All(-20f), x));
        // (e^r − 1) · 2ⁿ + (2ⁿ − 1), computed in halves, because 2¹²⁸ is not a float.
        var half = Vector.AsVectorSingle(Vector.ShiftLeft(power + new Vector<int>(126), 23));
        var y = Vector.MultiplyAddEstimate(less, half, half - All(0.5f));
        // The sum turns −0 into 0.
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(x, All(Largest)), Vector.CopySign(y + y, x),
            x + All(float.PositiveInfinity));
    }

    /// <summary>ln(1 + u) for u from 0 to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> LogOnePlus(Vector<float> u)
    {
        // 2·artanh s with s = u/(2 + u) is 2·(s + s³/3 + s⁵/5 + …), and s is at most 1/3.
        var s = u / (u + All(2f));
        var square = s * s;
        var sum = All(1f / 13);
        sum = Vector.MultiplyAddEstimate(sum, square, All(1f / 11));
        sum = Vector.MultiplyAddEstimate(sum, square, All(1f / 9));
        sum = Vector.MultiplyAddEstimate(sum, square, All(1f / 7));
        sum = Vector.MultiplyAddEstimate(sum, square, All(1f / 5));
        sum = Vector.MultiplyAddEstimate(sum, square, All(1f / 3));
        var twice = s + s;
        return Vector.MultiplyAddEstimate(sum * square, twice, twice);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    /// <summary>tanh x = (1 − e^−2|x|) / (1 + e^−2|x|), with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var less = ExpMinusOne(Vector.Abs(x) * All(-2f));
        return Vector.CopySign(less / (less + All(2f)), x);
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), which never overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Softplus(Vector<float> x) => Vector.Max(x, Vector<float>.Zero) + LogOnePlus(Exp(-Vector.Abs(x)));

    /// <summary>e^r − 1 and n, where x = n · ln 2 + r and |r| is at most half of ln 2.
    /// The polynomial is that of Moshier's Cephes library.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<float> Less, Vector<int> Power) Reduced(Vector<float> x)
    {
        var shifted = Vector.MultiplyAddEstimate(x, All(1.44269504f), All(Rounding));
        var n = shifted - All(Rounding);
        // ln 2 in two parts, the first so short that its product with n is exact.
        var r = Vector.MultiplyAddEstimate(n, All(-0.693359375f), x);
        r = Vector.MultiplyAddEstimate(n, All(2.12194440e-4f), r);
        var sum = All(1.9875691500e-4f);
        sum = Vector.MultiplyAddEstimate(sum, r, All(1.3981999507e-3f));
        sum = Vector.MultiplyAddEstimate(sum, r, All(8.3334519073e-3f));
        sum = Vector.MultiplyAddEstimate(sum, r, All(4.1665795894e-2f));
        sum = Vector.MultiplyAddEstimate(sum, r, All(1.6666665459e-1f));
        sum = Vector.MultiplyAddEstimate(sum, r, All(5.0000001201e-1f));
        return (Vector.MultiplyAddEstimate(sum, r * r, r), Vector.AsVectorInt32(shifted) - Vector.AsVectorInt32(All(Rounding)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> All(float value) => new(value);

    /// <summary>The functions as formulas for <see cref="VectorMap"/>.</summary>
    public readonly struct ExpFormula : IVectorFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> x) => Exp(x);
    }

    /// <inheritdoc cref="ExpFormula"/>
    public readonly struct ExpMinusOneFormula : IVectorFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> x) => ExpMinusOne(x);
    }

    /// <inheritdoc cref="ExpFormula"/>
    public readonly struct SigmoidFormula : IVectorFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> x) => Sigmoid(x);
    }

    /// <inheritdoc cref="ExpFormula"/>
    public readonly struct TanhFormula : IVectorFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> x) => Tanh(x);
    }

    /// <inheritdoc cref="ExpFormula"/>
    public readonly struct SoftplusFormula : IVectorFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> x) => Softplus(x);
    }
}
