using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Pooling;

/// <summary>
/// Maximum pooling with 2 × 2 windows side by side, 16 windows at a time: it splits two rows into even and odd columns, a b over c d, and
/// compares whole vectors. An odd last row or column belongs to no window. Without AVX-512 it does fewer at a time, see
/// <see cref="MaxPoolPairs"/>.
/// </summary>
internal static unsafe class MaxPoolHalving
{
    /// <summary>Which path a row of this many windows takes.</summary>
    public static KernelPath PathOf(int across) => Avx512F.IsSupported ? KernelPath.PairsUnderMasks : MaxPoolPairs.Group(across) switch
    {
        8 => KernelPath.EightPairs,
        4 => KernelPath.FourPairs,
        _ => KernelPath.SinglePairs,
    };

    /// <summary>Pools one plane.</summary>
    public static void Forward(PoolingGeometry geometry, float* from, float* to)
    {
        var (width, across) = (geometry.Width, geometry.Across);
        var group = MaxPoolPairs.Group(across);
        for (var i = 0; i < geometry.Down; i++, to += across)
        {
            var upper = from + 2 * (nint)i * width;
            var lower = upper + width;
            var j = 0;
            if (Avx512F.IsSupported)
            {
                // A short row, or the end of a long one, is read and written under a mask.
                for (; j < across; j += 16)
                {
                    var count = Math.Min(16, across - j);
                    var (a, b) = Apart(upper + 2 * j, count);
                    var (c, d) = Apart(lower + 2 * j, count);
                    Store(to + j, Larger(Larger(Larger(a, b), c), d), count);
                }
            }
            else if (group > 0)
            {
                MaxPoolPairs.Forward(upper, lower, to, across, group);
                j = across;
            }
            for (; j < across; j++) to[j] = Larger(Larger(Larger(upper[2 * j], upper[2 * j + 1]), lower[2 * j]), lower[2 * j + 1]);
        }
    }

    /// <summary>Computes one plane of the gradient: each upstream element goes to the first of the largest of its four, the others get
    /// 0.</summary>
    public static void Backward(PoolingGeometry geometry, float* upstream, float* from, float* to)
    {
        var (width, across) = (geometry.Width, geometry.Across);
        var group = MaxPoolPairs.Group(across);
        for (var i = 0; i < geometry.Down; i++, upstream += across)
        {
            var upper = from + 2 * (nint)i * width;
            var lower = upper + width;
            var toUpper = to + 2 * (nint)i * width;
            var toLower = toUpper + width;
            var j = 0;
            if (Avx512F.IsSupported)
            {
                for (; j < across; j += 16)
                {
                    var count = Math.Min(16, across - j);
                    var (a, b) = Apart(upper + 2 * j, count);
                    var (c, d) = Apart(lower + 2 * j, count);
                    var g = Load(upstream + j, count);
                    var winsB = Beats(b, a);
                    var first = Vector512.ConditionalSelect(winsB, b, a);
                    var winsC = Beats(c, first);
                    first = Vector512.ConditionalSelect(winsC, c, first);
                    var winsD = Beats(d, first);
                    var later = winsC | winsD;
                    Together(toUpper + 2 * j, Vector512.AndNot(g, winsB | later), Vector512.AndNot(g & winsB, later), count);
                    Together(toLower + 2 * j, Vector512.AndNot(g & winsC, winsD), g & winsD, count);
                }
            }
            else if (group > 0)
            {
                MaxPoolPairs.Backward(upstream, upper, lower, toUpper, toLower, across, group);
                j = across;
            }
            for (; j < across; j++)
            {
                var (a, b, c, d) = (upper[2 * j], upper[2 * j + 1], lower[2 * j], lower[2 * j + 1]);
                var winner = Beats(b, a) ? 1 : 0;
                if (Beats(c, winner == 1 ? b : a)) winner = 2;
                if (Beats(d, winner == 2 ? c : winner == 1 ? b : a)) winner = 3;
                toUpper[2 * j] = winner == 0 ? upstream[j] : 0;
                toUpper[2 * j + 1] = winner == 1 ? upstream[j] : 0;
                toLower[2 * j] = winner == 2 ? upstream[j] : 0;
                toLower[2 * j + 1] = winner == 3 ? upstream[j] : 0;
            }
            for (var rest = 2 * across; rest < width; rest++) toUpper[rest] = toLower[rest] = 0;
        }
        var done = 2 * geometry.Down;
        new Span<float>(to + (nint)done * width, (geometry.Height - done) * width).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Beats(float later, float sofar) => later > sofar || (float.IsNaN(later) && !float.IsNaN(sofar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Larger(float sofar, float later) => Beats(later, sofar) ? later : sofar;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Beats(Vector512<float> later, Vector512<float> sofar) =>
        Vector512.GreaterThan(later, sofar) | Vector512.AndNot(Vector512.Equals(sofar, sofar), Vector512.Equals(later, later));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Larger(Vector512<float> sofar, Vector512<float> later) =>
        Vector512.ConditionalSelect(Beats(later, sofar), later, sofar);

    /// <summary>The even and the odd elements of 2·count floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Even, Vector512<float> Odd) Apart(float* from, int count)
    {
        var (low, high) = (Load(from, Math.Min(16, 2 * count)), Load(from + 16, 2 * count - 16));
        return (Avx512F.PermuteVar16x32x2(low, Evens, high), Avx512F.PermuteVar16x32x2(low, Odds, high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Together(float* to, Vector512<float> even, Vector512<float> odd, int count)
    {
        Store(to, Avx512F.PermuteVar16x32x2(even, FirstPairs, odd), Math.Min(16, 2 * count));
        Store(to + 16, Avx512F.PermuteVar16x32x2(even, LastPairs, odd), 2 * count - 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* from, int count) =>
        count == 16 ? Vector512.Load(from) : count <= 0 ? default : Avx512F.MaskLoad(from, First(count), default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> value, int count)
    {
        if (count == 16) Vector512.Store(value, to);
        else if (count > 0) Avx512F.MaskStore(to, First(count), value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> First(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    private static Vector512<int> Evens => Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);

    private static Vector512<int> Odds => Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);

    private static Vector512<int> FirstPairs => Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);

    private static Vector512<int> LastPairs => Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
