namespace SimpleFlow.Plots;

/// <summary>The path of a real optimizer over two parameters.</summary>
public static class DescentPath
{
    /// <summary>Trains two variables and records where they are after every step.</summary>
    /// <param name="loss">Builds the loss from the two variables.</param>
    /// <param name="start">The initial values.</param>
    /// <param name="optimizer">The optimizer to use; it must not have trained anything else.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="cancellation">Cancels before the next step.</param>
    /// <returns>steps + 1 points, the start first. The path ends early if the loss is no longer finite.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<(double X, double Y)> Of(Func<Variable, Variable, Node> loss, (float X, float Y) start, Optimizer optimizer,
        int steps, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var x = new Variable("x", [], Initializer.Constant(start.X));
        var y = new Variable("y", [], Initializer.Constant(start.Y));
        var model = new Model(loss(x, y), optimizer: optimizer, threads: 1);
        var points = new List<(double X, double Y)> { (start.X, start.Y) };
        try
        {
            for (var step = 0; step < steps; step++)
            {
                model.Fit([], maxIterations: 1, cancellation);
                if (!float.IsFinite(x.Value + y.Value)) break;
                points.Add((x.Value, y.Value));
            }
        }
        catch (TrainingException)
        {
            // The path diverged, which is what the picture should show.
        }
        return points;
    }
}
