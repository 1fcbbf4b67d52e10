namespace SimpleFlow.Kernels.Products;

/// <summary>The micro-kernel of this machine and the size of its tiles, for kernels that call it tile by tile.</summary>
internal sealed unsafe class TileShape
{
    private TileShape() { }

    /// <summary>The maximum number of rows of a tile.</summary>
    public required int Height { get; init; }

    /// <summary>The maximum number of columns of a tile.</summary>
    public required int Width { get; init; }

    /// <summary>Computes a tile.</summary>
    public required delegate*<in Tile, void> Run { get; init; }

    /// <summary>That of the widest vectors.</summary>
    public static TileShape Best { get; } = Of(VectorWidths.Best);

    /// <summary>That of some vectors, which must be supported here; 512 bits are computed in halves if they are not.</summary>
    public static TileShape Of(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Of<MicroKernel512>(),
        VectorWidth.Bits256 => Of<MicroKernel256>(),
        VectorWidth.Bits128 => Of<MicroKernel128>(),
        _ => Of<MicroKernelScalar>(),
    };

    private static TileShape Of<TKernel>() where TKernel : IMicroKernel =>
        new() { Height = TKernel.Height, Width = TKernel.Width, Run = &TKernel.Run };
}
