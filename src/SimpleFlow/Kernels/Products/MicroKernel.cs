namespace SimpleFlow.Kernels.Products;

/// <summary>
/// One tile of C, small enough to live in registers while its whole sum runs.
/// <code>
///                          ┌────────────┐
///                          │ row of B   │   b + p·StepB: one or two vectors
///                          └────────────┘
///      a + p·StepA  ┌─┐    ┌────────────┐
///      … + RowA     │ │    │            │
///      … + 2·RowA   │ │    │ tile of C  │   += (column of A) · (row of B), for every step p
///                   └─┘    └────────────┘
/// </code>
/// Every value of A is broadcast to a vector once and multiplies the whole row of B; the tile itself never leaves the registers.
/// </summary>
/// <remarks>
/// A is read through two strides, so that one kernel reads it as stored (RowA = lda, StepA = 1) and transposed (1, lda). B is read through
/// one, so that it too may be as stored (StepB = ldb) or packed (StepB = tile width).
/// </remarks>
internal unsafe struct Tile
{
    public float* A;
    public nint RowA;
    public nint StepA;
    public float* B;
    public nint StepB;

    /// <summary>The offset of each row of B from <see cref="B"/>, instead of a fixed <see cref="StepB"/>; null if the rows are equally far
    /// apart.</summary>
    public int* Offsets;

    /// <summary>The offset of each column of A from <see cref="A"/>, instead of a fixed <see cref="StepA"/>; null if the columns are
    /// equally far apart. Only one of the two may be scattered.</summary>
    public int* LeftOffsets;
    public float* C;
    public nint Ldc;

    /// <summary>The number of steps: the depth of the k-block.</summary>
    public nint Depth;

    /// <summary>Rows of this tile, from 1 to the kernel's height.</summary>
    public int Rows;

    /// <summary>Columns of this tile, from 1 to the kernel's width. Nothing beyond them is read or written.</summary>
    public int Columns;

    /// <summary>Start from the values in C instead of zeros: one chain over several tiles.</summary>
    public bool Continue;

    /// <summary>Start from zeros and add the result to the values in C: a chain of its own, one of several.</summary>
    public bool Adds;
}

/// <summary>A micro-kernel: the innermost loop of the product, for one width of vectors.</summary>
internal unsafe interface IMicroKernel
{
    /// <summary>The maximum number of rows of a tile.</summary>
    static abstract int Height { get; }

    /// <summary>The maximum number of columns of a tile.</summary>
    static abstract int Width { get; }

    /// <summary>Whether large products gain from packing A as well as B.</summary>
    static abstract bool PacksA { get; }

    /// <summary>Computes one tile.</summary>
    static abstract void Run(in Tile tile);
}

/// <summary>
/// The number of rows of a tile as a type. The kernels are written once for their full height, and every row beyond <see cref="Rows"/> is
/// an <c>if</c> on a constant, which the compiler removes: one source, one machine loop per height, and no arithmetic spent on rows that do
/// not exist.
/// </summary>
internal interface IHeight
{
    static abstract int Rows { get; }
}

/// <summary>The columns of a tile as a type: one or two vectors, of which the last may be used only in part.</summary>
internal interface IColumns
{
    static abstract bool Two { get; }

    static abstract bool Part { get; }
}

/// <summary>Whether what a step reads is scattered, as a type: a column of A or a row of B.</summary>
internal interface ISteps
{
    static abstract bool ScatteredLeft { get; }

    static abstract bool ScatteredRight { get; }
}

internal readonly struct Even : ISteps
{
    public static bool ScatteredLeft => false;

    public static bool ScatteredRight => false;
}

internal readonly struct ScatteredLeft : ISteps
{
    static bool ISteps.ScatteredLeft => true;

    public static bool ScatteredRight => false;
}

internal readonly struct ScatteredRight : ISteps
{
    public static bool ScatteredLeft => false;

    static bool ISteps.ScatteredRight => true;
}

internal readonly struct OneVector : IColumns
{
    public static bool Two => false;

    public static bool Part => false;
}

internal readonly struct PartOfOneVector : IColumns
{
    public static bool Two => false;

    public static bool Part => true;
}

internal readonly struct TwoVectors : IColumns
{
    public static bool Two => true;

    public static bool Part => false;
}

internal readonly struct OneVectorAndAPart : IColumns
{
    public static bool Two => true;

    public static bool Part => true;
}

internal readonly struct Height1 : IHeight
{
    public static int Rows => 1;
}

internal readonly struct Height2 : IHeight
{
    public static int Rows => 2;
}

internal readonly struct Height3 : IHeight
{
    public static int Rows => 3;
}

internal readonly struct Height4 : IHeight
{
    public static int Rows => 4;
}

internal readonly struct Height5 : IHeight
{
    public static int Rows => 5;
}

internal readonly struct Height6 : IHeight
{
    public static int Rows => 6;
}

internal readonly struct Height7 : IHeight
{
    public static int Rows => 7;
}

internal readonly struct Height8 : IHeight
{
    public static int Rows => 8;
}

internal readonly struct Height9 : IHeight
{
    public static int Rows => 9;
}

internal readonly struct Height10 : IHeight
{
    public static int Rows => 10;
}

internal readonly struct Height11 : IHeight
{
    public static int Rows => 11;
}

internal readonly struct Height12 : IHeight
{
    public static int Rows => 12;
}
