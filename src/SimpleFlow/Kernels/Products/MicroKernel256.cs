using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels.Products;

/// <summary>
/// AVX2 with FMA: 6 rows of 16 columns. The tile takes 12 of the 16 registers, the row of B two and the value of A one.
/// </summary>
internal unsafe struct MicroKernel256 : IMicroKernel
{
    private const int Lanes = 8;

    public static int Height => 6;

    public static int Width => 2 * Lanes;

    public static bool PacksA => true;

    public static void Run(in Tile tile)
    {
        switch (tile.Rows)
        {
            case 1: RunColumns<Height1>(tile); break;
            case 2: RunColumns<Height2>(tile); break;
            case 3: RunColumns<Height3>(tile); break;
            case 4: RunColumns<Height4>(tile); break;
            case 5: RunColumns<Height5>(tile); break;
            default: RunColumns<Height6>(tile); break;
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
        // l0 … l5 and r0 … r5 are the left and the right half of the tile's rows: named locals, so that each is a register.
        var zero = Vector256<float>.Zero;
        Vector256<float> l0 = zero, l1 = zero, l2 = zero, l3 = zero, l4 = zero, l5 = zero;
        Vector256<float> r0 = zero, r1 = zero, r2 = zero, r3 = zero, r4 = zero, r5 = zero;

        // The lanes of the last vector that are columns of this tile.
        var mask = Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(TColumns.Two ? tile.Columns - Lanes : tile.Columns))
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
        }

        // Three rows of A share a pointer: the processor adds one or two strides to it for free, and the pointers fit in registers.
        var row = tile.RowA;
        var row2 = 2 * row;
        var step = tile.StepA;
        var a0 = tile.A;
        var a3 = tile.A + 3 * row;
        var b = tile.B;
        var stepB = tile.StepB;
        var first = tile.B;
        var offset = tile.Offsets;
        Vector256<float> value, left, right = zero;
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            if (TRows.Scattered) b = first + *offset++;
            left = LoadLeft<TColumns>(b, mask);
            if (TColumns.Two) right = LoadRight<TColumns>(b, mask);

            value = Vector256.Create(*a0);
            l0 = Fma.MultiplyAdd(value, left, l0);
            if (TColumns.Two) r0 = Fma.MultiplyAdd(value, right, r0);

            if (THeight.Rows > 1)
            {
                value = Vector256.Create(a0[row]);
                l1 = Fma.MultiplyAdd(value, left, l1);
                if (TColumns.Two) r1 = Fma.MultiplyAdd(value, right, r1);
            }

            if (THeight.Rows > 2)
            {
                value = Vector256.Create(a0[row2]);
                l2 = Fma.MultiplyAdd(value, left, l2);
                if (TColumns.Two) r2 = Fma.MultiplyAdd(value, right, r2);
            }

            if (THeight.Rows > 3)
            {
                value = Vector256.Create(*a3);
                l3 = Fma.MultiplyAdd(value, left, l3);
                if (TColumns.Two) r3 = Fma.MultiplyAdd(value, right, r3);
            }

            if (THeight.Rows > 4)
            {
                value = Vector256.Create(a3[row]);
                l4 = Fma.MultiplyAdd(value, left, l4);
                if (TColumns.Two) r4 = Fma.MultiplyAdd(value, right, r4);
            }

            if (THeight.Rows > 5)
            {
                value = Vector256.Create(a3[row2]);
                l5 = Fma.MultiplyAdd(value, left, l5);
                if (TColumns.Two) r5 = Fma.MultiplyAdd(value, right, r5);
            }

            if (!TRows.Scattered) b += stepB;
            a0 += step;
            a3 += step;
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
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadLeft<TColumns>(float* source, Vector256<float> mask) where TColumns : struct, IColumns =>
        TColumns.Part && !TColumns.Two ? Avx.MaskLoad(source, mask) : Avx.LoadVector256(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadRight<TColumns>(float* source, Vector256<float> mask) where TColumns : struct, IColumns =>
        TColumns.Part ? Avx.MaskLoad(source + Lanes, mask) : Avx.LoadVector256(source + Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLeft<TColumns>(float* target, Vector256<float> mask, Vector256<float> value) where TColumns : struct, IColumns
    {
        if (TColumns.Part && !TColumns.Two) Avx.MaskStore(target, mask, value);
        else Avx.Store(target, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRight<TColumns>(float* target, Vector256<float> mask, Vector256<float> value) where TColumns : struct, IColumns
    {
        if (TColumns.Part) Avx.MaskStore(target + Lanes, mask, value);
        else Avx.Store(target + Lanes, value);
    }
}
