namespace SimpleFlow.Kernels;

/// <summary>Computes pieces of a result by a function, each in whole blocks.</summary>
/// <param name="count">How many elements the result has.</param>
/// <param name="block">How many neighbouring elements belong together.</param>
/// <param name="compute">Computes the elements from a first one to the one before a last.</param>
internal sealed class BlockKernel(int count, int block, Action<int, int> compute) : Kernel
{
    public override void Run(int part, int parts)
    {
        var (start, end) = Piece(count, part, parts, block);
        if (start < end) compute(start, end);
    }
}
