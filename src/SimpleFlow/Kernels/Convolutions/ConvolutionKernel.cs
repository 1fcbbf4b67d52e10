using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// A convolution: for each image and group, result[filters, places] = weights[filters, patch] ·
/// patches[patch, places], a block of places at a time. Parts take whole blocks, of one image or of several, or some filters of each block
/// if there are few.
/// </summary>
internal sealed unsafe class ConvolutionKernel(ConvolutionGeometry geometry, float* images, float* weights, float* result, float* scratch,
    IEpilogue? epilogue) : Kernel
{
    /// <summary>For each part, a block of patches and the scratch of the product.</summary>
    public static long ScratchPerPart(ConvolutionGeometry geometry) =>
        geometry.PatchScratch + geometry.ProductScratch(geometry.Filters, geometry.Patch, transposeA: false);

    /// <summary>Whether it passes its results on in pieces that a tile program takes: each of a multiple of four elements.</summary>
    public static bool HandsOn(ConvolutionGeometry geometry) =>
        geometry.Places % 4 == 0 && (geometry.Blocks <= 1 || (long)geometry.BlockRows * geometry.Across % 4 == 0);

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        geometry.PatchPath, geometry.BlockPath, LongSums.PathOf(geometry.Patch),
        .. epilogue is null ? [] : (KernelPath[])[KernelPath.HandsOn],
    ];

    public override void Run(int part, int parts)
    {
        if (geometry.Filters == 0) return;
        var patches = scratch + part * ScratchPerPart(geometry);
        var (blocks, rows) = (geometry.Blocks, geometry.BlockRows);
        var all = geometry.Images * geometry.Groups * blocks;
        var pieces = all % parts == 0 || all >= 8 * parts ? 1 : Math.Min(geometry.Filters, parts);
        var filtersBefore = new EvenCut(geometry.Filters, pieces);
        var (start, end) = Piece(all * pieces, part, parts);
        for (int at = start, unrolled = -1; at < end; at++)
        {
            var (item, piece) = Math.DivRem(at, pieces);
            var (image, block) = Math.DivRem(item, blocks);           // an image's groups count as images of their own
            var (top, bottom) = (block * rows, block * rows + Math.Min(rows, geometry.Down - block * rows));
            var from = images + (nint)image * geometry.ImageSize;
            if (!geometry.IsPointwise && unrolled != item) Patches.Unroll(geometry, from, 0, geometry.Patch, top, bottom, patches);
            unrolled = item;
            var (filter, filterEnd) = (filtersBefore.Before(piece), filtersBefore.Before(piece + 1));
            var firstPlace = ((nint)image * geometry.Filters + filter) * geometry.Places + top * geometry.Across;
            MatrixProduct.Multiply(new MatrixProductArguments
            {
                M = filterEnd - filter,
                N = (bottom - top) * geometry.Across,
                K = geometry.Patch,
                A = weights + ((nint)(image % geometry.Groups) * geometry.Filters + filter) * geometry.Patch,
                Lda = geometry.Patch,
                B = geometry.IsPointwise ? from : patches,
                Ldb = (bottom - top) * geometry.Across,
                C = result + firstPlace,
                Ldc = geometry.Places,
                Scratch = patches + geometry.PatchScratch,
                Epilogue = epilogue,
                EpiloguePart = part,
                EpilogueStart = (int)firstPlace,
            });
        }
    }
}
