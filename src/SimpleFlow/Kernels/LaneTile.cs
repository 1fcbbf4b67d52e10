using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels;

/// <summary>
/// The innermost loop of <see cref="LaneWeightGradient"/>: the sums of six filters with four elements of the window, each a vector whose lanes are images, stay in 24 registers while a run of places
/// passes by. For every vector of 16 images that is 24 multiply-adds for 10 loads.
/// </summary>
internal unsafe struct LaneTile
{
    /// <summary>The most filters of a tile.</summary>
    public const int Filters = 6;

    /// <summary>The elements of a tile.</summary>
    public const int Elements = 4;

    /// <summary>The sums of a tile, a vector each: [filters, elements].</summary>
    public const int Sums = Filters * Elements;

    private const int Lanes = 16;

    /// <summary>The first filter's upstream at the first place.</summary>
    public float* Upstream;

    /// <summary>Floats from one filter's upstream to the next one's.</summary>
    public nint FilterStride;

    /// <summary>The pixels under the four elements at the first place.</summary>
    public float* Pixels0, Pixels1, Pixels2, Pixels3;

    /// <summary>Floats from the pixel of a place to that of the next one.</summary>
    public nint PixelStep;

    /// <summary>Floats from where a row of places has ended to the pixel of the next row's first place.</summary>
    public nint RowStep;

    /// <summary>Rows of places.</summary>
    public nint Rows;

    /// <summary>Places in a row.</summary>
    public nint Across;

