using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels;

/// <summary>
/// Copies a block of an operand into the order in which the micro-kernel reads it, so that it reads one straight line.
/// <code>
///    as stored, "lines along":            as stored, "lines across":          packed, width 4:
///
///      step 0:  a b c d                     a e i                               a b c d  e f g h  i j k l
///      step 1:  e f g h                     b f j
///      step 2:  i j k l                     c g k
///                                           d h l
/// </code>
/// A panel is <c>width</c> columns of B, or rows of A, wide. Two functions serve both operands: B as stored and A transposed lie along the
/// steps and are copied line by line; A as stored and B transposed lie across them and are transposed on the way.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>Packs <paramref name="depth"/> lines of <paramref name="used"/> floats to lines of <paramref name="width"/> floats. The rest of a line is left as it is: nobody reads it.</summary>
    public static void Along(float* source, nint leadingDimension, int used, int depth, float* panel, int width)
    {
        for (var p = 0; p < depth; p++)
        {
            var j = 0;
            if (Avx512F.IsSupported)
                for (; j + 16 <= used; j += 16) Avx512F.Store(panel + j, Avx512F.LoadVector512(source + j));
            for (; j + 4 <= used; j += 4) Vector128.Store(Vector128.Load(source + j), panel + j);
            for (; j < used; j++) panel[j] = source[j];
            source += leadingDimension;
            panel += width;
        }
    }

    /// <summary>Packs <paramref name="used"/> rows of <paramref name="depth"/> floats, so that column p becomes line p of the panel.</summary>
    public static void Across(float* source, nint leadingDimension, int used, int depth, float* panel, int width)
    {
        var j = 0;
        for (; j + 4 <= used; j += 4)
            FourRows(source + j * leadingDimension, leadingDimension, depth, panel + j, width);
        for (; j < used; j++)
        {
            var line = source + j * leadingDimension;
            for (var p = 0; p < depth; p++) panel[(nint)p * width + j] = line[p];
        }
    }

    private static void FourRows(float* row0, nint leadingDimension, int depth, float* panel, nint width)
    {
        var row1 = row0 + leadingDimension;
        var row2 = row1 + leadingDimension;
        var row3 = row2 + leadingDimension;
        var p = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; p + 4 <= depth; p += 4)
            {
                var (a, b, c, d) = (Vector128.Load(row0 + p), Vector128.Load(row1 + p), Vector128.Load(row2 + p), Vector128.Load(row3 + p));
                var (acLow, acHigh, bdLow, bdHigh) = (ZipLow(a, c), ZipHigh(a, c), ZipLow(b, d), ZipHigh(b, d));
                Vector128.Store(ZipLow(acLow, bdLow), panel);
                Vector128.Store(ZipHigh(acLow, bdLow), panel + width);
                Vector128.Store(ZipLow(acHigh, bdHigh), panel + 2 * width);
                Vector128.Store(ZipHigh(acHigh, bdHigh), panel + 3 * width);
                panel += 4 * width;
            }
        }

        for (; p < depth; p++)
        {
            panel[0] = row0[p];
            panel[1] = row1[p];
            panel[2] = row2[p];
            panel[3] = row3[p];
            panel += width;
        }
    }

    /// <summary>x0 y0 x1 y1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y)
        : Vector128.Create(x.GetElement(0), y.GetElement(0), x.GetElement(1), y.GetElement(1));

    /// <summary>x2 y2 x3 y3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y)
        : Vector128.Create(x.GetElement(2), y.GetElement(2), x.GetElement(3), y.GetElement(3));
}
