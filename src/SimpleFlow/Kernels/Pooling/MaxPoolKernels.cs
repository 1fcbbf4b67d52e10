using System.Numerics;
using System.Numerics.Tensors;

namespace SimpleFlow.Kernels.Pooling;

/// <summary>The largest element under the window. Parts take whole planes.</summary>
internal sealed unsafe class MaxPoolKernel(PoolingGeometry geometry, float* images, float* result, float* scratch) : Kernel
{
    private const int Chunk = 256;

    public override IEnumerable<KernelPath> Paths(int parts) => [geometry.Path];

    public override void Run(int part, int parts)
    {
        var tallest = scratch + part * geometry.ScratchPerPart;
        var (start, end) = Piece(geometry.Planes, part, parts);
        for (var plane = start; plane < end; plane++)
        {
            var from = images + (nint)plane * geometry.Height * geometry.Width;
            var to = result + (nint)plane * geometry.Down * geometry.Across;
            if (geometry.IsHalving) MaxPoolHalving.Forward(geometry, from, to);
            else Plane(from, to, tallest);
        }
    }

    // A row of windows at a time. The rows under them are compared first, whole, as neighbouring windows share their columns;
    // then the elements under the same column of all windows are a line of their own.
    private void Plane(float* from, float* to, float* tallest)
    {
        var (vertical, horizontal) = (geometry.Vertical, geometry.Horizontal);
        for (var i = 0; i < geometry.Down; i++, to += geometry.Across)
        {
            new Span<float>(to, geometry.Across).Fill(float.NegativeInfinity);
            var (top, bottom) = vertical.Under(i, geometry.Height);
            if (top == bottom) continue;
            var line = from + (nint)vertical.At(i, top) * geometry.Width;
            for (var ky = top + 1; ky < bottom; ky++)
            {
                var next = from + (nint)vertical.At(i, ky) * geometry.Width;
                TensorPrimitives.Max(new ReadOnlySpan<float>(line, geometry.Width), new ReadOnlySpan<float>(next, geometry.Width),
                    new Span<float>(tallest, geometry.Width));
                line = tallest;
            }
            for (var kx = 0; kx < horizontal.Size; kx++) Raise(line, kx, to);
        }
    }

    /// <summary>Raises each result to the element under place <paramref name="kx"/> of its window, if that one is in the image.</summary>
    private void Raise(float* line, int kx, float* to)
    {
        var horizontal = geometry.Horizontal;
        var (begin, end) = horizontal.Inside(kx, geometry.Width, geometry.Across);
        var elements = stackalloc float[Chunk];
        for (int j = begin, count; j < end; j += count)
        {
            count = Math.Min(Chunk, end - j);
            var from = line + horizontal.At(j, kx);
            if (horizontal.Stride == 1) elements = from;
            else EachOf(from, horizontal.Stride, elements, count);
            var results = new Span<float>(to + j, count);
            TensorPrimitives.Max(results, new ReadOnlySpan<float>(elements, count), results);
        }
    }

    private static void EachOf(float* from, int stride, float* elements, int count)
    {
        var i = 0;
        // Every other float is the low half of eight bytes. The last one has perhaps nothing after it.
        if (stride == 2 && BitConverter.IsLittleEndian)
        {
            i = count - 1;
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<ulong>(from, i), new Span<uint>(elements, i));
        }
        for (; i < count; i++) elements[i] = from[(nint)i * stride];
    }
}

/// <summary>Adds every upstream element at its window's winner. Parts take whole planes.</summary>
internal sealed unsafe class MaxPoolGradientKernel(PoolingGeometry geometry, float* upstream, float* images, float* result, float* scratch)
    : Kernel
{
    public override IEnumerable<KernelPath> Paths(int parts) =>
        [geometry.Path, geometry.GradientsAreLong ? KernelPath.Chains : KernelPath.OneChain];

    public override void Run(int part, int parts)
    {
        var totals = (double*)(scratch + part * geometry.GradientScratchPerPart);
        var (start, end) = Piece(geometry.Planes, part, parts);
        for (var plane = start; plane < end; plane++)
        {
            var from = images + (nint)plane * geometry.Height * geometry.Width;
            var to = result + (nint)plane * geometry.Height * geometry.Width;
            var arriving = upstream + (nint)plane * geometry.Down * geometry.Across;
            if (geometry.IsHalving) MaxPoolHalving.Backward(geometry, arriving, from, to);
            else if (!geometry.GradientsAreLong) Plane(arriving, from, to);
            else
            {
                Plane(arriving, from, totals);
                LongSums.Round(totals, to, (nint)geometry.Height * geometry.Width);
            }
        }
    }

    private void Plane<TSum>(float* arriving, float* from, TSum* to) where TSum : unmanaged, INumber<TSum>
    {
        new Span<TSum>(to, geometry.Height * geometry.Width).Clear();
        for (var i = 0; i < geometry.Down; i++)
        {
            for (var j = 0; j < geometry.Across; j++, arriving++)
            {
                var winner = Winner.At(geometry, from, i, j);
                if (winner >= 0) to[winner] += TSum.CreateTruncating(*arriving);
            }
        }
    }
}

/// <summary>Reads the values at the winners' places. Parts take whole planes.</summary>
internal sealed unsafe class MaxPoolPickKernel(PoolingGeometry geometry, float* values, float* images, float* result) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(geometry.Planes, part, parts);
        for (var plane = start; plane < end; plane++)
        {
            var offset = (nint)plane * geometry.Height * geometry.Width;
            var to = result + (nint)plane * geometry.Down * geometry.Across;
            for (var i = 0; i < geometry.Down; i++)
            {
                for (var j = 0; j < geometry.Across; j++)
                {
                    var winner = Winner.At(geometry, images + offset, i, j);
                    *to++ = winner < 0 ? 0 : values[offset + winner];
                }
            }
        }
    }
}

/// <summary>Finds the largest element under the window at one place of a plane.</summary>
internal static unsafe class Winner
{
    /// <summary>The offset of the first of the largest, or of the first NaN; −1 if the window is all padding.</summary>
    public static int At(PoolingGeometry geometry, float* plane, int i, int j)
    {
        var (vertical, horizontal) = (geometry.Vertical, geometry.Horizontal);
        var (top, bottom) = vertical.Under(i, geometry.Height);
        var (left, right) = horizontal.Under(j, geometry.Width);
        var winner = -1;
        var best = float.NegativeInfinity;
        for (var ky = top; ky < bottom; ky++)
        {
            var line = vertical.At(i, ky) * geometry.Width;
            for (var kx = left; kx < right; kx++)
            {
                var at = line + horizontal.At(j, kx);
                var value = plane[at];
                // The first one always wins against nothing, even with −∞.
                if (winner >= 0 && !(value > best) && !(float.IsNaN(value) && !float.IsNaN(best))) continue;
                (winner, best) = (at, value);
            }
        }
        return winner;
    }
}
