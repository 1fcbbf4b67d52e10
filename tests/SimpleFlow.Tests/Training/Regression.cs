namespace SimpleFlow.Tests.Training;

/// <summary>
/// A small problem that can be solved by hand: lower mean((X·w + b − y)²) for five points in three dimensions.
/// Once as a graph, and once as plain float64 formulas that know nothing of graphs.
/// </summary>
internal sealed class Regression
{
    private static readonly double[][] Points = [[1, 2, -1], [0.5, -1, 2], [-1.5, 0.25, 1], [2, 1, 0], [-0.5, -2, -1]];
    private static readonly double[] Targets = [3, -1, 0.5, 2, -4];
    private static readonly double[] Start = [0.5, -0.25, 1, 0.1];         // w₁, w₂, w₃, b

    private readonly Placeholder _x = new("x", [null, 3]);
    private readonly Placeholder _y = new("y", [null, 1]);
    private readonly Variable _w = new("w", [3, 1], Initializer.Constant([.. Start[..3].Select(number => (float)number)]));
    private readonly Variable _b = new("b", [1], Initializer.Constant((float)Start[3]));

    public Regression() => Loss = Losses.MeanSquaredError(_x.MatMul(_w) + _b, _y);

    public Node Loss { get; }

    public Feed Feed { get; init; } = [];

    public static Regression Create()
    {
        var regression = new Regression();
        var x = new float[Points.Length, 3];
        for (var i = 0; i < Points.Length; i++)
            for (var j = 0; j < 3; j++) x[i, j] = (float)Points[i][j];
        regression.Feed[regression._x] = x;
        regression.Feed[regression._y] = Array.ConvertAll(Targets, target => (float)target);
        return regression;
    }

    public double[] Parameters => [.. _w.Memory.Span.ToArray().Concat(_b.Memory.Span.ToArray()).Select(number => (double)number)];

    /// <summary>Where the fit starts, in float64.</summary>
    public static double[] StartingPoint() => [.. Start];

    /// <summary>∂loss/∂(w₁, w₂, w₃, b), derived on paper: 2/n · Σ (x·w + b − y) · (x, 1).</summary>
    public static double[] Gradient(double[] parameters)
    {
        var gradient = new double[4];
        for (var i = 0; i < Points.Length; i++)
        {
            double[] row = [.. Points[i], 1];
            var error = row.Zip(parameters, (x, w) => x * w).Sum() - Targets[i];
            for (var j = 0; j < 4; j++) gradient[j] += 2.0 / Points.Length * error * row[j];
        }
        return gradient;
    }
}