    /// <summary>Adds a run of places to the sums of so many filters.</summary>
    public static void Run(in LaneTile tile, int filters, float* sums)
    {
        switch (filters)
        {
            case 1: Run<Height1>(tile, sums); break;
            case 2: Run<Height2>(tile, sums); break;
            case 3: Run<Height3>(tile, sums); break;
            case 4: Run<Height4>(tile, sums); break;
            case 5: Run<Height5>(tile, sums); break;
            default: Run<Height6>(tile, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<THeight>(in LaneTile tile, float* sums) where THeight : struct, IHeight
    {
        // s23 is the sum of filter 2 with element 3: named locals, so that each is a register.
        var zero = Vector512<float>.Zero;
        Vector512<float> s00 = zero, s01 = zero, s02 = zero, s03 = zero;
        Vector512<float> s10 = zero, s11 = zero, s12 = zero, s13 = zero;
        Vector512<float> s20 = zero, s21 = zero, s22 = zero, s23 = zero;
        Vector512<float> s30 = zero, s31 = zero, s32 = zero, s33 = zero;
        Vector512<float> s40 = zero, s41 = zero, s42 = zero, s43 = zero;
        Vector512<float> s50 = zero, s51 = zero, s52 = zero, s53 = zero;
        s00 = Avx512F.LoadVector512(sums + 0 * Lanes);
        s01 = Avx512F.LoadVector512(sums + 1 * Lanes);
        s02 = Avx512F.LoadVector512(sums + 2 * Lanes);
        s03 = Avx512F.LoadVector512(sums + 3 * Lanes);
        if (THeight.Rows > 1)
        {
            s10 = Avx512F.LoadVector512(sums + 4 * Lanes);
            s11 = Avx512F.LoadVector512(sums + 5 * Lanes);
            s12 = Avx512F.LoadVector512(sums + 6 * Lanes);
            s13 = Avx512F.LoadVector512(sums + 7 * Lanes);
        }
        if (THeight.Rows > 2)
        {
            s20 = Avx512F.LoadVector512(sums + 8 * Lanes);
            s21 = Avx512F.LoadVector512(sums + 9 * Lanes);
            s22 = Avx512F.LoadVector512(sums + 10 * Lanes);
            s23 = Avx512F.LoadVector512(sums + 11 * Lanes);
        }
        if (THeight.Rows > 3)
        {
            s30 = Avx512F.LoadVector512(sums + 12 * Lanes);
            s31 = Avx512F.LoadVector512(sums + 13 * Lanes);
            s32 = Avx512F.LoadVector512(sums + 14 * Lanes);
            s33 = Avx512F.LoadVector512(sums + 15 * Lanes);
        }
        if (THeight.Rows > 4)
        {
            s40 = Avx512F.LoadVector512(sums + 16 * Lanes);
            s41 = Avx512F.LoadVector512(sums + 17 * Lanes);
            s42 = Avx512F.LoadVector512(sums + 18 * Lanes);
            s43 = Avx512F.LoadVector512(sums + 19 * Lanes);
        }
        if (THeight.Rows > 5)
        {
            s50 = Avx512F.LoadVector512(sums + 20 * Lanes);
            s51 = Avx512F.LoadVector512(sums + 21 * Lanes);
            s52 = Avx512F.LoadVector512(sums + 22 * Lanes);
            s53 = Avx512F.LoadVector512(sums + 23 * Lanes);
        }

        var stride = tile.FilterStride;
        var stride2 = 2 * stride;
        var u0 = tile.Upstream;
        var u3 = u0 + 3 * stride;
        var p0 = tile.Pixels0;
        var p1 = tile.Pixels1;
        var p2 = tile.Pixels2;
        var p3 = tile.Pixels3;
        var step = tile.PixelStep - ImageLanes.Count;
        for (var row = tile.Rows; row > 0; row--)
        {
            for (var place = tile.Across; place > 0; place--)
            {
                for (var half = 0; half < ImageLanes.Count / Lanes; half++)
                {
                    var a0 = Avx512F.LoadVector512(u0);
                    Vector512<float> a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero;
                    if (THeight.Rows > 1) a1 = Avx512F.LoadVector512(u0 + stride);
                    if (THeight.Rows > 2) a2 = Avx512F.LoadVector512(u0 + stride2);
                    if (THeight.Rows > 3) a3 = Avx512F.LoadVector512(u3);
                    if (THeight.Rows > 4) a4 = Avx512F.LoadVector512(u3 + stride);
                    if (THeight.Rows > 5) a5 = Avx512F.LoadVector512(u3 + stride2);

                    var value = Avx512F.LoadVector512(p0);
                    s00 = Avx512F.FusedMultiplyAdd(a0, value, s00);
                    if (THeight.Rows > 1) s10 = Avx512F.FusedMultiplyAdd(a1, value, s10);
                    if (THeight.Rows > 2) s20 = Avx512F.FusedMultiplyAdd(a2, value, s20);
                    if (THeight.Rows > 3) s30 = Avx512F.FusedMultiplyAdd(a3, value, s30);
                    if (THeight.Rows > 4) s40 = Avx512F.FusedMultiplyAdd(a4, value, s40);
                    if (THeight.Rows > 5) s50 = Avx512F.FusedMultiplyAdd(a5, value, s50);

                    value = Avx512F.LoadVector512(p1);
                    s01 = Avx512F.FusedMultiplyAdd(a0, value, s01);
                    if (THeight.Rows > 1) s11 = Avx512F.FusedMultiplyAdd(a1, value, s11);
                    if (THeight.Rows > 2) s21 = Avx512F.FusedMultiplyAdd(a2, value, s21);
                    if (THeight.Rows > 3) s31 = Avx512F.FusedMultiplyAdd(a3, value, s31);
                    if (THeight.Rows > 4) s41 = Avx512F.FusedMultiplyAdd(a4, value, s41);
                    if (THeight.Rows > 5) s51 = Avx512F.FusedMultiplyAdd(a5, value, s51);

                    value = Avx512F.LoadVector512(p2);
                    s02 = Avx512F.FusedMultiplyAdd(a0, value, s02);
                    if (THeight.Rows > 1) s12 = Avx512F.FusedMultiplyAdd(a1, value, s12);
                    if (THeight.Rows > 2) s22 = Avx512F.FusedMultiplyAdd(a2, value, s22);
                    if (THeight.Rows > 3) s32 = Avx512F.FusedMultiplyAdd(a3, value, s32);
                    if (THeight.Rows > 4) s42 = Avx512F.FusedMultiplyAdd(a4, value, s42);
                    if (THeight.Rows > 5) s52 = Avx512F.FusedMultiplyAdd(a5, value, s52);

                    value = Avx512F.LoadVector512(p3);
                    s03 = Avx512F.FusedMultiplyAdd(a0, value, s03);
                    if (THeight.Rows > 1) s13 = Avx512F.FusedMultiplyAdd(a1, value, s13);
                    if (THeight.Rows > 2) s23 = Avx512F.FusedMultiplyAdd(a2, value, s23);
                    if (THeight.Rows > 3) s33 = Avx512F.FusedMultiplyAdd(a3, value, s33);
                    if (THeight.Rows > 4) s43 = Avx512F.FusedMultiplyAdd(a4, value, s43);
                    if (THeight.Rows > 5) s53 = Avx512F.FusedMultiplyAdd(a5, value, s53);

                    u0 += Lanes;
                    u3 += Lanes;
                    p0 += Lanes;
                    p1 += Lanes;
                    p2 += Lanes;
                    p3 += Lanes;
                }

                p0 += step;
                p1 += step;
                p2 += step;
                p3 += step;
            }

            p0 += tile.RowStep;
            p1 += tile.RowStep;
            p2 += tile.RowStep;
            p3 += tile.RowStep;
        }

        Avx512F.Store(sums + 0 * Lanes, s00);
        Avx512F.Store(sums + 1 * Lanes, s01);
        Avx512F.Store(sums + 2 * Lanes, s02);
        Avx512F.Store(sums + 3 * Lanes, s03);
        if (THeight.Rows > 1)
        {
            Avx512F.Store(sums + 4 * Lanes, s10);
            Avx512F.Store(sums + 5 * Lanes, s11);
            Avx512F.Store(sums + 6 * Lanes, s12);
            Avx512F.Store(sums + 7 * Lanes, s13);
        }
        if (THeight.Rows > 2)
        {
            Avx512F.Store(sums + 8 * Lanes, s20);
            Avx512F.Store(sums + 9 * Lanes, s21);
            Avx512F.Store(sums + 10 * Lanes, s22);
            Avx512F.Store(sums + 11 * Lanes, s23);
        }
        if (THeight.Rows > 3)
        {
            Avx512F.Store(sums + 12 * Lanes, s30);
            Avx512F.Store(sums + 13 * Lanes, s31);
            Avx512F.Store(sums + 14 * Lanes, s32);
            Avx512F.Store(sums + 15 * Lanes, s33);
        }
        if (THeight.Rows > 4)
        {
            Avx512F.Store(sums + 16 * Lanes, s40);
            Avx512F.Store(sums + 17 * Lanes, s41);
            Avx512F.Store(sums + 18 * Lanes, s42);
            Avx512F.Store(sums + 19 * Lanes, s43);
        }
        if (THeight.Rows > 5)
        {
            Avx512F.Store(sums + 20 * Lanes, s50);
            Avx512F.Store(sums + 21 * Lanes, s51);
            Avx512F.Store(sums + 22 * Lanes, s52);
            Avx512F.Store(sums + 23 * Lanes, s53);
        }
    }
}
