using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels.Products;

/// <summary>
/// AVX-512: 12 rows of 32 columns. The tile takes 24 of the 32 registers, the row of B two and the value of A one. Each step is 24
/// multiply-adds for 14 loads, and two of either can start per cycle: the multiply-adds are the limit, as they should be.
/// </summary>
internal unsafe struct MicroKernel512 : IMicroKernel
{
    private const int Lanes = 16;

    public static int Height => 12;

    public static int Width => 2 * Lanes;

    public static bool PacksA => false;

    public static void Run(in Tile tile)
    {
        switch (tile.Rows)
        {
            case 1: RunColumns<Height1>(tile); break;
            case 2: RunColumns<Height2>(tile); break;
            case 3: RunColumns<Height3>(tile); break;
            case 4: RunColumns<Height4>(tile); break;
            case 5: RunColumns<Height5>(tile); break;
            case 6: RunColumns<Height6>(tile); break;
            case 7: RunColumns<Height7>(tile); break;
            case 8: RunColumns<Height8>(tile); break;
            case 9: RunColumns<Height9>(tile); break;
            case 10: RunColumns<Height10>(tile); break;
            case 11: RunColumns<Height11>(tile); break;
            default: RunColumns<Height12>(tile); break;
        }
    }

    private static void RunColumns<THeight>(in Tile tile) where THeight : struct, IHeight
    {
        if (tile.Offsets != null) Run<THeight, TwoVectors, Scattered>(tile);
        else if (tile.Columns == 2 * Lanes) Run<THeight, TwoVectors, Even>(tile);
        else if (tile.Columns > Lanes) Run<THeight, OneVectorAndAPart, Even>(tile);
        else if (tile.Columns == Lanes) Run<THeight, OneVector, Even>(tile);
        else Run<THeight, PartOfOneVector, Even>(tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<THeight, TColumns, TRows>(in Tile tile) where THeight : struct, IHeight where TColumns : struct, IColumns
        where TRows : struct, IRows
    {
        // l0 … l11 and r0 … r11 are the left and the right half of the tile's rows: named locals, so that each is a register.
        var zero = Vector512<float>.Zero;
        Vector512<float> l0 = zero, l1 = zero, l2 = zero, l3 = zero, l4 = zero, l5 = zero, l6 = zero, l7 = zero, l8 = zero, l9 = zero,
            l10 = zero, l11 = zero;
        Vector512<float> r0 = zero, r1 = zero, r2 = zero, r3 = zero, r4 = zero, r5 = zero, r6 = zero, r7 = zero, r8 = zero, r9 = zero,
            r10 = zero, r11 = zero;

        // The lanes of the last vector that are columns of this tile.
        var mask = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(TColumns.Two ? tile.Columns - Lanes : tile.Columns))
            .AsSingle();

        var c = tile.C;
        var ldc = tile.Ldc;
        if (tile.Continue)
        {
            l0 = LoadLeft<TColumns>(c, mask);
            if (TColumns.Two) r0 = LoadRight<TColumns>(c, mask);
            if (THeight.Rows > 1) l1 = LoadLeft<TColumns>(c + ldc, mask);
            if (THeight.Rows > 1 && TColumns.Two) r1 = LoadRight<TColumns>(c + ldc, mask);
            if (THeight.Rows > 2) l2 = LoadLeft<TColumns>(c + 2 * ldc, mask);
            if (THeight.Rows > 2 && TColumns.Two) r2 = LoadRight<TColumns>(c + 2 * ldc, mask);
            if (THeight.Rows > 3) l3 = LoadLeft<TColumns>(c + 3 * ldc, mask);
            if (THeight.Rows > 3 && TColumns.Two) r3 = LoadRight<TColumns>(c + 3 * ldc, mask);
            if (THeight.Rows > 4) l4 = LoadLeft<TColumns>(c + 4 * ldc, mask);
            if (THeight.Rows > 4 && TColumns.Two) r4 = LoadRight<TColumns>(c + 4 * ldc, mask);
            if (THeight.Rows > 5) l5 = LoadLeft<TColumns>(c + 5 * ldc, mask);
            if (THeight.Rows > 5 && TColumns.Two) r5 = LoadRight<TColumns>(c + 5 * ldc, mask);
            if (THeight.Rows > 6) l6 = LoadLeft<TColumns>(c + 6 * ldc, mask);
            if (THeight.Rows > 6 && TColumns.Two) r6 = LoadRight<TColumns>(c + 6 * ldc, mask);
            if (THeight.Rows > 7) l7 = LoadLeft<TColumns>(c + 7 * ldc, mask);
            if (THeight.Rows > 7 && TColumns.Two) r7 = LoadRight<TColumns>(c + 7 * ldc, mask);
            if (THeight.Rows > 8) l8 = LoadLeft<TColumns>(c + 8 * ldc, mask);
            if (THeight.Rows > 8 && TColumns.Two) r8 = LoadRight<TColumns>(c + 8 * ldc, mask);
            if (THeight.Rows > 9) l9 = LoadLeft<TColumns>(c + 9 * ldc, mask);
            if (THeight.Rows > 9 && TColumns.Two) r9 = LoadRight<TColumns>(c + 9 * ldc, mask);
            if (THeight.Rows > 10) l10 = LoadLeft<TColumns>(c + 10 * ldc, mask);
            if (THeight.Rows > 10 && TColumns.Two) r10 = LoadRight<TColumns>(c + 10 * ldc, mask);
            if (THeight.Rows > 11) l11 = LoadLeft<TColumns>(c + 11 * ldc, mask);
            if (THeight.Rows > 11 && TColumns.Two) r11 = LoadRight<TColumns>(c + 11 * ldc, mask);
        }

        // Three rows of A share a pointer: the processor adds one or two strides to it for free, and the pointers fit in registers.
        var row = tile.RowA;
        var row2 = 2 * row;
        var step = tile.StepA;
        var a0 = tile.A;
        var a3 = tile.A + 3 * row;
        var a6 = tile.A + 6 * row;
        var a9 = tile.A + 9 * row;
        var b = tile.B;
        var stepB = tile.StepB;
        var first = tile.B;
        var offset = tile.Offsets;
        Vector512<float> value, left, right = zero;
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            if (TRows.Scattered) b = first + *offset++;
            left = LoadLeft<TColumns>(b, mask);
            if (TColumns.Two) right = LoadRight<TColumns>(b, mask);

            value = Vector512.Create(*a0);
            l0 = Avx512F.FusedMultiplyAdd(value, left, l0);
            if (TColumns.Two) r0 = Avx512F.FusedMultiplyAdd(value, right, r0);

            if (THeight.Rows > 1)
            {
                value = Vector512.Create(a0[row]);
                l1 = Avx512F.FusedMultiplyAdd(value, left, l1);
                if (TColumns.Two) r1 = Avx512F.FusedMultiplyAdd(value, right, r1);
            }

            if (THeight.Rows > 2)
            {
                value = Vector512.Create(a0[row2]);
                l2 = Avx512F.FusedMultiplyAdd(value, left, l2);
                if (TColumns.Two) r2 = Avx512F.FusedMultiplyAdd(value, right, r2);
            }

            if (THeight.Rows > 3)
            {
                value = Vector512.Create(*a3);
                l3 = Avx512F.FusedMultiplyAdd(value, left, l3);
                if (TColumns.Two) r3 = Avx512F.FusedMultiplyAdd(value, right, r3);
            }

            if (THeight.Rows > 4)
            {
                value = Vector512.Create(a3[row]);
                l4 = Avx512F.FusedMultiplyAdd(value, left, l4);
                if (TColumns.Two) r4 = Avx512F.FusedMultiplyAdd(value, right, r4);
            }

            if (THeight.Rows > 5)
            {
                value = Vector512.Create(a3[row2]);
                l5 = Avx512F.FusedMultiplyAdd(value, left, l5);
                if (TColumns.Two) r5 = Avx512F.FusedMultiplyAdd(value, right, r5);
            }

            if (THeight.Rows > 6)
            {
                value = Vector512.Create(*a6);
                l6 = Avx512F.FusedMultiplyAdd(value, left, l6);
                if (TColumns.Two) r6 = Avx512F.FusedMultiplyAdd(value, right, r6);
            }

            if (THeight.Rows > 7)
            {
                value = Vector512.Create(a6[row]);
                l7 = Avx512F.FusedMultiplyAdd(value, left, l7);
                if (TColumns.Two) r7 = Avx512F.FusedMultiplyAdd(value, right, r7);
            }

            if (THeight.Rows > 8)
            {
                value = Vector512.Create(a6[row2]);
                l8 = Avx512F.FusedMultiplyAdd(value, left, l8);
                if (TColumns.Two) r8 = Avx512F.FusedMultiplyAdd(value, right, r8);
            }

            if (THeight.Rows > 9)
            {
                value = Vector512.Create(*a9);
                l9 = Avx512F.FusedMultiplyAdd(value, left, l9);
                if (TColumns.Two) r9 = Avx512F.FusedMultiplyAdd(value, right, r9);
            }

            if (THeight.Rows > 10)
            {
                value = Vector512.Create(a9[row]);
                l10 = Avx512F.FusedMultiplyAdd(value, left, l10);
                if (TColumns.Two) r10 = Avx512F.FusedMultiplyAdd(value, right, r10);
            }

            if (THeight.Rows > 11)
            {
                value = Vector512.Create(a9[row2]);
                l11 = Avx512F.FusedMultiplyAdd(value, left, l11);
                if (TColumns.Two) r11 = Avx512F.FusedMultiplyAdd(value, right, r11);
            }

            if (!TRows.Scattered) b += stepB;
            a0 += step;
            a3 += step;
            a6 += step;
            a9 += step;
        }

        if (tile.Adds)
        {
            l0 += LoadLeft<TColumns>(c, mask);
            if (TColumns.Two) r0 += LoadRight<TColumns>(c, mask);
            if (THeight.Rows > 1) l1 += LoadLeft<TColumns>(c + ldc, mask);
            if (THeight.Rows > 1 && TColumns.Two) r1 += LoadRight<TColumns>(c + ldc, mask);
            if (THeight.Rows > 2) l2 += LoadLeft<TColumns>(c + 2 * ldc, mask);
            if (THeight.Rows > 2 && TColumns.Two) r2 += LoadRight<TColumns>(c + 2 * ldc, mask);
            if (THeight.Rows > 3) l3 += LoadLeft<TColumns>(c + 3 * ldc, mask);
            if (THeight.Rows > 3 && TColumns.Two) r3 += LoadRight<TColumns>(c + 3 * ldc, mask);
            if (THeight.Rows > 4) l4 += LoadLeft<TColumns>(c + 4 * ldc, mask);
            if (THeight.Rows > 4 && TColumns.Two) r4 += LoadRight<TColumns>(c + 4 * ldc, mask);
            if (THeight.Rows > 5) l5 += LoadLeft<TColumns>(c + 5 * ldc, mask);
            if (THeight.Rows > 5 && TColumns.Two) r5 += LoadRight<TColumns>(c + 5 * ldc, mask);
            if (THeight.Rows > 6) l6 += LoadLeft<TColumns>(c + 6 * ldc, mask);
            if (THeight.Rows > 6 && TColumns.Two) r6 += LoadRight<TColumns>(c + 6 * ldc, mask);
            if (THeight.Rows > 7) l7 += LoadLeft<TColumns>(c + 7 * ldc, mask);
            if (THeight.Rows > 7 && TColumns.Two) r7 += LoadRight<TColumns>(c + 7 * ldc, mask);
            if (THeight.Rows > 8) l8 += LoadLeft<TColumns>(c + 8 * ldc, mask);
            if (THeight.Rows > 8 && TColumns.Two) r8 += LoadRight<TColumns>(c + 8 * ldc, mask);
            if (THeight.Rows > 9) l9 += LoadLeft<TColumns>(c + 9 * ldc, mask);
            if (THeight.Rows > 9 && TColumns.Two) r9 += LoadRight<TColumns>(c + 9 * ldc, mask);
            if (THeight.Rows > 10) l10 += LoadLeft<TColumns>(c + 10 * ldc, mask);
            if (THeight.Rows > 10 && TColumns.Two) r10 += LoadRight<TColumns>(c + 10 * ldc, mask);
            if (THeight.Rows > 11) l11 += LoadLeft<TColumns>(c + 11 * ldc, mask);
            if (THeight.Rows > 11 && TColumns.Two) r11 += LoadRight<TColumns>(c + 11 * ldc, mask);
        }

        StoreLeft<TColumns>(c, mask, l0);
        if (TColumns.Two) StoreRight<TColumns>(c, mask, r0);
        if (THeight.Rows > 1) StoreLeft<TColumns>(c + ldc, mask, l1);
        if (THeight.Rows > 1 && TColumns.Two) StoreRight<TColumns>(c + ldc, mask, r1);
        if (THeight.Rows > 2) StoreLeft<TColumns>(c + 2 * ldc, mask, l2);
        if (THeight.Rows > 2 && TColumns.Two) StoreRight<TColumns>(c + 2 * ldc, mask, r2);
        if (THeight.Rows > 3) StoreLeft<TColumns>(c + 3 * ldc, mask, l3);
        if (THeight.Rows > 3 && TColumns.Two) StoreRight<TColumns>(c + 3 * ldc, mask, r3);
        if (THeight.Rows > 4) StoreLeft<TColumns>(c + 4 * ldc, mask, l4);
        if (THeight.Rows > 4 && TColumns.Two) StoreRight<TColumns>(c + 4 * ldc, mask, r4);
        if (THeight.Rows > 5) StoreLeft<TColumns>(c + 5 * ldc, mask, l5);
        if (THeight.Rows > 5 && TColumns.Two) StoreRight<TColumns>(c + 5 * ldc, mask, r5);
        if (THeight.Rows > 6) StoreLeft<TColumns>(c + 6 * ldc, mask, l6);
        if (THeight.Rows > 6 && TColumns.Two) StoreRight<TColumns>(c + 6 * ldc, mask, r6);
        if (THeight.Rows > 7) StoreLeft<TColumns>(c + 7 * ldc, mask, l7);
        if (THeight.Rows > 7 && TColumns.Two) StoreRight<TColumns>(c + 7 * ldc, mask, r7);
        if (THeight.Rows > 8) StoreLeft<TColumns>(c + 8 * ldc, mask, l8);
        if (THeight.Rows > 8 && TColumns.Two) StoreRight<TColumns>(c + 8 * ldc, mask, r8);
        if (THeight.Rows > 9) StoreLeft<TColumns>(c + 9 * ldc, mask, l9);
        if (THeight.Rows > 9 && TColumns.Two) StoreRight<TColumns>(c + 9 * ldc, mask, r9);
        if (THeight.Rows > 10) StoreLeft<TColumns>(c + 10 * ldc, mask, l10);
        if (THeight.Rows > 10 && TColumns.Two) StoreRight<TColumns>(c + 10 * ldc, mask, r10);
        if (THeight.Rows > 11) StoreLeft<TColumns>(c + 11 * ldc, mask, l11);
        if (THeight.Rows > 11 && TColumns.Two) StoreRight<TColumns>(c + 11 * ldc, mask, r11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LoadLeft<TColumns>(float* source, Vector512<float> mask) where TColumns : struct, IColumns =>
        TColumns.Part && !TColumns.Two ? Avx512F.MaskLoad(source, mask, Vector512<float>.Zero) : Avx512F.LoadVector512(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LoadRight<TColumns>(float* source, Vector512<float> mask) where TColumns : struct, IColumns =>
        TColumns.Part ? Avx512F.MaskLoad(source + Lanes, mask, Vector512<float>.Zero) : Avx512F.LoadVector512(source + Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLeft<TColumns>(float* target, Vector512<float> mask, Vector512<float> value) where TColumns : struct, IColumns
    {
        if (TColumns.Part && !TColumns.Two) Avx512F.MaskStore(target, mask, value);
        else Avx512F.Store(target, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRight<TColumns>(float* target, Vector512<float> mask, Vector512<float> value) where TColumns : struct, IColumns
    {
        if (TColumns.Part) Avx512F.MaskStore(target + Lanes, mask, value);
        else Avx512F.Store(target + Lanes, value);
    }
}
