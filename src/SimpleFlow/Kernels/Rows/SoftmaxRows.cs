using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Kernels.Rows;

/// <summary>
/// Computes a softmax over rows of [rows, width], a tile of whole rows at a time: with ten classes, calling a function per row costs more
/// than the computation, so the exponentials of all rows of a tile are one call. Parts begin where tiles do, so the bits do not depend on
/// the number of parts.
/// </summary>
internal static unsafe class SoftmaxRows
{
    private const int TileFloats = 1024;
    private const int Wide = 128;          // from this width on a row is worth a call of its own

    /// <summary>Which path rows of this width take.</summary>
    public static IEnumerable<KernelPath> PathsOf(int width) =>
    [
        width >= Wide ? KernelPath.WideRows : width >= Vector<float>.Count ? KernelPath.MiddlingRows : KernelPath.NarrowRows,
        .. width > LongSums.Chain ? (KernelPath[])[KernelPath.Chains] : [],
    ];

    /// <summary>How many rows of <paramref name="width"/> make a tile.</summary>
    public static int PerTile(int width) => Math.Clamp(TileFloats / Math.Max(width, 1), 1, 256);

    /// <summary>Floats of scratch memory of one part: a tile, and two numbers for each of its rows.</summary>
    public static long ScratchPerPart(int width) => Aligned((long)PerTile(width) * width) + 2 * Aligned(PerTile(width));

    /// <summary>
    /// e^(x − max x) of every row, with each row's maximum and sum. Every row is first shifted by its maximum, so that the largest
    /// exponential is e⁰ = 1 and nothing overflows (<see cref="TensorPrimitives.SoftMax(ReadOnlySpan{float}, Span{float})"/> does not
    /// shift). A NaN, or ∞ − ∞, makes the row's sum NaN.
    /// </summary>
    public static void Exponentials(float* x, float* exponentials, Scratch scratch, int rows, int width)
    {
        for (var row = 0; row < rows; row++)
        {
            scratch.Largest[row] = Largest(x + (long)row * width, width);
            Subtract(x + (long)row * width, scratch.Largest[row], exponentials + (long)row * width, width);
        }
        var all = new Span<float>(exponentials, rows * width);
        VectorMap.Run(all, all, default(VectorMath.ExpFormula));
        for (var row = 0; row < rows; row++) scratch.Sums[row] = Sum(exponentials + (long)row * width, width);
    }

    /// <summary>Replaces the rows' sums by their logarithms.</summary>
    public static void Logarithms(Scratch scratch, int rows)
    {
        var sums = new Span<float>(scratch.Sums, rows);
        TensorPrimitives.Log(sums, sums);
    }

    // In all loops the last vector of a row overlaps the one before: its elements are compared or computed twice, or masked out of a sum.

    /// <summary>The largest element of a row without NaN.</summary>
    private static float Largest(float* x, int width)
    {
        if (width < Vector<float>.Count)
        {
            var one = x[0];
            for (var i = 1; i < width; i++) one = x[i] > one ? x[i] : one;
            return one;
        }
        var at = 0;
        var (lanes, end) = (Vector.Load(x + width - Vector<float>.Count), width - Vector<float>.Count);
        if (width >= Wide)
        {
            // Four at a time, so that no maximum has to wait for the previous one.
            var (second, third, fourth) = (lanes, lanes, lanes);
            for (; at <= width - 4 * Vector<float>.Count; at += 4 * Vector<float>.Count)
            {
                lanes = Vector.MaxNative(lanes, Vector.Load(x + at));
                second = Vector.MaxNative(second, Vector.Load(x + at + Vector<float>.Count));
                third = Vector.MaxNative(third, Vector.Load(x + at + 2 * Vector<float>.Count));
                fourth = Vector.MaxNative(fourth, Vector.Load(x + at + 3 * Vector<float>.Count));
            }
            lanes = Vector.MaxNative(Vector.MaxNative(lanes, second), Vector.MaxNative(third, fourth));
        }
        for (; at < end; at += Vector<float>.Count) lanes = Vector.MaxNative(lanes, Vector.Load(x + at));
        return Largest(lanes);
    }

