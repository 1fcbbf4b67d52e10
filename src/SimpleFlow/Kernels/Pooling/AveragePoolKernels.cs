using System.Numerics;

namespace SimpleFlow.Kernels.Pooling;

/// <summary>The mean of the elements under the window. Parts take whole planes.</summary>
internal sealed unsafe class AveragePoolKernel(PoolingGeometry geometry, bool countPadding, float* images, float* result) : Kernel
{
    public override IEnumerable<KernelPath> Paths(int parts) => [geometry.SumsAreLong ? KernelPath.Chains : KernelPath.OneChain];

    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(geometry.Planes, part, parts);
        for (var plane = start; plane < end; plane++)
        {
            var from = images + (nint)plane * geometry.Height * geometry.Width;
            var to = result + (nint)plane * geometry.Down * geometry.Across;
            if (geometry.SumsAreLong) Plane<double>(from, to);
            else Plane<float>(from, to);
        }
    }

    private void Plane<TSum>(float* from, float* to) where TSum : INumber<TSum>
    {
        for (var i = 0; i < geometry.Down; i++)
        {
            var (top, bottom) = geometry.Vertical.Under(i, geometry.Height);
            for (var j = 0; j < geometry.Across; j++)
            {
                var (left, right) = geometry.Horizontal.Under(j, geometry.Width);
                var sum = TSum.Zero;
                for (var ky = top; ky < bottom; ky++)
                {
                    var line = from + geometry.Vertical.At(i, ky) * (nint)geometry.Width;
                    for (var kx = left; kx < right; kx++) sum += TSum.CreateTruncating(line[geometry.Horizontal.At(j, kx)]);
                }
                *to++ = float.CreateTruncating(sum
                    / TSum.CreateTruncating(countPadding ? geometry.Window : (bottom - top) * (right - left)));
            }
        }
    }
}

/// <summary>Adds every upstream element to its window, in equal parts. Parts take whole planes.</summary>
internal sealed unsafe class AveragePoolGradientKernel(PoolingGeometry geometry, bool countPadding, float* upstream, float* result,
    float* scratch) : Kernel
{
    public override IEnumerable<KernelPath> Paths(int parts) => [geometry.GradientsAreLong ? KernelPath.Chains : KernelPath.OneChain];

    public override void Run(int part, int parts)
    {
        var totals = (double*)(scratch + part * geometry.GradientScratchPerPart);
        var (start, end) = Piece(geometry.Planes, part, parts);
        for (var plane = start; plane < end; plane++)
        {
            var arriving = upstream + (nint)plane * geometry.Down * geometry.Across;
            var to = result + (nint)plane * geometry.Height * geometry.Width;
            if (!geometry.GradientsAreLong)
            {
                Plane(arriving, to);
                continue;
            }
            Plane(arriving, totals);
            LongSums.Round(totals, to, (nint)geometry.Height * geometry.Width);
        }
    }

    private void Plane<TSum>(float* arriving, TSum* to) where TSum : unmanaged, INumber<TSum>
    {
        new Span<TSum>(to, geometry.Height * geometry.Width).Clear();
        for (var i = 0; i < geometry.Down; i++)
        {
            var (top, bottom) = geometry.Vertical.Under(i, geometry.Height);
            for (var j = 0; j < geometry.Across; j++)
            {
                var (left, right) = geometry.Horizontal.Under(j, geometry.Width);
                var share = TSum.CreateTruncating(*arriving++ / (countPadding ? geometry.Window : (bottom - top) * (right - left)));
                for (var ky = top; ky < bottom; ky++)
                {
                    var line = to + geometry.Vertical.At(i, ky) * (nint)geometry.Width;
                    for (var kx = left; kx < right; kx++) line[geometry.Horizontal.At(j, kx)] += share;
                }
            }
        }
    }
}
