using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SimpleFlow.Kernels.Products;

/// <summary>
/// 4 floats at a time, in the platform's own instructions: NEON, WebAssembly, SSE. 6 rows of 8 columns, for the 16 registers of the
/// smallest of them.
/// </summary>
internal unsafe struct MicroKernel128 : IMicroKernel
{
    private const int Lanes = 4;

    public static int Height => 6;

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
        var zero = Vector128<float>.Zero;
        Vector128<float> l0 = zero, l1 = zero, l2 = zero, l3 = zero, l4 = zero, l5 = zero;
        Vector128<float> r0 = zero, r1 = zero, r2 = zero, r3 = zero, r4 = zero, r5 = zero;

        // How many lanes of the last vector are columns of this tile.
        var mask = TColumns.Two ? tile.Columns - Lanes : tile.Columns;

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
        Vector128<float> value, left, right = zero;
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            if (TRows.Scattered) b = first + *offset++;
            left = LoadLeft<TColumns>(b, mask);
            if (TColumns.Two) right = LoadRight<TColumns>(b, mask);

            value = Vector128.Create(*a0);
            l0 = Vector128.MultiplyAddEstimate(value, left, l0);
            if (TColumns.Two) r0 = Vector128.MultiplyAddEstimate(value, right, r0);

            if (THeight.Rows > 1)
            {
                value = Vector128.Create(a0[row]);
                l1 = Vector128.MultiplyAddEstimate(value, left, l1);
                if (TColumns.Two) r1 = Vector128.MultiplyAddEstimate(value, right, r1);
            }

            if (THeight.Rows > 2)
            {
                value = Vector128.Create(a0[row2]);
                l2 = Vector128.MultiplyAddEstimate(value, left, l2);
                if (TColumns.Two) r2 = Vector128.MultiplyAddEstimate(value, right, r2);
            }

            if (THeight.Rows > 3)
            {
                value = Vector128.Create(*a3);
                l3 = Vector128.MultiplyAddEstimate(value, left, l3);
                if (TColumns.Two) r3 = Vector128.MultiplyAddEstimate(value, right, r3);
            }

            if (THeight.Rows > 4)
            {
                value = Vector128.Create(a3[row]);
                l4 = Vector128.MultiplyAddEstimate(value, left, l4);
                if (TColumns.Two) r4 = Vector128.MultiplyAddEstimate(value, right, r4);
            }

            if (THeight.Rows > 5)
            {
                value = Vector128.Create(a3[row2]);
                l5 = Vector128.MultiplyAddEstimate(value, left, l5);
                if (TColumns.Two) r5 = Vector128.MultiplyAddEstimate(value, right, r5);
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
    private static Vector128<float> LoadLeft<TColumns>(float* source, int mask) where TColumns : struct, IColumns =>
        TColumns.Part && !TColumns.Two ? LoadPart(source, mask) : Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LoadRight<TColumns>(float* source, int mask) where TColumns : struct, IColumns =>
        TColumns.Part ? LoadPart(source + Lanes, mask) : Vector128.Load(source + Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLeft<TColumns>(float* target, int mask, Vector128<float> value) where TColumns : struct, IColumns
    {
        if (TColumns.Part && !TColumns.Two) StorePart(target, mask, value);
        else Vector128.Store(value, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRight<TColumns>(float* target, int mask, Vector128<float> value) where TColumns : struct, IColumns
    {
        if (TColumns.Part) StorePart(target + Lanes, mask, value);
        else Vector128.Store(value, target + Lanes);
    }

    // Not every platform has masked loads; one, two or three lanes are moved by hand.
    private static Vector128<float> LoadPart(float* source, int lanes)
    {
        var vector = Vector128.CreateScalar(*source);
        if (lanes > 1) vector = vector.WithElement(1, source[1]);
        if (lanes > 2) vector = vector.WithElement(2, source[2]);
        return vector;
    }

    private static void StorePart(float* target, int lanes, Vector128<float> vector)
    {
        *target = vector.ToScalar();
        if (lanes > 1) target[1] = vector.GetElement(1);
        if (lanes > 2) target[2] = vector.GetElement(2);
    }
}
