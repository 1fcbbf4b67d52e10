using System.Runtime.Intrinsics;

namespace SimpleFlow.Kernels.Products;

/// <summary>
/// AVX-512: 12 rows of 32 columns. The tile takes 24 of the 32 registers, the row of B two and the value of A one. Each step is 24
/// multiply-adds for 14 loads, and two of either can start per cycle: the multiply-adds are the limit, as they should be.
/// </summary>
internal readonly struct MicroKernel512 : IMicroKernel
{
    public static int Height => 12;

    public static int Width => 2 * Vectors512.Lanes;

    public static bool PacksA => false;

    public static void Run(in Tile tile) => VectorTile<Vector512<float>, Vectors512>.UpTo12(tile);
}

/// <summary>AVX2 with FMA: 6 rows of 16 columns. The tile takes 12 of the 16 registers, the row of B two and the value of A one.</summary>
internal readonly struct MicroKernel256 : IMicroKernel
{
    public static int Height => 6;

    public static int Width => 2 * Vectors256.Lanes;

    public static bool PacksA => true;

    public static void Run(in Tile tile) => VectorTile<Vector256<float>, Vectors256>.UpTo6(tile);
}

/// <summary>
/// 4 floats at a time, in the platform's own instructions: NEON, WebAssembly, SSE. 6 rows of 8 columns, for the 16 registers of the
/// smallest of them.
/// </summary>
internal readonly struct MicroKernel128 : IMicroKernel
{
    public static int Height => 6;

    public static int Width => 2 * Vectors128.Lanes;

    public static bool PacksA => false;

    public static void Run(in Tile tile) => VectorTile<Vector128<float>, Vectors128>.UpTo6(tile);
}
