namespace SimpleFlow.Kernels.Rows;

/// <summary>Softmax, or its logarithm, along the rows of [rows, width].</summary>
internal sealed unsafe class SoftmaxKernel(bool logarithm, float* source, float* result, int rows, int width, float* scratch) : Kernel
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
            var x = source + (long)first * width;
            var y = result + (long)first * width;
            SoftmaxRows.Exponentials(x, logarithm ? free.Exponentials : y, free, count, width);
            if (logarithm)
            {
                SoftmaxRows.Logarithms(free, count);
                for (var row = 0; row < count;
                row++)
                    SoftmaxRows.Subtract(x + (long)row * width, free.Largest[row], free.Sums[row], y + (long)row * width, width);
            }
            else
            {
                for (var row = 0; row < count; row++) SoftmaxRows.Divide(y + (long)row * width, free.Sums[row], width);
            }
        }
    }
}
