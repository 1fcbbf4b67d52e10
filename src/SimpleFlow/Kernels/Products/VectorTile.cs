using System.Runtime.CompilerServices;

namespace SimpleFlow.Kernels.Products;

/// <summary>
/// Computes a <see cref="Tile"/>, for vectors of any width: up to 12 rows of one or two
/// vectors, of which the last may be used only in part. It is written once, for the full height, see <see cref="IHeight"/>.
/// The tests of the machine code see that every sum stays in a register.
/// </summary>
internal static unsafe class VectorTile<TVector, TVectors> where TVector : struct where TVectors : struct, IVectors<TVector>
{
    /// <summary>Computes a tile of 1 to 6 rows.</summary>
    public static void UpTo6(in Tile tile)
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

    /// <summary>Computes a tile of 1 to 12 rows.</summary>
    public static void UpTo12(in Tile tile)
    {
        switch (tile.Rows)
        {
            case <= 6: UpTo6(tile); break;
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
        if (tile.Offsets != null) Run<THeight, TwoVectors, ScatteredRight>(tile);
        else if (tile.LeftOffsets != null) Run<THeight, TwoVectors, ScatteredLeft>(tile);
        else if (tile.Columns == 2 * TVectors.Lanes) Run<THeight, TwoVectors, Even>(tile);
        else if (tile.Columns > TVectors.Lanes) Run<THeight, OneVectorAndAPart, Even>(tile);
        else if (tile.Columns == TVectors.Lanes) Run<THeight, OneVector, Even>(tile);
        else Run<THeight, PartOfOneVector, Even>(tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<THeight, TColumns, TSteps>(in Tile tile) where THeight : struct, IHeight where TColumns : struct, IColumns
        where TSteps : struct, ISteps
    {
        // l0 … l11 and r0 … r11 are the left and the right half of the tile's rows: named locals, so that each is a register.
        TVector l0 = default, l1 = default, l2 = default, l3 = default, l4 = default, l5 = default;
        TVector l6 = default, l7 = default, l8 = default, l9 = default, l10 = default, l11 = default;
        TVector r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default;
        TVector r6 = default, r7 = default, r8 = default, r9 = default, r10 = default, r11 = default;

        // The lanes of the last vector that are columns of this tile.
        var lanes = TColumns.Two ? tile.Columns - TVectors.Lanes : tile.Columns;
        TVector mask = default;
        if (TColumns.Part) mask = TVectors.Mask(lanes);

        var c = tile.C;
        var ldc = tile.Ldc;
        if (tile.Continue)
        {
            Load<TColumns>(c, lanes, mask, out l0, out r0);
            if (THeight.Rows > 1) Load<TColumns>(c + ldc, lanes, mask, out l1, out r1);
            if (THeight.Rows > 2) Load<TColumns>(c + 2 * ldc, lanes, mask, out l2, out r2);
            if (THeight.Rows > 3) Load<TColumns>(c + 3 * ldc, lanes, mask, out l3, out r3);
            if (THeight.Rows > 4) Load<TColumns>(c + 4 * ldc, lanes, mask, out l4, out r4);
            if (THeight.Rows > 5) Load<TColumns>(c + 5 * ldc, lanes, mask, out l5, out r5);
            if (THeight.Rows > 6) Load<TColumns>(c + 6 * ldc, lanes, mask, out l6, out r6);
            if (THeight.Rows > 7) Load<TColumns>(c + 7 * ldc, lanes, mask, out l7, out r7);
            if (THeight.Rows > 8) Load<TColumns>(c + 8 * ldc, lanes, mask, out l8, out r8);
            if (THeight.Rows > 9) Load<TColumns>(c + 9 * ldc, lanes, mask, out l9, out r9);
            if (THeight.Rows > 10) Load<TColumns>(c + 10 * ldc, lanes, mask, out l10, out r10);
            if (THeight.Rows > 11) Load<TColumns>(c + 11 * ldc, lanes, mask, out l11, out r11);
        }

        // Three rows of A share a pointer: the processor adds one or two strides to it for free, and the pointers fit in registers.
        var row = tile.RowA;
        var row2 = 2 * row;
        var row3 = 3 * row;
        var step = tile.StepA;
        var a0 = tile.A;
        var a3 = tile.A + 3 * row;
        var a6 = tile.A + 6 * row;
        var a9 = tile.A + 9 * row;
        var b = tile.B;
        var stepB = tile.StepB;
        var first = TSteps.ScatteredLeft ? tile.A : tile.B;
        var offset = TSteps.ScatteredLeft ? tile.LeftOffsets : tile.Offsets;
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            if (TSteps.ScatteredRight) b = first + *offset++;
            if (TSteps.ScatteredLeft)
            {
                a0 = first + *offset++;
                if (THeight.Rows > 3) a3 = a0 + row3;
                if (THeight.Rows > 6) a6 = a3 + row3;
                if (THeight.Rows > 9) a9 = a6 + row3;
            }
            Load<TColumns>(b, lanes, mask, out var left, out var right);

            MultiplyAdd<TColumns>(a0, left, right, ref l0, ref r0);
            if (THeight.Rows > 1) MultiplyAdd<TColumns>(a0 + row, left, right, ref l1, ref r1);
            if (THeight.Rows > 2) MultiplyAdd<TColumns>(a0 + row2, left, right, ref l2, ref r2);
            if (THeight.Rows > 3) MultiplyAdd<TColumns>(a3, left, right, ref l3, ref r3);
            if (THeight.Rows > 4) MultiplyAdd<TColumns>(a3 + row, left, right, ref l4, ref r4);
            if (THeight.Rows > 5) MultiplyAdd<TColumns>(a3 + row2, left, right, ref l5, ref r5);
            if (THeight.Rows > 6) MultiplyAdd<TColumns>(a6, left, right, ref l6, ref r6);
            if (THeight.Rows > 7) MultiplyAdd<TColumns>(a6 + row, left, right, ref l7, ref r7);
            if (THeight.Rows > 8) MultiplyAdd<TColumns>(a6 + row2, left, right, ref l8, ref r8);
            if (THeight.Rows > 9) MultiplyAdd<TColumns>(a9, left, right, ref l9, ref r9);
            if (THeight.Rows > 10) MultiplyAdd<TColumns>(a9 + row, left, right, ref l10, ref r10);
            if (THeight.Rows > 11) MultiplyAdd<TColumns>(a9 + row2, left, right, ref l11, ref r11);

            if (!TSteps.ScatteredRight) b += stepB;
            if (TSteps.ScatteredLeft) continue;
            a0 += step;
            if (THeight.Rows > 3) a3 += step;
            if (THeight.Rows > 6) a6 += step;
            if (THeight.Rows > 9) a9 += step;
        }

        if (tile.Adds)
        {
            Add<TColumns>(c, lanes, mask, ref l0, ref r0);
            if (THeight.Rows > 1) Add<TColumns>(c + ldc, lanes, mask, ref l1, ref r1);
            if (THeight.Rows > 2) Add<TColumns>(c + 2 * ldc, lanes, mask, ref l2, ref r2);
            if (THeight.Rows > 3) Add<TColumns>(c + 3 * ldc, lanes, mask, ref l3, ref r3);
            if (THeight.Rows > 4) Add<TColumns>(c + 4 * ldc, lanes, mask, ref l4, ref r4);
            if (THeight.Rows > 5) Add<TColumns>(c + 5 * ldc, lanes, mask, ref l5, ref r5);
            if (THeight.Rows > 6) Add<TColumns>(c + 6 * ldc, lanes, mask, ref l6, ref r6);
            if (THeight.Rows > 7) Add<TColumns>(c + 7 * ldc, lanes, mask, ref l7, ref r7);
            if (THeight.Rows > 8) Add<TColumns>(c + 8 * ldc, lanes, mask, ref l8, ref r8);
            if (THeight.Rows > 9) Add<TColumns>(c + 9 * ldc, lanes, mask, ref l9, ref r9);
            if (THeight.Rows > 10) Add<TColumns>(c + 10 * ldc, lanes, mask, ref l10, ref r10);
            if (THeight.Rows > 11) Add<TColumns>(c + 11 * ldc, lanes, mask, ref l11, ref r11);
        }

        Store<TColumns>(c, lanes, mask, l0, r0);
        if (THeight.Rows > 1) Store<TColumns>(c + ldc, lanes, mask, l1, r1);
        if (THeight.Rows > 2) Store<TColumns>(c + 2 * ldc, lanes, mask, l2, r2);
        if (THeight.Rows > 3) Store<TColumns>(c + 3 * ldc, lanes, mask, l3, r3);
        if (THeight.Rows > 4) Store<TColumns>(c + 4 * ldc, lanes, mask, l4, r4);
        if (THeight.Rows > 5) Store<TColumns>(c + 5 * ldc, lanes, mask, l5, r5);
        if (THeight.Rows > 6) Store<TColumns>(c + 6 * ldc, lanes, mask, l6, r6);
        if (THeight.Rows > 7) Store<TColumns>(c + 7 * ldc, lanes, mask, l7, r7);
        if (THeight.Rows > 8) Store<TColumns>(c + 8 * ldc, lanes, mask, l8, r8);
        if (THeight.Rows > 9) Store<TColumns>(c + 9 * ldc, lanes, mask, l9, r9);
        if (THeight.Rows > 10) Store<TColumns>(c + 10 * ldc, lanes, mask, l10, r10);
        if (THeight.Rows > 11) Store<TColumns>(c + 11 * ldc, lanes, mask, l11, r11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TColumns>(float* source, int lanes, TVector mask, out TVector left, out TVector right)
        where TColumns : struct, IColumns
    {
        // An if around whole assignments: with a conditional expression of vectors, every step copies one from register to register.
        right = default;
        if (!TColumns.Two)
        {
            left = TColumns.Part ? TVectors.LoadPart(source, lanes, mask) : TVectors.Load(source);
            return;
        }
        left = TVectors.Load(source);
        right = TColumns.Part ? TVectors.LoadPart(source + TVectors.Lanes, lanes, mask) : TVectors.Load(source + TVectors.Lanes);
    }

    // The value comes as a pointer, so that it is loaded and broadcast by one instruction: a float would be loaded by another before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd<TColumns>(float* a, TVector left, TVector right, ref TVector leftSum, ref TVector rightSum)
        where TColumns : struct, IColumns
    {
        var value = TVectors.Create(*a);
        leftSum = TVectors.MultiplyAdd(value, left, leftSum);
        if (TColumns.Two) rightSum = TVectors.MultiplyAdd(value, right, rightSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TColumns>(float* source, int lanes, TVector mask, ref TVector leftSum, ref TVector rightSum)
        where TColumns : struct, IColumns
    {
        Load<TColumns>(source, lanes, mask, out var left, out var right);
        leftSum = TVectors.Add(leftSum, left);
        if (TColumns.Two) rightSum = TVectors.Add(rightSum, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TColumns>(float* target, int lanes, TVector mask, TVector left, TVector right)
        where TColumns : struct, IColumns
    {
        if (TColumns.Part && !TColumns.Two) TVectors.StorePart(target, lanes, mask, left);
        else TVectors.Store(target, left);
        if (TColumns.Part && TColumns.Two) TVectors.StorePart(target + TVectors.Lanes, lanes, mask, right);
        else if (TColumns.Two) TVectors.Store(target + TVectors.Lanes, right);
    }
}
