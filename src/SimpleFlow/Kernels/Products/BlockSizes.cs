namespace SimpleFlow.Kernels.Products;

/// <summary>
/// How large the blocks of a product are, and when packing pays. Every number was measured, on the shapes of real networks and on squares,
/// on two processors with 48 KB of level-1 and 1 or 2 MB of level-2 cache; none of them changes a bit of the result.
/// </summary>
internal static class BlockSizes
{
    /// <summary>
    /// Steps of k per block (KC). A strip of A, 12 × 256 floats, is 12 KB and a panel of B, 256 × 32 floats, is 32 KB:
    /// together they stay in level 1 while a tile runs. A tile of C is then read and written once per 256 steps, which costs about 1 in 50.
    /// </summary>
    public const int Depth = 256;

    /// <summary>The steps of k per block in a product of this many steps. Blocks of nearly equal size waste nothing: 784 steps are 4 · 196,
    /// not 3 · 256 + 16.</summary>
    public static int StepsOf(int k) => Even(k, Depth, 4);

    /// <summary>The size of a block, rounded up to a multiple, when a whole is cut evenly into as few blocks as possible, each at most this
    /// large.</summary>
    public static int Even(int whole, int most, int multiple) =>
        whole <= most ? whole : RoundUp(EvenCut.Pieces(whole, EvenCut.Pieces(whole, most)), multiple);

    public static int RoundUp(int value, int multiple) => EvenCut.Pieces(value, multiple) * multiple;

    /// <summary>
    /// Columns per block (NC). The block of B, 256 × 256 floats, is 256 KB: it stays in level 2 while all strips of A pass by, and leaves
    /// room for them. Twice the size was slower by 2 %, four times by 4 %.
    /// </summary>
    public const int Columns = 256;

    /// <summary>
    /// From this many rows of C on, a wide B is packed even if it could be read in place. A packed float is used once per row, so a few
    /// rows do not repay the copy. An Intel processor gains 13 to 29 % from packing at 128 to 256 rows and 1000 or 1024 columns, where rows
    /// of B lie about a page apart; an AMD processor loses 1 to 2 % up to 512 rows, and gains 2 % at 1024.
    /// </summary>
    public const int RowsThatRepayPacking = 128;

    /// <summary>With fewer columns, the rows of B lie close enough together without packing: at 256, packing loses 3 to 5 %; at 512, it
    /// makes no difference.</summary>
    public const int ColumnsThatNeedPacking = 512;

    /// <summary>
    /// Columns per block if A is packed too. The panel of B in use stays in level 1: 16 KB of AVX2's 32 KB. So its block, 1 MB, may lie in
    /// level 3, and the larger it is, the less often A is packed.
    /// </summary>
    public const int ColumnsBesidePackedA = 1024;

    /// <summary>
    /// Rows per block of packed A (MC): 96 × 256 floats are 96 KB, a fifth of the level-2 cache of the processor it was measured on, an AMD
    /// with AVX2 (512 KB; at most 104 GFLOP/s). There a product of 1024³ runs at 91 GFLOP/s instead of 81, and one whose A is stored
    /// transposed, with rows a page apart, at 93 instead of 65; half or twice as many rows make no difference.
    /// </summary>
    public const int Rows = 96;
}
