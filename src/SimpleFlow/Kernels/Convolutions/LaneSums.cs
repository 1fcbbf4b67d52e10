using System.Runtime.CompilerServices;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// <see cref="ILaneSums"/> for vectors of any width. It keeps the sums of some filters with some elements of the window in registers, each
/// a vector whose lanes are images, while it runs over a series of places. With <see cref="SixByFour"/> each vector of images takes 24
/// multiply-adds for 10 loads, with <see cref="FourByThree"/> 12 for 7, and two of either can start per cycle. Whatever exceeds the shape
/// or the filters of a tile is an <c>if</c> on a constant, as in <see cref="IHeight"/>.
/// </summary>
internal readonly unsafe struct LaneSums<TVector, TVectors, TShape> : ILaneSums where TVector : struct
    where TVectors : struct, IVectors<TVector> where TShape : struct, ILaneShape
{
    public static int Filters => TShape.Filters;

    public static int Elements => TShape.Elements;

    public static int Lanes => TVectors.Lanes;

    public static void Add(in LaneTile tile, int filters, float* sums)
    {
        switch (filters)
        {
            case 1: Add<Height1>(tile, sums); break;
            case 2: Add<Height2>(tile, sums); break;
            case 3: Add<Height3>(tile, sums); break;
            case 4: Add<Height4>(tile, sums); break;
            case 5: Add<Height5>(tile, sums); break;
            default: Add<Height6>(tile, sums); break;
        }
    }

    public static void Finish(float* sums, double* totals)
    {
        for (var i = 0; i < TShape.Filters * TShape.Elements; i++, sums += TVectors.Lanes)
        {
            totals[i] += TVectors.Sum(TVectors.Load(sums));
            TVectors.Store(sums, default);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<THeight>(in LaneTile tile, float* sums) where THeight : struct, IHeight
    {
        // s23 is the sum of filter 2 with element 3: named locals, so that each is a register.
        TVector s00 = default, s01 = default, s02 = default, s03 = default;
        TVector s10 = default, s11 = default, s12 = default, s13 = default;
        TVector s20 = default, s21 = default, s22 = default, s23 = default;
        TVector s30 = default, s31 = default, s32 = default, s33 = default;
        TVector s40 = default, s41 = default, s42 = default, s43 = default;
        TVector s50 = default, s51 = default, s52 = default, s53 = default;
        s00 = TVectors.Load(sums);
        s01 = TVectors.Load(sums + 1 * TVectors.Lanes);
        if (TShape.Elements > 2) s02 = TVectors.Load(sums + 2 * TVectors.Lanes);
        if (TShape.Elements > 3) s03 = TVectors.Load(sums + 3 * TVectors.Lanes);
        if (THeight.Rows > 1)
        {
            s10 = TVectors.Load(sums + 1 * TShape.Elements * TVectors.Lanes);
            s11 = TVectors.Load(sums + (1 * TShape.Elements + 1) * TVectors.Lanes);
            if (TShape.Elements > 2) s12 = TVectors.Load(sums + (1 * TShape.Elements + 2) * TVectors.Lanes);
            if (TShape.Elements > 3) s13 = TVectors.Load(sums + (1 * TShape.Elements + 3) * TVectors.Lanes);
        }
        if (THeight.Rows > 2)
        {
            s20 = TVectors.Load(sums + 2 * TShape.Elements * TVectors.Lanes);
            s21 = TVectors.Load(sums + (2 * TShape.Elements + 1) * TVectors.Lanes);
            if (TShape.Elements > 2) s22 = TVectors.Load(sums + (2 * TShape.Elements + 2) * TVectors.Lanes);
            if (TShape.Elements > 3) s23 = TVectors.Load(sums + (2 * TShape.Elements + 3) * TVectors.Lanes);
        }
        if (THeight.Rows > 3)
        {
            s30 = TVectors.Load(sums + 3 * TShape.Elements * TVectors.Lanes);
            s31 = TVectors.Load(sums + (3 * TShape.Elements + 1) * TVectors.Lanes);
            if (TShape.Elements > 2) s32 = TVectors.Load(sums + (3 * TShape.Elements + 2) * TVectors.Lanes);
            if (TShape.Elements > 3) s33 = TVectors.Load(sums + (3 * TShape.Elements + 3) * TVectors.Lanes);
        }
        if (THeight.Rows > 4)
        {
            s40 = TVectors.Load(sums + 4 * TShape.Elements * TVectors.Lanes);
            s41 = TVectors.Load(sums + (4 * TShape.Elements + 1) * TVectors.Lanes);
            if (TShape.Elements > 2) s42 = TVectors.Load(sums + (4 * TShape.Elements + 2) * TVectors.Lanes);
            if (TShape.Elements > 3) s43 = TVectors.Load(sums + (4 * TShape.Elements + 3) * TVectors.Lanes);
        }
        if (THeight.Rows > 5)
        {
            s50 = TVectors.Load(sums + 5 * TShape.Elements * TVectors.Lanes);
            s51 = TVectors.Load(sums + (5 * TShape.Elements + 1) * TVectors.Lanes);
            if (TShape.Elements > 2) s52 = TVectors.Load(sums + (5 * TShape.Elements + 2) * TVectors.Lanes);
            if (TShape.Elements > 3) s53 = TVectors.Load(sums + (5 * TShape.Elements + 3) * TVectors.Lanes);
        }

        var stride = tile.FilterStride;
        var stride2 = 2 * stride;
        var u0 = tile.Upstream;
        var u3 = u0 + 3 * stride;
        var pixel = tile.Pixels;
        var (element1, element2, element3) = (tile.Element1, tile.Element2, tile.Element3);
        var step = tile.PixelStep - 2 * TVectors.Lanes;
        for (var row = tile.Rows; row > 0; row--)
        {
            for (var place = tile.Across; place > 0; place--)
            {
                for (var half = 0; half < 2; half++)
                {
                    TVector p0, p1, p2 = default, p3 = default;
                    p0 = TVectors.Load(pixel);
                    p1 = TVectors.Load(pixel + element1);
                    if (TShape.Elements > 2) p2 = TVectors.Load(pixel + element2);
                    if (TShape.Elements > 3) p3 = TVectors.Load(pixel + element3);

                    var value = TVectors.Load(u0);
                    s00 = TVectors.MultiplyAdd(value, p0, s00);
                    s01 = TVectors.MultiplyAdd(value, p1, s01);
                    if (TShape.Elements > 2) s02 = TVectors.MultiplyAdd(value, p2, s02);
                    if (TShape.Elements > 3) s03 = TVectors.MultiplyAdd(value, p3, s03);

                    if (THeight.Rows > 1)
                    {
                        value = TVectors.Load(u0 + stride);
                        s10 = TVectors.MultiplyAdd(value, p0, s10);
                        s11 = TVectors.MultiplyAdd(value, p1, s11);
                        if (TShape.Elements > 2) s12 = TVectors.MultiplyAdd(value, p2, s12);
                        if (TShape.Elements > 3) s13 = TVectors.MultiplyAdd(value, p3, s13);
                    }

                    if (THeight.Rows > 2)
                    {
                        value = TVectors.Load(u0 + stride2);
                        s20 = TVectors.MultiplyAdd(value, p0, s20);
                        s21 = TVectors.MultiplyAdd(value, p1, s21);
                        if (TShape.Elements > 2) s22 = TVectors.MultiplyAdd(value, p2, s22);
                        if (TShape.Elements > 3) s23 = TVectors.MultiplyAdd(value, p3, s23);
                    }

                    if (THeight.Rows > 3)
                    {
                        value = TVectors.Load(u3);
                        s30 = TVectors.MultiplyAdd(value, p0, s30);
                        s31 = TVectors.MultiplyAdd(value, p1, s31);
                        if (TShape.Elements > 2) s32 = TVectors.MultiplyAdd(value, p2, s32);
                        if (TShape.Elements > 3) s33 = TVectors.MultiplyAdd(value, p3, s33);
                    }

                    if (THeight.Rows > 4)
                    {
                        value = TVectors.Load(u3 + stride);
                        s40 = TVectors.MultiplyAdd(value, p0, s40);
                        s41 = TVectors.MultiplyAdd(value, p1, s41);
                        if (TShape.Elements > 2) s42 = TVectors.MultiplyAdd(value, p2, s42);
                        if (TShape.Elements > 3) s43 = TVectors.MultiplyAdd(value, p3, s43);
                    }

                    if (THeight.Rows > 5)
                    {
                        value = TVectors.Load(u3 + stride2);
                        s50 = TVectors.MultiplyAdd(value, p0, s50);
                        s51 = TVectors.MultiplyAdd(value, p1, s51);
                        if (TShape.Elements > 2) s52 = TVectors.MultiplyAdd(value, p2, s52);
                        if (TShape.Elements > 3) s53 = TVectors.MultiplyAdd(value, p3, s53);
                    }

                    u0 += TVectors.Lanes;
                    u3 += TVectors.Lanes;
                    pixel += TVectors.Lanes;
                }

                pixel += step;
            }

            pixel = unchecked(pixel + tile.RowStep);                  // back, where the window moves on by more than a row
        }

        TVectors.Store(sums, s00);
        TVectors.Store(sums + 1 * TVectors.Lanes, s01);
        if (TShape.Elements > 2) TVectors.Store(sums + 2 * TVectors.Lanes, s02);
        if (TShape.Elements > 3) TVectors.Store(sums + 3 * TVectors.Lanes, s03);
        if (THeight.Rows > 1)
        {
            TVectors.Store(sums + 1 * TShape.Elements * TVectors.Lanes, s10);
            TVectors.Store(sums + (1 * TShape.Elements + 1) * TVectors.Lanes, s11);
            if (TShape.Elements > 2) TVectors.Store(sums + (1 * TShape.Elements + 2) * TVectors.Lanes, s12);
            if (TShape.Elements > 3) TVectors.Store(sums + (1 * TShape.Elements + 3) * TVectors.Lanes, s13);
        }
        if (THeight.Rows > 2)
        {
            TVectors.Store(sums + 2 * TShape.Elements * TVectors.Lanes, s20);
            TVectors.Store(sums + (2 * TShape.Elements + 1) * TVectors.Lanes, s21);
            if (TShape.Elements > 2) TVectors.Store(sums + (2 * TShape.Elements + 2) * TVectors.Lanes, s22);
            if (TShape.Elements > 3) TVectors.Store(sums + (2 * TShape.Elements + 3) * TVectors.Lanes, s23);
        }
        if (THeight.Rows > 3)
        {
            TVectors.Store(sums + 3 * TShape.Elements * TVectors.Lanes, s30);
            TVectors.Store(sums + (3 * TShape.Elements + 1) * TVectors.Lanes, s31);
            if (TShape.Elements > 2) TVectors.Store(sums + (3 * TShape.Elements + 2) * TVectors.Lanes, s32);
            if (TShape.Elements > 3) TVectors.Store(sums + (3 * TShape.Elements + 3) * TVectors.Lanes, s33);
        }
        if (THeight.Rows > 4)
        {
            TVectors.Store(sums + 4 * TShape.Elements * TVectors.Lanes, s40);
            TVectors.Store(sums + (4 * TShape.Elements + 1) * TVectors.Lanes, s41);
            if (TShape.Elements > 2) TVectors.Store(sums + (4 * TShape.Elements + 2) * TVectors.Lanes, s42);
            if (TShape.Elements > 3) TVectors.Store(sums + (4 * TShape.Elements + 3) * TVectors.Lanes, s43);
        }
        if (THeight.Rows > 5)
        {
            TVectors.Store(sums + 5 * TShape.Elements * TVectors.Lanes, s50);
            TVectors.Store(sums + (5 * TShape.Elements + 1) * TVectors.Lanes, s51);
            if (TShape.Elements > 2) TVectors.Store(sums + (5 * TShape.Elements + 2) * TVectors.Lanes, s52);
            if (TShape.Elements > 3) TVectors.Store(sums + (5 * TShape.Elements + 3) * TVectors.Lanes, s53);
        }
    }
}
