using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// Reads numbers of digits, a point and an exponent, <c>-12.5e-3</c>, which is how nearly all are written. Eight digits become a number in
/// three multiplications; the digits without the point, divided by a power of ten, give the nearest double.
/// </summary>
internal static class CsvPlainNumber
{
    private const ulong MostExact = 1UL << 53, Zeros = 0x3030_3030_3030_3030;
    private const int Block = sizeof(ulong), Room = 2 * Block, MostDigits = 19, MostExactPower = 22, MostExponentDigits = 3;

    // The low bits that do not fit into a double.
    private const ulong Beyond = (1 << 11) - 1;

    // Within this part of half a step from the middle between two doubles, rounding errors might decide which is nearer.
    private const double Doubtful = 1.0 / (1L << 40);

    // Not fields: in code that is compiled only once, each use of a field would check whether it is initialised.
    private static ReadOnlySpan<double> Powers =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    // 10⁻ⁿ as the nearest double, and as the double nearest to what is left: 106 bits together.
    private static ReadOnlySpan<double> Tenths =>
    [
        1.0, 0.1, 0.01, 0.001, 0.0001, 1e-05, 1e-06, 1e-07, 1e-08, 1e-09, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18,
        1e-19, 1e-20, 1e-21, 1e-22,
    ];

    private static ReadOnlySpan<double> TenthsLeft =>
    [
        0.0, -5.551115123125783e-18, -2.0816681711721684e-19, -2.0816681711721686e-20, -4.79217360238593e-21, -8.180305391403131e-22,
        4.525188817411374e-23, 4.525188817411374e-24, -2.092256083012847e-25, -6.228159145777985e-26, -3.643219731549774e-27,
        6.050303071806019e-28, 2.0113352370744385e-29, -3.037374556340037e-30, 1.1806906454401013e-32, -7.770539987666108e-32,
        2.0902213275965398e-33, -7.154242405462192e-34, -7.154242405462193e-35, 2.475407316473987e-36, 5.484672854579043e-37,
        9.246254777210363e-38, -4.859677432657087e-39,
    ];

    private static ReadOnlySpan<ulong> WholePowers => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    // From here on, that many more digits might not fit into 64 bits.
    private static ReadOnlySpan<ulong> TooMany =>
    [
        ulong.MaxValue, 1_000_000_000_000_000_000, 100_000_000_000_000_000, 10_000_000_000_000_000, 1_000_000_000_000_000,
        100_000_000_000_000, 10_000_000_000_000, 1_000_000_000_000, 100_000_000_000,
    ];

