using System.Runtime.InteropServices;
using System.Runtime.InteropServices.JavaScript;

namespace SimpleFlow.Playground.Components;

/// <summary>Draws small pictures, surfaces and paths. The other side is <c>wwwroot/pictures.js</c>.</summary>
public static partial class Pictures
{
    private const string Module = "playground";

    /// <summary>Draws pictures, each on a canvas of its own.</summary>
    /// <param name="prefix">The ids of the canvases are this and the number of the picture.</param>
    /// <param name="side">The pixels of a side.</param>
    /// <param name="isSigned">Whether numbers have signs, rather than ink from 0 to 1.</param>
    /// <param name="values">The pixels, picture by picture.</param>
    public static void Draw(string prefix, int side, bool isSigned, Span<float> values) =>
        DrawPictures(prefix, side, isSigned, MemoryMarshal.AsBytes(values));

    /// <summary>Draws a surface from above.</summary>
    /// <param name="id">The canvas.</param>
    /// <param name="side">How many places a side has.</param>
    /// <param name="heights">The height of each place, from 0 to 1, row by row from the top.</param>
    public static void Surface(string id, int side, Span<float> heights) => DrawSurface(id, side, MemoryMarshal.AsBytes(heights));

    /// <summary>Draws paths over it.</summary>
    /// <param name="id">The canvas.</param>
    /// <param name="numbers">For each path the number of its points, and then the place of each from 0 to 1, to the right and
    /// downwards.</param>
    public static void Paths(string id, Span<float> numbers) => DrawPaths(id, MemoryMarshal.AsBytes(numbers));

    [JSImport("drawPictures", Module)]
    private static partial void DrawPictures(string prefix, int side, bool isSigned, [JSMarshalAs<JSType.MemoryView>] Span<byte> values);

    [JSImport("drawSurface", Module)]
    private static partial void DrawSurface(string id, int side, [JSMarshalAs<JSType.MemoryView>] Span<byte> heights);

    [JSImport("drawPaths", Module)]
    private static partial void DrawPaths(string id, [JSMarshalAs<JSType.MemoryView>] Span<byte> numbers);
}
