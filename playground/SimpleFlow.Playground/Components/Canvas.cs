using System.Runtime.InteropServices;
using System.Runtime.InteropServices.JavaScript;

namespace SimpleFlow.Playground.Components;

/// <summary>Draws maps, points, weights and curves. The other side is <c>wwwroot/drawing.js</c>; numbers go there as they lie in
/// memory.</summary>
public static partial class Canvas
{
    private const string Module = "playground";

    /// <summary>Draws a map for each unit of a layer, blue where its value is positive and orange where it is negative.</summary>
    /// <param name="prefix">The ids of the canvases are this and the number of the unit.</param>
    /// <param name="side">How many places a side has.</param>
    /// <param name="units">How many units there are.</param>
    /// <param name="values">[side · side, units], row by row from the top.</param>
    public static void Maps(string prefix, int side, int units, Span<float> values) =>
        DrawMaps(prefix, side, units, MemoryMarshal.AsBytes(values));

    /// <summary>Draws what a network says of every place.</summary>
    /// <param name="id">The canvas.</param>
    /// <param name="side">How many places a side has.</param>
    /// <param name="units">The number of outputs.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="isDiscrete">Whether the class alone is shown, and not how certain it is.</param>
    /// <param name="extent">How far the plane reaches from its middle.</param>
    /// <param name="values">[side · side, units].</param>
    public static void Output(string id, int side, int units, OutputKind kind, bool isDiscrete, float extent, Span<float> values) =>
        DrawOutput(id, side, units, (int)kind, isDiscrete, extent, MemoryMarshal.AsBytes(values));

    /// <summary>Draws what one output of a network says of every place.</summary>
    public static void Share(string id, int side, int units, int unit, OutputKind kind, Span<float> values) =>
        DrawShare(id, side, units, unit, (int)kind, MemoryMarshal.AsBytes(values));

    /// <summary>Draws points, full ones to learn from and rings to test with.</summary>
    /// <param name="id">The canvas.</param>
    /// <param name="extent">How far it reaches from its middle.</param>
    /// <param name="classes">How many classes there are; 0: targets are numbers.</param>
    /// <param name="radius">The radius of a point in pixels.</param>
    /// <param name="points">x, y, target and 1 for a point of the test, 0 otherwise, for each.</param>
    public static void Points(string id, float extent, int classes, double radius, Span<float> points) =>
        DrawPoints(id, extent, classes, radius, MemoryMarshal.AsBytes(points));

    /// <summary>Gives lines the widths and colours of weights.</summary>
    /// <param name="group">The element whose children are the lines.</param>
    /// <param name="weights">The weight of each.</param>
    public static void Weights(string group, Span<float> weights) => DrawWeights(group, MemoryMarshal.AsBytes(weights));

    /// <summary>Marks negative biases.</summary>
    /// <param name="prefix">The ids of the marks are this and a number.</param>
    /// <param name="biases">The biases.</param>
    public static void Biases(string prefix, Span<float> biases) => DrawBiases(prefix, MemoryMarshal.AsBytes(biases));

    /// <summary>Adds values to a curve.</summary>
    public static void Extend(string chart, string curve, Span<float> values) => ExtendCurve(chart, curve, MemoryMarshal.AsBytes(values));

    /// <summary>Draws the sign of a table.</summary>
    [JSImport("drawGrid", Module)]
    public static partial void Grid(string id);

    /// <summary>Begins a curve.</summary>
    /// <param name="chart">The canvas.</param>
    /// <param name="curve">Its name.</param>
    /// <param name="paint">The number of its colour; 0 is that of text.</param>
    /// <param name="isDashed">Whether it is dashed.</param>
    /// <param name="label">What the pointer shows before its number.</param>
    [JSImport("beginCurve", Module)]
    public static partial void Begin(string chart, string curve, int paint, bool isDashed, string label);

    /// <summary>Removes a curve.</summary>
    [JSImport("dropCurve", Module)]
    public static partial void Drop(string chart, string curve);

    /// <summary>Removes all curves.</summary>
    [JSImport("clearChart", Module)]
    public static partial void Clear(string chart);

    /// <summary>Draws the curves.</summary>
    [JSImport("drawChart", Module)]
    public static partial void Chart(string chart);

    /// <summary>Whether losses are shown by their logarithms.</summary>
    [JSImport("setLogarithmic", Module)]
    public static partial void SetLogarithmic(string chart, bool value);

    [JSImport("drawMaps", Module)]
    private static partial void DrawMaps(string prefix, int side, int units, [JSMarshalAs<JSType.MemoryView>] Span<byte> values);

    [JSImport("drawOutput", Module)]
    private static partial void DrawOutput(string id, int side, int units, int kind, bool isDiscrete, double extent,
        [JSMarshalAs<JSType.MemoryView>] Span<byte> values);

    [JSImport("drawShare", Module)]
    private static partial void DrawShare(string id, int side, int units, int unit, int kind,
        [JSMarshalAs<JSType.MemoryView>] Span<byte> values);

    [JSImport("drawPoints", Module)]
    private static partial void DrawPoints(string id, double extent, int classes, double radius,
        [JSMarshalAs<JSType.MemoryView>] Span<byte> points);

    [JSImport("drawWeights", Module)]
    private static partial void DrawWeights(string group, [JSMarshalAs<JSType.MemoryView>] Span<byte> weights);

    [JSImport("drawBiases", Module)]
    private static partial void DrawBiases(string prefix, [JSMarshalAs<JSType.MemoryView>] Span<byte> biases);

    [JSImport("extendCurve", Module)]
    private static partial void ExtendCurve(string chart, string curve, [JSMarshalAs<JSType.MemoryView>] Span<byte> values);
}

/// <summary>What the outputs of a network are.</summary>
public enum OutputKind
{
    /// <summary>A number, about from -1 to 1.</summary>
    Number,

    /// <summary>The probability of the second of two classes.</summary>
    Probability,

    /// <summary>The probabilities of several classes.</summary>
    Probabilities,
}
