using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// The images' gradient of a convolution: for each image and group, patches[patch, places] = weightsᵀ[patch, filters] · upstream[filters,
/// places], a block of places at a time. Every element of the patches is then added to its pixel. Parts take whole images.
/// </summary>
internal sealed unsafe class ConvolutionInputGradientKernel(ConvolutionGeometry geometry, float* upstream, float* weights, float* result,
    float* scratch) : Kernel
{
    /// <summary>For each part, a block of patches, totals of the pixels, and the scratch of the product.</summary>
    public static long ScratchPerPart(ConvolutionGeometry geometry) =>
        geometry.PatchScratch + Totals(geometry) + geometry.ProductScratch(geometry.Patch, geometry.Filters, transposeA: true);

    // Totals of the pixels, if so much is added to each pixel that it needs one.
    private static long Totals(ConvolutionGeometry geometry) =>
        geometry.AddsBackLong ? ConvolutionGeometry.Aligned(2L * geometry.ImageSize) : 0;

    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        geometry.PatchPath, geometry.BlockPath, LongSums.PathOf(geometry.Filters),
        .. geometry.AddsBackLong
            ? (KernelPath[])[geometry.Horizontal.Stride == 1 ? KernelPath.AddedBack : KernelPath.AddedBackInSteps] : [],
    ];

    public override void Run(int part, int parts)
    {
        if (geometry.ImageSize == 0) return;
        var patches = scratch + part * ScratchPerPart(geometry);
        var totals = (double*)(patches + geometry.PatchScratch);
        var rows = geometry.BlockRows;
        var (start, end) = Piece(geometry.Images * geometry.Groups, part, parts);
        for (var image = start; image < end; image++)
        {
            var to = result + (nint)image * geometry.ImageSize;
            if (geometry.AddsBackLong) new Span<double>(totals, geometry.ImageSize).Clear();
            else if (!geometry.IsPointwise) new Span<float>(to, geometry.ImageSize).Clear();
            for (int top = 0, bottom; top < geometry.Down; top = bottom)
            {
                bottom = top + Math.Min(rows, geometry.Down - top);
                MatrixProduct.Multiply(new MatrixProductArguments
                {
                    M = geometry.Patch,
                    N = (bottom - top) * geometry.Across,
                    K = geometry.Filters,
                    A = weights + (nint)(image % geometry.Groups) * geometry.Filters * geometry.Patch,
                    Lda = geometry.Patch,
                    TransposeA = true,
                    B = upstream + (nint)image * geometry.Filters * geometry.Places + top * geometry.Across,
                    Ldb = geometry.Places,
                    C = geometry.IsPointwise ? to : patches,
                    Ldc = (bottom - top) * geometry.Across,
                    Scratch = patches + geometry.PatchScratch + Totals(geometry),
                });
                if (geometry.AddsBackLong) Patches.AddToTotals(geometry, patches, top, bottom, totals);
                else if (!geometry.IsPointwise) Patches.AddBack(geometry, patches, top, bottom, to);
            }
            if (geometry.AddsBackLong) LongSums.Round(totals, to, geometry.ImageSize);
        }
    }
}