    /// <summary>The number in a cell. False for anything else, for the last bytes of the text, and for a number that needs more
    /// care.</summary>
    /// <param name="text">The table.</param>
    /// <param name="at">Where the cell begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="point">The sign before the decimals.</param>
    /// <param name="value">The nearest double.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> text, int at, int end, byte point, out double value)
    {
        value = 0;
        if (end > text.Length - Room) return false;
        // Signs come at random: adding 0 or 1 is quicker than guessing wrong half of the time.
        var sign = text[at] == '-' ? 1 : 0;
        at += sign;
        var isRead = end - at <= Block ? TryShort(text, at, end, point, out value) : TryLong(text, at, end, point, out value);
        if (!isRead) isRead = TryAny(text, at, end, point, out value);
        value = BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) | (ulong)sign << 63);
        return isRead;
    }

    // Of at most eight bytes, perhaps with a point among them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryShort(ReadOnlySpan<byte> text, int at, int end, byte point, out double value)
    {
        value = 0;
        if (at == end) return false;
        // The last byte is the highest one, and zeros come before the first.
        var unused = Block - (end - at);
        var digits = (BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) ^ Zeros) << 8 * unused;
        var others = NoDigits(digits);
        var whole = Block - unused;
        if (others != 0)
        {
            var place = BitOperations.TrailingZeroCount(others) / 8;
            if (others != 0x80UL << 8 * place || (byte)(digits >> 8 * place) != (point ^ '0')) return false;
            // The digits before the point move to its place.
            var before = (1UL << 8 * place) - 1;
            digits = digits & ~before << 8 | (digits & before) << 8;
            whole = place - unused;
            value = Value(digits) / Powers[Block - 1 - place];
        }
        else
        {
            value = Value(digits);
        }
        // A leading zero means a code, such as a zip code.
        return whole == 1 || (whole > 1 && text[at] != '0');
    }

    // Of up to 19 digits and a point among the first eight bytes. Of the digits behind those, the last eight and the eight before them are
    // taken whether there are as many or not: guessing how many there are would fail every other time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLong(ReadOnlySpan<byte> text, int at, int end, byte point, out double value)
    {
        value = 0;
        var rest = end - at - (Block + 1);
        if (rest > MostDigits - Block || end < 2 * Block) return false;
        var first = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) ^ Zeros;
        var whole = BitOperations.TrailingZeroCount(NoDigits(first)) / 8;
        if (whole is 0 or Block || text[at + whole] != point || (whole > 1 && text[at] == '0')) return false;
        var before = (1UL << 8 * whole) - 1;
        first = first & before | (BinaryPrimitives.ReadUInt64LittleEndian(text[(at + 1)..]) ^ Zeros) & ~before;
        var count = Math.Min(rest, Block);
        var (last, middle) = (Last(text, end, count), Last(text, end - Block, rest - count));
        if ((NoDigits(first) | NoDigits(middle) | NoDigits(last)) != 0) return false;
        var digits = (Value(first) * WholePowers[rest - count] + Value(middle)) * WholePowers[count] + Value(last);
        return TryScale(digits, end - at - 1 - whole, out value);
    }

    // The last digits before a place, at most eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Last(ReadOnlySpan<byte> text, int end, int count) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(text[(end - Block)..]) ^ Zeros) & ~0UL << 4 * (Block - count) << 4 * (Block - count);

    private static bool TryAny(ReadOnlySpan<byte> text, int at, int end, byte point, out double value)
    {
        value = 0;
        var (first, digits, scale) = (at, 0UL, 0);
        if (!TryDigits(text, ref at, ref digits)) return false;
        var whole = at - first;
        if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
        if (at < end && text[at] == point)
        {
            first = ++at;
            if (!TryDigits(text, ref at, ref digits)) return false;
            scale = at - first;
        }
        if (at < end && ((text[at] | 0x20) != 'e' || !TryExponent(text, ref at, ref scale))) return false;
        if (at != end) return false;
        if (digits > MostExact || Math.Abs(scale) > MostExactPower) return TryScale(digits, scale, out value);
        value = scale >= 0 ? digits / Powers[scale] : digits * Powers[-scale];
        return true;
    }

    // Appends the digits that begin at a place. False if they are too many, or too near the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDigits(ReadOnlySpan<byte> text, ref int at, ref ulong digits)
    {
        while (true)
        {
            if (at > text.Length - Block) return false;
            var block = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) ^ Zeros;
            var count = BitOperations.TrailingZeroCount(NoDigits(block)) / 8;
            if (count == 0) return true;
            if (digits >= TooMany[count]) return false;
            digits = digits * WholePowers[count] + Value(block << 64 - 8 * count);
            at += count;
            if (count < Block) return true;
        }
    }

    // The highest bit of the first byte that is not a digit, and perhaps of bytes behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NoDigits(ulong block) => unchecked(block + 0x7676_7676_7676_7676 | block) & 0x8080_8080_8080_8080;

    // The number of eight digits, the first in the lowest byte: pairs of them, then fours, then all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Value(ulong digits)
    {
        unchecked
        {
            digits = digits * 10 + (digits >> 8);
            var (first, second) = (digits & 0x0000_00FF_0000_00FF, digits >> 16 & 0x0000_00FF_0000_00FF);
            return first * 0x000F_4240_0000_0064 + second * 0x0000_2710_0000_0001 >> 32;
        }
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, ref int at, ref int scale)
    {
        at++;
        var isNegative = text[at] == '-';
        if (isNegative || text[at] == '+') at++;
        var (first, exponent) = (at, 0UL);
        if (!TryDigits(text, ref at, ref exponent) || at == first || at - first > MostExponentDigits) return false;
        scale += isNegative ? (int)exponent : -(int)exponent;
        return true;
    }

    // The double next to digits / 10^scale, of up to 64 bits of digits. Two doubles hold them, and two the power: the product of these is
    // known to twice as many bits as are kept.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryScale(ulong digits, int scale, out double value)
    {
        value = 0;
        if ((uint)scale > MostExactPower) return false;
        var (high, low, tenth) = ((double)(long)(digits >> 11) * (Beyond + 1), (double)(long)(digits & Beyond), Tenths[scale]);
        var product = high * tenth;
        var rest = Math.FusedMultiplyAdd(high, tenth, -product) + (high * TenthsLeft[scale] + low * tenth);
        value = product + rest;
        var next = BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) + 1);
        var (error, half) = (Math.Abs(rest - (value - product)), (next - value) / 2);
        // Below a power of two, doubles lie twice as close.
        return (Math.Abs(error - half) > half * Doubtful && Math.Abs(error - half / 2) > half * Doubtful) || digits == 0;
    }
}
