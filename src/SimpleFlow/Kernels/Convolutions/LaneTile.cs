namespace SimpleFlow.Kernels.Convolutions;

/// <summary>The input of <see cref="ILaneSums"/>: a run of places, for the sums of some filters with some elements of the window.</summary>
internal unsafe struct LaneTile
{
    /// <summary>The first filter's upstream at the first place.</summary>
    public float* Upstream;

    /// <summary>Floats from one filter's upstream to the next one's.</summary>
    public nint FilterStride;

    /// <summary>The pixel under the first element at the first place.</summary>
    public float* Pixels;

    /// <summary>Offsets in floats from that pixel to the pixels under the other elements.</summary>
    public nint Element1, Element2, Element3;

    /// <summary>Floats from the pixel of one place to that of the next.</summary>
    public nint PixelStep;

    /// <summary>Floats from the end of a row of places to the pixel of the next row's first place.</summary>
    public nint RowStep;

    /// <summary>Rows of places.</summary>
    public nint Rows;

    /// <summary>Places in a row.</summary>
    public nint Across;
}

/// <summary>The innermost loop of <see cref="LaneWeightGradient"/>, for one width of vectors.</summary>
internal unsafe interface ILaneSums
{
    /// <summary>The maximum number of filters of a tile.</summary>
    static abstract int Filters { get; }

    /// <summary>The elements of a tile.</summary>
    static abstract int Elements { get; }

    /// <summary>The lanes of a sum; a block of images is two vectors.</summary>
    static abstract int Lanes { get; }

    /// <summary>Adds a run of places to the sums of these filters: [filters, elements, lanes].</summary>
    static abstract void Add(in LaneTile tile, int filters, float* sums);

    /// <summary>Adds the sums of a tile, each over its lanes, to their totals, and resets them to 0.</summary>
    static abstract void Finish(float* sums, double* totals);
}

/// <summary>How many filters and elements of the window a tile of <see cref="ILaneSums"/> has, as a type.</summary>
internal interface ILaneShape
{
    static abstract int Filters { get; }

    static abstract int Elements { get; }
}

/// <summary>For 32 registers: 24 sums, 4 pixels, and the upstream of a filter.</summary>
internal readonly struct SixByFour : ILaneShape
{
    public static int Filters => 6;

    public static int Elements => 4;
}

/// <summary>For 16 registers: 12 sums, 3 pixels, and the upstream of a filter.</summary>
internal readonly struct FourByThree : ILaneShape
{
    public static int Filters => 4;

    public static int Elements => 3;
}
