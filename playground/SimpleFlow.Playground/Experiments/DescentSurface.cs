namespace SimpleFlow.Playground.Experiments;

/// <summary>Surfaces to walk down.</summary>
public enum SurfaceKind
{
    /// <summary>A long valley: twenty times as steep across as along.</summary>
    Valley,

    /// <summary>Rosenbrock's bent valley.</summary>
    Rosenbrock,

    /// <summary>A saddle between two minima.</summary>
    Saddle,

    /// <summary>Himmelblau's function, with four minima of the same depth.</summary>
    Himmelblau,

    /// <summary>Wells of different depths.</summary>
    Wells,
}

/// <summary>A surface: a loss of two numbers.</summary>
/// <param name="Kind">Which one it is.</param>
/// <param name="Formula">How it is written.</param>
/// <param name="Loss">The loss, as a graph.</param>
/// <param name="Middle">The middle of the part that is shown.</param>
/// <param name="Reach">How far that reaches in each direction.</param>
/// <param name="Start">A good place to begin.</param>
/// <param name="Rates">A fair rate of each optimizer, in the order of <see cref="OptimizerKind"/>.</param>
public sealed record DescentSurface(SurfaceKind Kind, string Formula, Func<Node, Node, Node> Loss, (float X, float Y) Middle, float Reach,
    (float X, float Y) Start, IReadOnlyList<float> Rates)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<DescentSurface> All { get; } =
    [
        new(SurfaceKind.Valley, "x²/20 + y²", (x, y) => x * x / 20 + y * y, (0, 0), 10, (-9, 6),
            [0.9f, 0.1f, 0.1f, 1.5f, 0.15f, 0.4f, 0.4f]),
        new(SurfaceKind.Rosenbrock, "(1 − x)² + 10(y − x²)²", (x, y) => (1 - x).Power(2) + 10 * (y - x * x).Power(2),
            (0, 1), 2, (-1.5f, 2.2f), [0.003f, 0.001f, 0.001f, 0.3f, 0.02f, 0.05f, 0.05f]),
        new(SurfaceKind.Saddle, "x² − y² + y⁴/10", (x, y) => x * x - y * y + y.Power(4) / 10, (0, 0), 3, (-2.6f, 0.02f),
            [0.05f, 0.01f, 0.01f, 0.3f, 0.03f, 0.08f, 0.08f]),
        new(SurfaceKind.Himmelblau, "(x² + y − 11)² + (x + y² − 7)²",
            (x, y) => (x * x + y - 11).Power(2) + (x + y * y - 7).Power(2), (0, 0), 5, (-0.5f, -1),
            [0.005f, 0.001f, 0.001f, 0.8f, 0.05f, 0.15f, 0.15f]),
        new(SurfaceKind.Wells, "(x² + y²)/20 − Σ dₖ·exp(−|p − pₖ|²)", Wells, (0, 0), 5, (-4.2f, 3.8f),
            [0.3f, 0.05f, 0.05f, 0.8f, 0.05f, 0.2f, 0.2f]),
    ];

    private float Steepness => Kind is SurfaceKind.Rosenbrock or SurfaceKind.Himmelblau ? 300 : 10;

    /// <summary>The surface of a kind.</summary>
    public static DescentSurface Of(SurfaceKind kind) => All[(int)kind];

    /// <summary>The heights of the shown part, as shares from the lowest, 0, to the highest, 1, by their logarithms: row by row from the
    /// top.</summary>
    public float[] Heights(int side)
    {
        var (x, y) = (new Placeholder("x", [null]), new Placeholder("y", [null]));
        var (xs, ys) = (new float[side * side], new float[side * side]);
        for (var i = 0; i < xs.Length; i++)
        {
            xs[i] = Middle.X + Reach * (2 * (i % side + 0.5f) / side - 1);
            ys[i] = Middle.Y - Reach * (2 * (i / side + 0.5f) / side - 1);
        }
        var heights = new Model(default, Loss(x, y), threads: 1).Predict(new Feed { [x] = xs, [y] = ys }).ToArray();
        // The foot of a steep surface shows its form too; a gentle one is shown as it is.
        var lowest = heights.Min();
        var foot = (heights.Max() - lowest) / Steepness;
        for (var i = 0; i < heights.Length; i++) heights[i] = MathF.Log(1 + (heights[i] - lowest) / foot) / MathF.Log(1 + Steepness);
        return heights;
    }

    /// <summary>Where a place is on the picture, from 0 to 1 to the right and downwards.</summary>
    public (float Across, float Down) Place(float x, float y) => ((x - Middle.X) / Reach / 2 + 0.5f, 0.5f - (y - Middle.Y) / Reach / 2);

    /// <summary>The place at a point of the picture.</summary>
    public (float X, float Y) At(double across, double down) =>
        ((float)(Middle.X + Reach * (2 * across - 1)), (float)(Middle.Y - Reach * (2 * down - 1)));

    private static Node Wells(Node x, Node y)
    {
        var surface = (x * x + y * y) / 20;
        foreach (var (depth, a, b) in new[] { (1.2f, -2.2f, 1.8f), (2f, 2, 1.2f), (1f, -1.2f, -2.4f), (1.5f, 2.4f, -2.6f) })
            surface -= depth * (-((x - a).Power(2) + (y - b).Power(2))).Exp();
        return surface;
    }
}