    private static float Largest(Vector<float> lanes)
    {
        var four = Vector<float>.Count switch
        {
            16 => Largest(Vector256.MaxNative(lanes.AsVector512().GetLower(), lanes.AsVector512().GetUpper())),
            8 => Largest(lanes.AsVector256()),
            _ => lanes.AsVector128(),
        };
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    private static Vector128<float> Largest(Vector256<float> eight) => Vector128.MaxNative(eight.GetLower(), eight.GetUpper());

    /// <summary>y = x − <paramref name="shift"/>.</summary>
    private static void Subtract(float* x, float shift, float* y, int width)
    {
        if (width < Vector<float>.Count)
        {
            for (var i = 0; i < width; i++) y[i] = x[i] - shift;
            return;
        }
        var (end, all) = (width - Vector<float>.Count, new Vector<float>(shift));
        for (var i = 0; i < end; i += Vector<float>.Count) Vector.Store(Vector.Load(x + i) - all, y + i);
        Vector.Store(Vector.Load(x + end) - all, y + end);
    }

    /// <summary>y = (x − <paramref name="first"/>) − <paramref name="second"/>.</summary>
    public static void Subtract(float* x, float first, float second, float* y, int width)
    {
        if (width < Vector<float>.Count)
        {
            for (var i = 0; i < width; i++) y[i] = x[i] - first - second;
            return;
        }
        var (end, before, after) = (width - Vector<float>.Count, new Vector<float>(first), new Vector<float>(second));
        for (var i = 0; i < end; i += Vector<float>.Count) Vector.Store(Vector.Load(x + i) - before - after, y + i);
        Vector.Store(Vector.Load(x + end) - before - after, y + end);
    }

    /// <summary>x = x / <paramref name="divisor"/>.</summary>
    public static void Divide(float* x, float divisor, int width)
    {
        if (width < Vector<float>.Count)
        {
            for (var i = 0; i < width; i++) x[i] /= divisor;
            return;
        }
        var (end, all) = (width - Vector<float>.Count, new Vector<float>(divisor));
        var last = Vector.Load(x + end) / all;                             // before the loop overwrites what it overlaps
        for (var i = 0; i < end; i += Vector<float>.Count) Vector.Store(Vector.Load(x + i) / all, x + i);
        Vector.Store(last, x + end);
    }

    /// <summary>The sum of a row.</summary>
    public static float Sum(float* x, int width)
    {
        if (width >= Wide) return (float)LongSums.OfRow(new(x, width));
        if (width < Vector<float>.Count)
        {
            var one = 0f;
            for (var i = 0; i < width; i++) one += x[i];
            return one;
        }
        var end = width - Vector<float>.Count;
        var lanes = Vector<float>.Zero;
        var at = 0;
        for (; at < end; at += Vector<float>.Count) lanes += Vector.Load(x + at);
        return Vector.Sum(lanes + (Vector.Load(x + end) & From(at - end)));
    }

    /// <summary>Σ t · (c − (x − m)): the cross-entropy of a row with maximum m and logarithm of the sum c. An element with target 0 does
    /// not count, not even −∞.</summary>
    public static float CrossEntropy(float* x, float* target, float largest, float logarithm, int width)
    {
        if (width < Vector<float>.Count)
        {
            var one = 0f;
            for (var i = 0; i < width; i++) one += target[i] == 0 ? 0 : target[i] * (logarithm - (x[i] - largest));
            return one;
        }
        var (end, m, c) = (width - Vector<float>.Count, new Vector<float>(largest), new Vector<float>(logarithm));
        var at = 0;
        if (width > LongSums.Chain)
        {
            var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
            for (; at < end; at += Vector<float>.Count)
            {
                var terms = Terms(Vector.Load(target + at), Vector.Load(x + at), m, c);
                low += Vector.WidenLower(terms);
                high += Vector.WidenUpper(terms);
            }
            var last = Terms(Vector.Load(target + end), Vector.Load(x + end), m, c) & From(at - end);
            return (float)Vector.Sum(low + Vector.WidenLower(last) + (high + Vector.WidenUpper(last)));
        }
        var lanes = Vector<float>.Zero;
        for (; at < end; at += Vector<float>.Count) lanes += Terms(Vector.Load(target + at), Vector.Load(x + at), m, c);
        return Vector.Sum(lanes + (Terms(Vector.Load(target + end), Vector.Load(x + end), m, c) & From(at - end)));
    }

    private static Vector<float> Terms(Vector<float> target, Vector<float> x, Vector<float> largest, Vector<float> logarithm) =>
        Vector.ConditionalSelect(Vector.Equals(target, Vector<float>.Zero), Vector<float>.Zero, target * (logarithm - (x - largest)));

    /// <summary>y = (y · <paramref name="share"/> − t) · <paramref name="upstream"/>.</summary>
    public static void Difference(float* y, float share, float* target, float upstream, int width)
    {
        if (width < Vector<float>.Count)
        {
            for (var i = 0; i < width; i++) y[i] = (y[i] * share - target[i]) * upstream;
            return;
        }
        var (end, s, u) = (width - Vector<float>.Count, new Vector<float>(share), new Vector<float>(upstream));
        var last = (Vector.Load(y + end) * s - Vector.Load(target + end)) * u;
        for (var i = 0; i < end; i += Vector<float>.Count) Vector.Store((Vector.Load(y + i) * s - Vector.Load(target + i)) * u, y + i);
        Vector.Store(last, y + end);
    }

    /// <summary>All bits in the lanes from <paramref name="lane"/> on, none before.</summary>
    private static Vector<float> From(int lane) => Vector.GreaterThanOrEqual(Vector<int>.Indices, new Vector<int>(lane)).As<int, float>();

    private static long Aligned(long floats) => (floats + 15) / 16 * 16;

    /// <summary>The scratch memory of one part.</summary>
    public readonly struct Scratch(float* scratch, int part, int width)
    {
        /// <summary>A tile of exponentials.</summary>
        public float* Exponentials { get; } = scratch + (long)part * ScratchPerPart(width);

        /// <summary>The largest element of each row of the tile.</summary>
        public float* Largest { get; } = scratch + (long)part * ScratchPerPart(width) + Aligned(PerTile(width) * width);

        /// <summary>Its sum of exponentials, or the logarithm of that.</summary>
        public float* Sums { get; } = scratch + (long)part * ScratchPerPart(width) + Aligned(PerTile(width) * width)
            + Aligned(PerTile(width));
    }
}
