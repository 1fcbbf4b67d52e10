using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Cli.Benches;

/// <summary>Runs only fused multiply-adds in registers, on every thread: the most that the processor can compute.</summary>
internal sealed class FmaLoop(int threads)
{
    private const int Iterations = 20_000;
    private const int Chains = 12;              // latency 4 times 2 units is 8; 12 leaves room for wider machines and fits 16 registers
    private const int CacheLines = 32;          // floats between what two threads write
    private readonly float[] _sums = new float[threads * CacheLines];

    /// <summary>The widest vectors of this processor.</summary>
    public static string Vectors => Avx512F.IsSupported ? "AVX-512" : Fma.IsSupported ? "AVX2" : "128-bit vectors";

    /// <summary>Additions and multiplications of one run, on all threads together.</summary>
    public double Operations =>
        2.0 * Chains * (Avx512F.IsSupported ? Lanes512.Count : Fma.IsSupported ? Lanes256.Count : Lanes128.Count) * Iterations * threads;

    public void Run(int times)
    {
        // Threads of their own, not of the pool, which might run two parts one after the other.
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(part => new Thread(() => Run(part, times)))];
        foreach (var thread in others) thread.Start();
        Run(0, times);
        foreach (var thread in others) thread.Join();
    }

    private void Run(int part, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _sums[part * CacheLines] += Avx512F.IsSupported ? Loop<Vector512<float>, Lanes512>()
                : Fma.IsSupported ? Loop<Vector256<float>, Lanes256>()
                : Loop<Vector128<float>, Lanes128>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop<TVector, TLanes>()
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        var (x, y) = (TLanes.Create(0.99f), TLanes.Create(0.01f));
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < Iterations; n++)
        {
            a = TLanes.MultiplyAdd(a, x, y);
            b = TLanes.MultiplyAdd(b, x, y);
            c = TLanes.MultiplyAdd(c, x, y);
            d = TLanes.MultiplyAdd(d, x, y);
            e = TLanes.MultiplyAdd(e, x, y);
            f = TLanes.MultiplyAdd(f, x, y);
            g = TLanes.MultiplyAdd(g, x, y);
            h = TLanes.MultiplyAdd(h, x, y);
            i = TLanes.MultiplyAdd(i, x, y);
            j = TLanes.MultiplyAdd(j, x, y);
            k = TLanes.MultiplyAdd(k, x, y);
            l = TLanes.MultiplyAdd(l, x, y);
        }
        return TLanes.Sum(a) + TLanes.Sum(b) + TLanes.Sum(c) + TLanes.Sum(d) + TLanes.Sum(e) + TLanes.Sum(f)
            + TLanes.Sum(g) + TLanes.Sum(h) + TLanes.Sum(i) + TLanes.Sum(j) + TLanes.Sum(k) + TLanes.Sum(l);
    }
}
