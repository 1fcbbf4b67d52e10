namespace SimpleFlow.Kernels.Products;

/// <summary>The micro-kernel without vectors: one row of four columns at a time, four sums in flight.</summary>
internal unsafe struct MicroKernelScalar : IMicroKernel
{
    public static int Height => 8;

    public static int Width => 4;

    public static bool PacksA => false;

    public static void Run(in Tile tile)
    {
        for (var i = 0; i < tile.Rows; i++)
        {
            if (tile.Columns == 4)
                RunFour(tile, i);
            else
                for (var j = 0; j < tile.Columns; j++) RunOne(tile, i, j);
        }
    }

    private static void RunFour(in Tile tile, int i)
    {
        var c = tile.C + i * tile.Ldc;
        float c0 = 0, c1 = 0, c2 = 0, c3 = 0;
        if (tile.Continue)
        {
            c0 = c[0];
            c1 = c[1];
            c2 = c[2];
            c3 = c[3];
        }

        var a = tile.A + i * tile.RowA;
        var b = tile.B;
        for (nint p = 0; p < tile.Depth; p++)
        {
            var value = a[StepOf(tile, p)];
            c0 = float.MultiplyAddEstimate(value, b[0], c0);
            c1 = float.MultiplyAddEstimate(value, b[1], c1);
            c2 = float.MultiplyAddEstimate(value, b[2], c2);
            c3 = float.MultiplyAddEstimate(value, b[3], c3);
            b += tile.StepB;
        }

        c[0] = tile.Adds ? c[0] + c0 : c0;
        c[1] = tile.Adds ? c[1] + c1 : c1;
        c[2] = tile.Adds ? c[2] + c2 : c2;
        c[3] = tile.Adds ? c[3] + c3 : c3;
    }

    private static void RunOne(in Tile tile, int i, int j)
    {
        var c = tile.C + i * tile.Ldc + j;
        var sum = tile.Continue ? *c : 0f;
        var a = tile.A + i * tile.RowA;
        var b = tile.B + j;
        for (nint p = 0; p < tile.Depth; p++)
        {
            sum = float.MultiplyAddEstimate(a[StepOf(tile, p)], *b, sum);
            b += tile.StepB;
        }

        *c = tile.Adds ? *c + sum : sum;
    }

    private static nint StepOf(in Tile tile, nint p) => tile.LeftOffsets == null ? p * tile.StepA : tile.LeftOffsets[p];
}
