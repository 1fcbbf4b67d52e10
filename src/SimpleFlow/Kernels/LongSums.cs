using System.Numerics;
using System.Numerics.Tensors;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels;

/// <summary>
/// How the kernels add many numbers. Added one after the other in float32, a sum of n terms is rounded up to n times: 10⁷ times 0.1 would
/// be off by a tenth. So no chain of additions in float32 is longer than <see cref="Chain"/>, and the results of the chains of a longer sum
/// are added in float64: the error no longer grows with the length.
/// <code>
///      x₀ + x₁ + … + x₁₀₂₃       a chain, in float32      ┐
///      x₁₀₂₄ + … + x₂₀₄₇         a chain                  ├  their total, in float64, rounded once at the end
///      …                                                  ┘
/// </code>
/// A sum S of n terms, or of n products, is then off by at most (<see cref="Chain"/> + 2) · 2⁻²⁴ · Σ|terms|, however large n is; usually by
/// less than a hundredth of that.
/// </summary>
internal static unsafe class LongSums
{
    /// <summary>
    /// The maximum number of terms that are added in float32, one after the other. Most sums of most networks are no longer, 784 pixels or
    /// 1,024 units, and cost nothing extra.
    /// </summary>
    public const int Chain = 1024;

    /// <summary>How many chains of a matrix product are added in float32, before their sum is added in float64.</summary>
    public const int ChainsOfBlock = 64;

    /// <summary>The maximum number of terms of a matrix product that are added in float32. If there are several chains, each is
    /// <see cref="BlockSizes.Depth"/> terms long, because a tile runs for that many steps.</summary>
    public const int Block = ChainsOfBlock * BlockSizes.Depth;

    // Eight numbers are added as a tree in registers: three roundings in float32, then one addition in float64.
    private const int Tree = 8;

    /// <summary>Whether sums have a second level.</summary>
    public static KernelPath PathOf(long terms) => terms > Chain ? KernelPath.Chains : KernelPath.OneChain;

    /// <summary>The sum of contiguous numbers. A long sum runs in trees of vectors, with three roundings in float32 whatever its
    /// length.</summary>
    public static double OfRow(ReadOnlySpan<float> row)
    {
        if (row.Length <= Chain) return TensorPrimitives.Sum(row);
        fixed (float* from = row)
        {
            var vectors = row.Length / Vector<float>.Count;
            var (low, high) = OfColumns(from, vectors, Vector<float>.Count);
            var total = Vector.Sum(low + high);
            for (var i = vectors * Vector<float>.Count; i < row.Length; i++) total += row[i];
            return total;
        }
    }

    /// <summary>The sums of neighbouring columns, as a vector.</summary>
    public static (Vector<double> Low, Vector<double> High) OfColumns(float* from, int rows, nint stride)
    {
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        for (; rows >= Tree; rows -= Tree, from += Tree * stride)
        {
            var sum = Vector.Load(from) + Vector.Load(from + stride) + (Vector.Load(from + 2 * stride) + Vector.Load(from + 3 * stride))
                + (Vector.Load(from + 4 * stride) + Vector.Load(from + 5 * stride)
                    + (Vector.Load(from + 6 * stride) + Vector.Load(from + 7 * stride)));
            low += Vector.WidenLower(sum);
            high += Vector.WidenUpper(sum);
        }
        for (; rows > 0; rows--, from += stride)
        {
            low += Vector.WidenLower(Vector.Load(from));
            high += Vector.WidenUpper(Vector.Load(from));
        }
        return (low, high);
    }

    /// <summary>The sum of one column, in the order of a lane of <see cref="OfColumns"/>.</summary>
    public static double OfColumn(float* from, int rows, nint stride)
    {
        double total = 0;
        for (; rows >= Tree; rows -= Tree, from += Tree * stride)
            total += *from + from[stride] + (from[2 * stride] + from[3 * stride])
                + (from[4 * stride] + from[5 * stride] + (from[6 * stride] + from[7 * stride]));
        for (; rows > 0; rows--, from += stride) total += *from;
        return total;
    }

    /// <summary>Adds finished chains to their totals.</summary>
    public static void Add(float* chains, double* totals, nint count)
    {
        nint i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            var chain = Vector.Load(chains + i);
            Vector.Store(Vector.Load(totals + i) + Vector.WidenLower(chain), totals + i);
            Vector.Store(Vector.Load(totals + i + Vector<double>.Count) + Vector.WidenUpper(chain), totals + i + Vector<double>.Count);
        }
        for (; i < count; i++) totals[i] += chains[i];
    }

    /// <summary>Rounds totals to float32 sums.</summary>
    public static void Round(double* totals, float* sums, nint count)
    {
        nint i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
            Vector.Store(Vector.Narrow(Vector.Load(totals + i), Vector.Load(totals + i + Vector<double>.Count)), sums + i);
        for (; i < count; i++) sums[i] = (float)totals[i];
    }
}
