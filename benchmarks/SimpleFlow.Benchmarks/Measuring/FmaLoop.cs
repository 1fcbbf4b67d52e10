using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Benchmarks;

/// <summary>Fused multiply-adds in registers and nothing else: the most that the processor can compute. One run is a fixed number of them on every thread.</summary>
internal sealed class FmaLoop(int threads) : IContestant
{
    private const int Iterations = 20_000;
    private const int Chains = 12;              // latency 4 times 2 units is 8; 12 leaves room for wider machines and fits 16 registers
    private readonly Loop _loop = new();

    /// <summary>The floating-point operations of one run, on all threads together.</summary>
    public double Operations => 2.0 * Chains * Width * Iterations * threads;

    public static string Name => Width switch { 16 => "AVX-512", 8 => "AVX2", _ => "128-bit" };

    private static int Width => Avx512F.IsSupported ? 16 : Fma.IsSupported ? 8 : 4;

    public float Loss => float.NaN;

    public void Reset() { }

    public void Run(int times)
    {
        _loop.Times = times;
        if (threads == 1) _loop.Run(0, 1);
        else Workers.Run(_loop, threads);
    }

    public void Dispose() { }

    /// <summary>Billions of operations per second: the best of some blocks.</summary>
    public static double GigaflopsNow(int threads)
    {
        using var loop = new FmaLoop(threads);
        return loop.Operations / 1e9 / new Sample(new Stopwatches(10, 0.02).InTurns(loop)[0]).Smallest;
    }

    private sealed class Loop : Kernel
    {
        private readonly float[] _sinks = new float[256 * 32];

        public int Times { get; set; }

        public override void Run(int part, int parts)
        {
            for (var i = 0; i < Times; i++)
                _sinks[part * 32] += Avx512F.IsSupported ? Bits512() : Fma.IsSupported ? Bits256() : Bits128();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Bits512()
    {
        var (x, y) = (Vector512.Create(0.99f), Vector512.Create(0.01f));
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < Iterations; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Bits256()
    {
        var (x, y) = (Vector256.Create(0.99f), Vector256.Create(0.01f));
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < Iterations; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Bits128()
    {
        var (x, y) = (Vector128.Create(0.99f), Vector128.Create(0.01f));
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < Iterations; n++)
        {
            a = Vector128.FusedMultiplyAdd(a, x, y);
            b = Vector128.FusedMultiplyAdd(b, x, y);
            c = Vector128.FusedMultiplyAdd(c, x, y);
            d = Vector128.FusedMultiplyAdd(d, x, y);
            e = Vector128.FusedMultiplyAdd(e, x, y);
            f = Vector128.FusedMultiplyAdd(f, x, y);
            g = Vector128.FusedMultiplyAdd(g, x, y);
            h = Vector128.FusedMultiplyAdd(h, x, y);
            i = Vector128.FusedMultiplyAdd(i, x, y);
            j = Vector128.FusedMultiplyAdd(j, x, y);
            k = Vector128.FusedMultiplyAdd(k, x, y);
            l = Vector128.FusedMultiplyAdd(l, x, y);
        }
        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
