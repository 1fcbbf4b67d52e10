namespace SimpleFlow;

/// <summary>A height and a width, of a window or its strides; one number sets both: <c>3</c>, <c>(3, 5)</c>.</summary>
/// <param name="Height">Along the rows of an image, its third axis.</param>
/// <param name="Width">Along the columns, its last axis.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>The same height and width.</summary>
    public static implicit operator Size2D(int both) => new(both, both);

    /// <summary>Makes a size from a height and a width.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary><c>3×5</c>.</summary>
    public override string ToString() => $"{Height}×{Width}";
}
