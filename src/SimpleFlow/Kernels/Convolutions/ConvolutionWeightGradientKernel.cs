using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Kernels.Convolutions;

/// <summary>
/// The weights' gradient of a convolution. It is computed transposed, because then the smaller operand is the one that is repacked: for
/// each group, sumsᵀ[patch, filters] = Σ over images of patches[patch, places] · upstreamᵀ[places, filters]. Parts take rows of the
/// patches, and unroll only those: every sum runs in one part over all images in order, so its bits do not depend on the parts.
/// </summary>
internal sealed unsafe class ConvolutionWeightGradientKernel(ConvolutionGeometry geometry, float* images, float* upstream, float* result,
    float* scratch) : Kernel
{
    /// <summary>For each part, a block of patches, the sums, their totals if they are long, and the scratch of the product.</summary>
    public static long ScratchPerPart(ConvolutionGeometry geometry) =>
        geometry.PatchScratch + (IsLong(geometry) ? 3 : 1) * SumsPerPart(geometry)
            + ConvolutionGeometry.Aligned(MatrixProduct.ScratchFloats(geometry.Patch, geometry.Filters, geometry.BlockPlaces,
                transposeA: false, transposeB: true));

    private static long SumsPerPart(ConvolutionGeometry geometry) => ConvolutionGeometry.Aligned((long)geometry.Patch * geometry.Filters);

    public override IEnumerable<KernelPath> Paths(int parts) => [geometry.PatchPath, geometry.BlockPath, LongSums.PathOf(Terms(geometry))];

    private static long Terms(ConvolutionGeometry geometry) => (long)geometry.Images * geometry.Places;

    private static bool IsLong(ConvolutionGeometry geometry) => Terms(geometry) > LongSums.Chain;

    public override void Run(int part, int parts)
    {
        if (geometry.Filters == 0) return;
        var (start, end) = Piece(geometry.Groups * geometry.Patch, part, parts);
        for (var group = 0; group < geometry.Groups; group++)
        {
            var (first, last) = (Math.Max(start, group * geometry.Patch), Math.Min(end, (group + 1) * geometry.Patch));
            if (first < last)
                Run(group, first - group * geometry.Patch, last - group * geometry.Patch, scratch + part * ScratchPerPart(geometry));
        }
    }

    private void Run(int group, int first, int end, float* patches)
    {
        var (count, filters, rows) = (end - first, geometry.Filters, geometry.BlockRows);
        var sums = patches + geometry.PatchScratch;
        var totals = (double*)(sums + SumsPerPart(geometry));
        var product = sums + (IsLong(geometry) ? 3 : 1) * SumsPerPart(geometry);
        new Span<float>(sums, count * filters).Clear();
        if (IsLong(geometry)) new Span<double>(totals, count * filters).Clear();
        var terms = 0;
        for (var number = 0; number < geometry.Images; number++)
        {
            var image = number * geometry.Groups + group;             // an image's groups count as images of their own
            var from = images + (nint)image * geometry.ImageSize;
            for (int top = 0, bottom; top < geometry.Down; top = bottom)
            {
                bottom = top + Math.Min(rows, geometry.Down - top);
                var places = (bottom - top) * geometry.Across;
                if (terms > 0 && terms + (long)places > LongSums.Chain)
                {
                    LongSums.Add(sums, totals, (nint)count * filters);
                    terms = 0;
                }
                if (!geometry.IsPointwise) Patches.Unroll(geometry, from, first, end, top, bottom, patches);
                MatrixProduct.Multiply(new MatrixProductArguments
                {
                    M = count,
                    N = filters,
                    K = places,
                    A = geometry.IsPointwise ? from + (nint)first * geometry.Places : patches,
                    Lda = places,
                    B = upstream + (nint)image * filters * geometry.Places + top * geometry.Across,
                    Ldb = geometry.Places,
                    TransposeB = true,
                    C = sums,
                    Ldc = filters,
                    Accumulate = terms > 0,
                    Scratch = product,
                });
                terms += places;
            }
        }
        if (IsLong(geometry))
        {
            LongSums.Add(sums, totals, (nint)count * filters);
            LongSums.Round(totals, sums, (nint)count * filters);
        }
        var to = result + (nint)group * filters * geometry.Patch;
        for (var filter = 0; filter < filters; filter++)
        {
            for (var row = 0; row < count; row++) to[(nint)filter * geometry.Patch + first + row] = sums[row * filters + filter];
        }
    }
}
