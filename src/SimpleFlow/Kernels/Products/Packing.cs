using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels.Products;

/// <summary>
/// Copies a block of op(B) into panels as wide as a tile, in the order in which the micro-kernel reads it: one straight line.
/// <code>
///    op(B), 3 steps × 8 columns               two panels of width 4, one after the other
///
///      a b c d   e f g h                        a b c d  i j k l  q r s t     e f g h  m n o p  u v w x
///      i j k l   m n o p             →
///      q r s t   u v w x
/// </code>
/// A plain B is stored as in the picture and copied line by line. A transposed B is stored column after column (a i q, b j r, …) and is
/// transposed on the way. A is packed strip by strip, only in large products with <see cref="IMicroKernel.PacksA"/>: the micro-kernel
/// broadcasts its values one by one, from any stride, so packing saves only cache misses.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>Packs a block of a plain B: <paramref name="depth"/> rows of <paramref name="columns"/> floats.</summary>
    public static void Plain(float* source, nint leadingDimension, int columns, int depth, float* panels, int width)
    {
        // Row by row over all panels, because a row of B is one straight line, which the processor prefetches.
        for (var p = 0; p < depth; p++)
        {
            var panel = panels + (nint)p * width;
            for (var j = 0; j < columns; j += width)
            {
                Copy(source + j, panel, Math.Min(columns - j, width));
                panel += (nint)depth * width;
            }

            source += leadingDimension;
        }
    }

    /// <summary>Packs a strip of A: its rows one after the other, or its columns if they are the contiguous lines (<paramref name="row"/>
    /// is 1).</summary>
    public static void Strip(float* source, nint row, nint step, int rows, int depth, float* strip)
    {
        if (row != 1)
        {
            for (var i = 0; i < rows; i++) Copy(source + i * row, strip + (nint)i * depth, depth);
            return;
        }
        for (var p = 0; p < depth; p++) Copy(source + p * step, strip + (nint)p * rows, rows);
    }

    /// <summary>Packs a block of a transposed B: <paramref name="columns"/> rows of
    /// <paramref name="depth"/> floats, each a column of op(B).</summary>
    public static void Transposed(float* source, nint leadingDimension, int columns, int depth, float* panels, int width)
    {
        for (; columns > 0; columns -= width)
        {
            var rows = Math.Min(columns, width);
            var group = rows >= 16 && Avx512F.IsSupported ? 16 : rows >= 8 && Avx.IsSupported ? 8
                : rows >= 4 && Vector128.IsHardwareAccelerated ? 4 : 1;
            for (var j = 0; j < rows; j += group)
            {
                // If the rows are not a multiple of the group, the last group overlaps the one before it.
                var first = Math.Min(j, rows - group);
                var row = source + first * leadingDimension;
                var done = group == 16 ? SixteenRows(row, leadingDimension, depth, panels + first, width)
                    : group == 8 ? EightRows(row, leadingDimension, depth, panels + first, width)
                    : group == 4 ? FourRows(row, leadingDimension, depth, panels + first, width)
                    : 0;
                for (var i = 0; i < group; i++)
                    for (var p = done; p < depth; p++)
                        panels[(nint)p * width + first + i] = row[i * leadingDimension + p];
            }

            source += width * leadingDimension;
            panels += (nint)depth * width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* target, int count)
    {
        var j = 0;
        if (Avx512F.IsSupported)
            for (; j + 16 <= count; j += 16) Avx512F.Store(target + j, Avx512F.LoadVector512(source + j));
        if (Avx.IsSupported)
            for (; j + 8 <= count; j += 8) Avx.Store(target + j, Avx.LoadVector256(source + j));
        for (; j + 4 <= count; j += 4) Vector128.Store(Vector128.Load(source + j), target + j);
        for (; j < count; j++) target[j] = source[j];
    }

    // Transposes four rows in squares of 4 × 4 and returns how many columns it did: all but the last zero to three.
    private static int FourRows(float* row, nint leadingDimension, int depth, float* panel, nint width)
    {
        var p = 0;
        for (; p + 4 <= depth; p += 4)
        {
            var source = row + p;
            var a = Vector128.Load(source);
            var b = Vector128.Load(source + leadingDimension);
            var c = Vector128.Load(source + 2 * leadingDimension);
            var d = Vector128.Load(source + 3 * leadingDimension);
            var (acLow, acHigh, bdLow, bdHigh) = (ZipLow(a, c), ZipHigh(a, c), ZipLow(b, d), ZipHigh(b, d));
            Vector128.Store(ZipLow(acLow, bdLow), panel);
            Vector128.Store(ZipHigh(acLow, bdLow), panel + width);
            Vector128.Store(ZipLow(acHigh, bdHigh), panel + 2 * width);
            Vector128.Store(ZipHigh(acHigh, bdHigh), panel + 3 * width);
            panel += 4 * width;
        }

        return p;
    }

    // The same for eight rows: the halves of a vector hold rows i and i+4, and each half is a square of its own.
    private static int EightRows(float* row, nint leadingDimension, int depth, float* panel, nint width)
    {
        var p = 0;
        for (; p + 4 <= depth; p += 4)
        {
            var source = row + p;
            var a = Halves(source, 4 * leadingDimension);
            var b = Halves(source + leadingDimension, 4 * leadingDimension);
            var c = Halves(source + 2 * leadingDimension, 4 * leadingDimension);
            var d = Halves(source + 3 * leadingDimension, 4 * leadingDimension);
            var (acLow, acHigh) = (Avx.UnpackLow(a, c), Avx.UnpackHigh(a, c));
            var (bdLow, bdHigh) = (Avx.UnpackLow(b, d), Avx.UnpackHigh(b, d));
            Avx.Store(panel, Avx.UnpackLow(acLow, bdLow));
            Avx.Store(panel + width, Avx.UnpackHigh(acLow, bdLow));
            Avx.Store(panel + 2 * width, Avx.UnpackLow(acHigh, bdHigh));
            Avx.Store(panel + 3 * width, Avx.UnpackHigh(acHigh, bdHigh));
            panel += 4 * width;
        }

        return p;
    }

    // The same for sixteen rows: the four quarters of a vector hold rows i, i+4, i+8 and i+12, and each quarter is a square of its own.
    private static int SixteenRows(float* row, nint leadingDimension, int depth, float* panel, nint width)
    {
        var p = 0;
        for (; p + 4 <= depth; p += 4)
        {
            var source = row + p;
            if (p % 16 == 0)
                for (var i = 16; i < 32; i++) Sse.Prefetch1(source + i * leadingDimension);   // the next sixteen rows, to level 2

            var a = Quarters(source, 4 * leadingDimension);
            var b = Quarters(source + leadingDimension, 4 * leadingDimension);
            var c = Quarters(source + 2 * leadingDimension, 4 * leadingDimension);
            var d = Quarters(source + 3 * leadingDimension, 4 * leadingDimension);
            var (acLow, acHigh) = (Avx512F.UnpackLow(a, c), Avx512F.UnpackHigh(a, c));
            var (bdLow, bdHigh) = (Avx512F.UnpackLow(b, d), Avx512F.UnpackHigh(b, d));
            Avx512F.Store(panel, Avx512F.UnpackLow(acLow, bdLow));
            Avx512F.Store(panel + width, Avx512F.UnpackHigh(acLow, bdLow));
            Avx512F.Store(panel + 2 * width, Avx512F.UnpackLow(acHigh, bdHigh));
            Avx512F.Store(panel + 3 * width, Avx512F.UnpackHigh(acHigh, bdHigh));
            panel += 4 * width;
        }

        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* source, nint stride) =>
        Avx.InsertVector128(Vector128.Load(source).ToVector256Unsafe(), Vector128.Load(source + stride), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* source, nint stride)
    {
        var vector = Vector128.Load(source).ToVector256Unsafe().ToVector512Unsafe();
        vector = Avx512F.InsertVector128(vector, Vector128.Load(source + stride), 1);
        vector = Avx512F.InsertVector128(vector, Vector128.Load(source + 2 * stride), 2);
        return Avx512F.InsertVector128(vector, Vector128.Load(source + 3 * stride), 3);
    }

    /// <summary>x0 y0 x1 y1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipLow(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y)
        : Vector128.Create(x.GetElement(0), y.GetElement(0), x.GetElement(1), y.GetElement(1));

    /// <summary>x2 y2 x3 y3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipHigh(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y)
        : Vector128.Create(x.GetElement(2), y.GetElement(2), x.GetElement(3), y.GetElement(3));
}
