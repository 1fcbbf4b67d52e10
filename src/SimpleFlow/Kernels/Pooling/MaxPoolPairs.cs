using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Pooling;

/// <summary>
/// The windows of <see cref="MaxPoolHalving"/> without masks, 8 or 4 at a time. The last group of a row overlaps the one before it and
/// recomputes some results. With 8 windows, even and odd columns are split within the halves of the vectors, which leaves the windows in
/// the order 0 1 4 5 2 3 6 7 (<see cref="Reorder"/>); joined again they are in order.
/// </summary>
internal static unsafe class MaxPoolPairs
{
    /// <summary>How many windows of a row of this many are computed at a time; 0 if the row is too short, or the processor has no
    /// vectors.</summary>
    public static int Group(int across) => across >= 8 && Avx2.IsSupported ? 8 : across >= 4 && Vector128.IsHardwareAccelerated ? 4 : 0;

    /// <summary>Pools a row of windows.</summary>
    public static void Forward(float* upper, float* lower, float* to, int across, int group)
    {
        for (var next = 0; next < across; next += group)
        {
            var j = Math.Min(next, across - group);
            if (group == 8)
            {
                var (a, b) = Apart8(upper + 2 * j);
                var (c, d) = Apart8(lower + 2 * j);
                Vector256.Store(Reorder(Larger(Larger(Larger(a, b), c), d)), to + j);
            }
            else
            {
                var (a, b) = Apart4(upper + 2 * j);
                var (c, d) = Apart4(lower + 2 * j);
                Vector128.Store(Larger(Larger(Larger(a, b), c), d), to + j);
            }
        }
    }

    /// <summary>Computes a row of windows of the gradient.</summary>
    public static void Backward(float* upstream, float* upper, float* lower, float* toUpper, float* toLower, int across, int group)
    {
        for (var next = 0; next < across; next += group)
        {
            var j = Math.Min(next, across - group);
            if (group == 8)
            {
                var (a, b) = Apart8(upper + 2 * j);
                var (c, d) = Apart8(lower + 2 * j);
                var g = Reorder(Vector256.Load(upstream + j));
                var winsB = Beats(b, a);
                var first = Vector256.ConditionalSelect(winsB, b, a);
                var winsC = Beats(c, first);
                var winsD = Beats(d, Vector256.ConditionalSelect(winsC, c, first));
                var above = Vector256.AndNot(g, winsC | winsD);                       // what is left for the upper row
                Together8(toUpper + 2 * j, Vector256.AndNot(above, winsB), above & winsB);
                Together8(toLower + 2 * j, Vector256.AndNot(g & winsC, winsD), g & winsD);
            }
            else
            {
                var (a, b) = Apart4(upper + 2 * j);
                var (c, d) = Apart4(lower + 2 * j);
                var g = Vector128.Load(upstream + j);
                var winsB = Beats(b, a);
                var first = Vector128.ConditionalSelect(winsB, b, a);
                var winsC = Beats(c, first);
                var winsD = Beats(d, Vector128.ConditionalSelect(winsC, c, first));
                var above = Vector128.AndNot(g, winsC | winsD);
                Together4(toUpper + 2 * j, Vector128.AndNot(above, winsB), above & winsB);
                Together4(toLower + 2 * j, Vector128.AndNot(g & winsC, winsD), g & winsD);
            }
        }
    }

    // "Not less than or equal" is true for larger and for NaN; a NaN that came before still wins.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Beats(Vector256<float> later, Vector256<float> sofar) =>
        Vector256.AndNot(Vector256.Equals(sofar, sofar), Vector256.LessThanOrEqual(later, sofar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Beats(Vector128<float> later, Vector128<float> sofar) =>
        Vector128.AndNot(Vector128.Equals(sofar, sofar), Vector128.LessThanOrEqual(later, sofar));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Larger(Vector256<float> sofar, Vector256<float> later) =>
        Vector256.ConditionalSelect(Beats(later, sofar), later, sofar);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Larger(Vector128<float> sofar, Vector128<float> later) =>
        Vector128.ConditionalSelect(Beats(later, sofar), later, sofar);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Even, Vector256<float> Odd) Apart8(float* from)
    {
        var (low, high) = (Avx.LoadVector256(from), Avx.LoadVector256(from + 8));
        return (Avx.Shuffle(low, high, 0b10_00_10_00), Avx.Shuffle(low, high, 0b11_01_11_01));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Together8(float* to, Vector256<float> even, Vector256<float> odd)
    {
        Avx.Store(to, Avx.UnpackLow(even, odd));
        Avx.Store(to + 8, Avx.UnpackHigh(even, odd));
    }

    /// <summary>From 0 1 2 3 4 5 6 7 to 0 1 4 5 2 3 6 7 and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Reorder(Vector256<float> windows) => Avx2.Permute4x64(windows.AsDouble(), 0b11_01_10_00).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Even, Vector128<float> Odd) Apart4(float* from)
    {
        var (low, high) = (Vector128.Load(from), Vector128.Load(from + 4));
        return Sse.IsSupported ? (Sse.Shuffle(low, high, 0b10_00_10_00), Sse.Shuffle(low, high, 0b11_01_11_01))
            : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.UnzipEven(low, high), AdvSimd.Arm64.UnzipOdd(low, high))
            : (Vector128.Create(from[0], from[2], from[4], from[6]), Vector128.Create(from[1], from[3], from[5], from[7]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Together4(float* to, Vector128<float> even, Vector128<float> odd)
    {
        Vector128.Store(Packing.ZipLow(even, odd), to);
        Vector128.Store(Packing.ZipHigh(even, odd), to + 4);
    }
}
