using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Kernels.Pooling;

namespace SimpleFlow.Kernels;

/// <summary>
/// The paths through the kernels that depend on sizes. A bound kernel says which of them it takes (<see cref="Kernel.Paths"/>); nothing is
/// counted while it runs. If you add a faster path, add its name here: the tests count how often each path is taken, and require every one.
/// </summary>
internal enum KernelPath
{
    /// <summary>Maximum pooling over pairs (<see cref="PoolingGeometry.IsHalving"/>), 16 windows under a mask.</summary>
    PairsUnderMasks,

    /// <summary>Maximum pooling over pairs, 8 windows at a time; the last ones overlap those before.</summary>
    EightPairs,

    /// <summary>Maximum pooling over pairs, 4 windows at a time; the last ones overlap those before.</summary>
    FourPairs,

    /// <summary>Maximum pooling over pairs, window by window: the row is too short for vectors, or there are none.</summary>
    SinglePairs,

    /// <summary>Maximum pooling over any windows.</summary>
    Windows,

    /// <summary>A convolution whose images are their own patches: <see cref="ConvolutionGeometry.IsPointwise"/>.</summary>
    OnePixel,

    /// <summary>Patches moved under masks: <see cref="Patches512.Suits"/>.</summary>
    MaskedPatches,

    /// <summary>Patches whose windows move by one column, so that they are pieces of rows.</summary>
    RowsOfPatches,

    /// <summary>Any other patches, element by element.</summary>
    Patches,

    /// <summary>All patches of an image at once.</summary>
    OneBlock,

    /// <summary>So many patches that they are unrolled block by block: <see cref="ConvolutionGeometry.Blocks"/>.</summary>
    SeveralBlocks,

    /// <summary>Blocks of images that fill all lanes.</summary>
    FullLanes,

    /// <summary>A last block of fewer images.</summary>
    PartOfLanes,

    /// <summary>All rows of a block of images at once.</summary>
    OneChunk,

    /// <summary>So many rows that they are copied into the lanes chunk by chunk.</summary>
    SeveralChunks,

    /// <summary>Planes copied into the lanes in one go, because they have no padding.</summary>
    WholePlanes,

    /// <summary>Planes copied into the lanes row by row, with zeros around them.</summary>
    PaddedRows,

    /// <summary>A product of one column, computed as a row.</summary>
    OneColumn,

    /// <summary>The right operand is read in place.</summary>
    InPlace,

    /// <summary>The right operand is packed line by line.</summary>
    Packed,

    /// <summary>The right operand is transposed while it is packed.</summary>
    TurnedAndPacked,

    /// <summary>The left operand is packed, too.</summary>
    BothPacked,

    /// <summary>The right operand comes in panels.</summary>
    InPanels,

    /// <summary>A part computes whole products of a batch.</summary>
    WholeProducts,

    /// <summary>A batch of fewer products than parts, so that each part computes a piece of each product.</summary>
    SharedProducts,

    /// <summary>A product passes its blocks to a tile program.</summary>
    HandsOn,

    /// <summary>A reduction takes its elements from a tile program.</summary>
    TakesOver,

    /// <summary>An operand of the result's shape.</summary>
    Dense,

    /// <summary>An operand of one element.</summary>
    Uniform,

    /// <summary>An operand that repeats within a tile.</summary>
    Periodic,

    /// <summary>Any other operand, unrolled for each tile.</summary>
    General,

    /// <summary>A reduction of rows, several per block.</summary>
    ShortRows,

    /// <summary>A reduction of rows that are longer than a block.</summary>
    LongRows,

    /// <summary>A reduction of columns, a vector of them at a time.</summary>
    Columns,

    /// <summary>A reduction of fewer columns than a vector has lanes.</summary>
    FewColumns,

    /// <summary>A reduction along the first axis, whose columns are divided among the parts.</summary>
    SharedColumns,

    /// <summary>A reduction along a middle axis: a part has whole sets of columns.</summary>
    OwnColumns,

    /// <summary>A copy of contiguous runs.</summary>
    Runs,

    /// <summary>A copy of single elements, or of pieces that are not contiguous.</summary>
    Pieces,

    /// <summary>A softmax of rows shorter than a vector.</summary>
    NarrowRows,

    /// <summary>A softmax of rows of some vectors.</summary>
    MiddlingRows,

    /// <summary>A softmax of rows that are long enough for a call each.</summary>
    WideRows,

    /// <summary>Sums of at most <see cref="LongSums.Chain"/> terms.</summary>
    OneChain,

    /// <summary>Sums of more terms, which have a second level.</summary>
    Chains,

    /// <summary>Patches with so many overlapping windows that pixels have totals.</summary>
    AddedBack,

    /// <summary>The same for windows that move by more than one column.</summary>
    AddedBackInSteps,

    /// <summary>Products over more than <see cref="LongSums.Block"/> terms, which have a third level.</summary>
    Blocks,
}
