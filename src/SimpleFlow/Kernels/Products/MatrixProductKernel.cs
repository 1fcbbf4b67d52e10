namespace SimpleFlow.Kernels.Products;

/// <summary>A batch of matrix products, one after the other. Where the operands of each begin is fixed when the plan is made.</summary>
internal sealed unsafe class MatrixProductKernel(MatrixProductArguments product, (int A, int B)[] starts, long scratchPerPart,
    IEpilogue? epilogue) : Kernel
{
    public override IEnumerable<KernelPath> Paths(int parts) =>
    [
        .. MatrixProduct.Paths(product), TakesWhole(parts) ? KernelPath.WholeProducts : KernelPath.SharedProducts,
        .. epilogue is null ? [] : (KernelPath[])[KernelPath.HandsOn],
    ];

    // A large batch is split by products, a small one inside each product.
    private bool TakesWhole(int parts) => starts.Length >= parts;

    public override void Run(int part, int parts)
    {
        var alone = TakesWhole(parts);
        var (first, last) = alone ? Piece(starts.Length, part, parts) : (0, starts.Length);
        for (var i = first; i < last; i++)
        {
            var one = product with
            {
                A = product.A + starts[i].A,
                B = product.B + starts[i].B,
                C = product.C + (long)i * product.M * product.N,
                Scratch = product.Scratch + part * scratchPerPart,
                Epilogue = epilogue,
                EpiloguePart = part,
                EpilogueStart = i * product.M * product.N,
            };
            MatrixProduct.Multiply(one, alone ? 0 : part, alone ? 1 : parts);
        }
    }
}
