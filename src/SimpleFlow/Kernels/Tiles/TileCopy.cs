namespace SimpleFlow.Kernels.Tiles;

/// <summary>y = x: broadcasting and assigning use it.</summary>
internal sealed unsafe class TileCopy : ITileFunction
{
    public static readonly TileCopy Instance = new();

    public void Run(float** operands, float* result, int count)
    {
        if (operands[0] != result) new ReadOnlySpan<float>(operands[0], count).CopyTo(new Span<float>(result, count));
    }
}
