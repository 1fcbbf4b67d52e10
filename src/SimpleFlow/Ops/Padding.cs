namespace SimpleFlow;

/// <summary>How far an image is extended at each edge; one number sets all edges, two set the vertical and horizontal ones. The order is
/// that of ONNX's <c>pads</c>.</summary>
/// <param name="Top">Rows before the first.</param>
/// <param name="Left">Columns before the first.</param>
/// <param name="Bottom">Rows after the last.</param>
/// <param name="Right">Columns after the last.</param>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>The same at every edge.</summary>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <summary>The same above and below, and the same left and right.</summary>
    public static implicit operator Padding((int Vertical, int Horizontal) padding) =>
        new(padding.Vertical, padding.Horizontal, padding.Vertical, padding.Horizontal);

    /// <summary>Sets each edge separately.</summary>
    public static implicit operator Padding((int Top, int Left, int Bottom, int Right) padding) =>
        new(padding.Top, padding.Left, padding.Bottom, padding.Right);

    /// <summary><c>[top, left, bottom, right]</c>.</summary>
    public override string ToString() => $"[{Top}, {Left}, {Bottom}, {Right}]";
}
