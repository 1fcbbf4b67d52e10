namespace SimpleFlow.Kernels.Rows;

/// <summary>−Σ target · ln softmax(logits) of every row of [rows, width], over the classes whose target is not 0.</summary>
internal sealed unsafe class CrossEntropyKernel(float* logits, float* target, float* result, int rows, int width, float* scratch) : Kernel
{
    public override IEnumerable<KernelPath> Paths(int parts) => SoftmaxRows.PathsOf(width);

    public override void Run(int part, int parts)
    {
        var tile = SoftmaxRows.PerTile(width);
        var (start, end) = Piece(rows, part, parts, tile);
        if (width == 0)
        {
            new Span<float>(result + start, end - start).Clear();
            return;
        }
        var free = new SoftmaxRows.Scratch(scratch, part, width);
        for (int first = start, count; first < end; first += count)
        {
            count = Math.Min(tile, end - first);
            var x = logits + (long)first * width;
            var t = target + (long)first * width;
            SoftmaxRows.Exponentials(x, free.Exponentials, free, count, width);
            SoftmaxRows.Logarithms(free, count);
            for (var row = 0; row < count;
            row++)
                result[first + row] = SoftmaxRows.CrossEntropy(x + (long)row * width, t + (long)row * width, free.Largest[row],
                free.Sums[row], width);
        }
    }
}

/// <summary>(softmax(logits) · Σ target − target) · upstream of every row of [rows, width].</summary>
internal sealed unsafe class CrossEntropyGradientKernel(float* upstream, float* logits, float* target, float* result, int rows, int width,
    float* scratch) : Kernel
{
    public override IEnumerable<KernelPath> Paths(int parts) => SoftmaxRows.PathsOf(width);

    public override void Run(int part, int parts)
    {
        if (width == 0) return;
        var tile = SoftmaxRows.PerTile(width);
        var (start, end) = Piece(rows, part, parts, tile);
        var free = new SoftmaxRows.Scratch(scratch, part, width);
        for (int first = start, count; first < end; first += count)
        {
            count = Math.Min(tile, end - first);
            SoftmaxRows.Exponentials(logits + (long)first * width, result + (long)first * width, free, count, width);
            for (var row = 0; row < count; row++)
            {
                var at = (long)(first + row) * width;
                var total = SoftmaxRows.Sum(target + at, width);
                // A row without a target does not count, whatever its logits are.
                if (total == 0) new Span<float>(result + at, width).Clear();
                SoftmaxRows.Difference(result + at, total == 0 ? 0 : total / free.Sums[row], target + at, upstream[first + row], width);
            }
        }
    }
}
