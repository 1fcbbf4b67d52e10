namespace SimpleFlow.Kernels;

/// <summary>The mean of the elements under the window. Parts take whole planes.</summary>
internal sealed unsafe class AveragePoolKernel(PoolingGeometry geometry, bool countPadding, float* images, float* result) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(geometry.Planes, part, parts);
        for (var plane = start; plane < end; plane++)
        {
            var from = images + (nint)plane * geometry.Height * geometry.Width;
            var to = result + (nint)plane * geometry.Down * geometry.Across;
            for (var i = 0; i < geometry.Down; i++)
            {
                var (top, bottom) = geometry.Vertical.Under(i, geometry.Height);
                for (var j = 0; j < geometry.Across; j++)
                {
                    var (left, right) = geometry.Horizontal.Under(j, geometry.Width);
                    float sum = 0;
                    for (var ky = top; ky < bottom; ky++)
                    {
                        var line = from + geometry.Vertical.At(i, ky) * (nint)geometry.Width;
                        for (var kx = left; kx < right; kx++) sum += line[geometry.Horizontal.At(j, kx)];
                    }
                    *to++ = sum / (countPadding ? geometry.Window : (bottom - top) * (right - left));
                }
            }
        }
    }
}

/// <summary>Adds every upstream element in equal shares under its window. Parts take whole planes.</summary>
internal sealed unsafe class AveragePoolGradientKernel(PoolingGeometry geometry, bool countPadding, float* upstream, float* result) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(geometry.Planes, part, parts);
        for (var plane = start; plane < end; plane++)
        {
            var arriving = upstream + (nint)plane * geometry.Down * geometry.Across;
            var to = result + (nint)plane * geometry.Height * geometry.Width;
            new Span<float>(to, geometry.Height * geometry.Width).Clear();
            for (var i = 0; i < geometry.Down; i++)
            {
                var (top, bottom) = geometry.Vertical.Under(i, geometry.Height);
                for (var j = 0; j < geometry.Across; j++)
                {
                    var (left, right) = geometry.Horizontal.Under(j, geometry.Width);
                    var share = *arriving++ / (countPadding ? geometry.Window : (bottom - top) * (right - left));
                    for (var ky = top; ky < bottom; ky++)
                    {
                        var line = to + geometry.Vertical.At(i, ky) * (nint)geometry.Width;
                        for (var kx = left; kx < right; kx++) line[geometry.Horizontal.At(j, kx)] += share;
                    }
                }
            }
        }
    }
}
