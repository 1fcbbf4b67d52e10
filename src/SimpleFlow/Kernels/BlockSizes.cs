namespace SimpleFlow.Kernels;

/// <summary>How large the blocks of a product are, and from where on packing pays. Each number has a reason and was measured.</summary>
internal static class BlockSizes
{
    /// <summary>
    /// Steps of k per block (KC). A strip of A, 12 × 256 floats, is 12 KB; a panel of B, 256 × 32, is 32 KB: together they stay in a
    /// level-1 cache of 48 KB while a tile runs, and the tile is read and written once per 256 steps.
    /// </summary>
    public const int Depth = 256;

    /// <summary>
    /// Columns per block (NC). The block of B, 256 × 512 floats, is 512 KB: half of a level-2 cache of 1 MB, and each strip of A is used
    /// for 16 tiles once it is packed.
    /// </summary>
    public const int Columns = 512;

    /// <summary>From so many rows of C on, packing B is repaid: each packed float is used once per row.</summary>
    public const int RowsThatRepayPackingB = 48;

    /// <summary>Below so many columns B is not packed: its rows are so short that a block of it lies together in the cache anyway.</summary>
    public const int ColumnsThatNeedPackingB = 128;

    /// <summary>From so many columns of C on, packing A is repaid: each packed float is used once per column.</summary>
    public const int ColumnsThatRepayPackingA = 256;
}
