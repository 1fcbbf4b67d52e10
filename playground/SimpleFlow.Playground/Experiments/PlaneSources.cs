namespace SimpleFlow.Playground.Experiments;

/// <summary>Draws points of the plane.</summary>
public static class PlaneSources
{
    private const float Radius = 5;

    /// <summary>The points of settings that need nothing of the reader's.</summary>
    /// <exception cref="FormatException">The function is not one.</exception>
    public static PlanePoints Of(PlaneSettings settings)
    {
        var random = new Random((int)(settings.DataSeed % int.MaxValue));
        var (x, y, targets) = (new float[settings.Points], new float[settings.Points], new float[settings.Points]);
        var function = settings.Source == PlaneSource.Function ? Expression.Parse(settings.Function) : null;
        var classes = settings.Source switch
        {
            PlaneSource.Slope or PlaneSource.Hills => 0,
            PlaneSource.Function => 2,
            _ => settings.Classes,
        };
        for (var i = 0; i < settings.Points; i++)
        {
            var kind = classes == 0 ? 0 : i % classes;
            (double X, double Y) point = settings.Source switch
            {
                PlaneSource.Circle => Ring(random, kind, classes),
                PlaneSource.Gauss => Cloud(random, kind, classes, settings.Noise),
                PlaneSource.Spiral => Arm((i / classes + 0.5) * classes / settings.Points, kind, classes),
                _ => (Within(random, Radius), Within(random, Radius)),
            };
            // Xor keeps its points off the axes, as the others keep theirs apart.
            if (settings.Source == PlaneSource.Xor) point = (Padded(point.X), Padded(point.Y));
            var target = settings.Source switch
            {
                PlaneSource.Xor => Quarter(point.X, point.Y, classes),
                PlaneSource.Slope => (point.X + point.Y) / (2 * Radius),
                PlaneSource.Hills => Height(point.X, point.Y),
                PlaneSource.Function => point.Y > function!.At(point.X) ? 1 : 0,
                _ => kind,
            };
            var moved = settings.Noise * Radius * settings.Source switch
            {
                PlaneSource.Gauss => 0,                                  // its noise is the width of a cloud
                PlaneSource.Spiral => 0.5,
                _ => 1,
            };
            (x[i], y[i], targets[i]) = ((float)(point.X + Within(random, moved)), (float)(point.Y + Within(random, moved)), (float)target);
        }
        var order = Enumerable.Range(0, settings.Points).ToArray();
        random.Shuffle(order);
        return new PlanePoints(x, y, targets, classes).Select(order);
    }

    private static double Within(Random random, double most) => (2 * random.NextDouble() - 1) * most;

    private static double Padded(double value) => value + (value >= 0 ? 0.3 : -0.3);

    private static (double X, double Y) Ring(Random random, int kind, int classes)
    {
        // Rings of the same width with gaps of half of it: for two classes 0 to 2.5 and 3.5 to 5, as everybody knows them.
        var (from, to) = classes == 2 ? (kind == 0 ? (0, Radius * 0.5) : (Radius * 0.7, Radius))
            : (Radius * kind / (double)classes, Radius * (kind + 0.7) / classes);
        var (radius, angle) = (from + (to - from) * random.NextDouble(), random.NextDouble() * Math.Tau);
        return (radius * Math.Sin(angle), radius * Math.Cos(angle));
    }

    private static (double X, double Y) Cloud(Random random, int kind, int classes, double noise)
    {
        var width = 0.7 + 4 * noise * (classes == 2 ? 1 : 0.6);
        var angle = Math.Tau * kind / classes + Math.PI / 4;
        var reach = classes == 2 ? 2 * Math.Sqrt(2) : 3.4;
        return (reach * Math.Cos(angle) + width * Normal(random), reach * Math.Sin(angle) + width * Normal(random));
    }

    /// <summary>A point of an arm; they lie evenly along it.</summary>
    private static (double X, double Y) Arm(double along, int kind, int classes)
    {
        var angle = 1.75 * along * Math.Tau * (classes == 2 ? 1 : 0.6) + Math.Tau * kind / classes;
        return (along * Radius * Math.Sin(angle), along * Radius * Math.Cos(angle));
    }

    private static double Quarter(double x, double y, int classes)
    {
        if (classes == 2) return x * y >= 0 ? 1 : 0;
        var share = (Math.Atan2(y, x) + Math.PI) / Math.Tau;
        return Math.Min((int)(share * 2 * classes), 2 * classes - 1) % classes;
    }

    private static double Height(double x, double y)
    {
        ReadOnlySpan<(double X, double Y, double Sign)> hills =
            [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)];
        var height = 0.0;
        foreach (var hill in hills)
        {
            var here = hill.Sign * Math.Clamp(1 - Math.Sqrt((x - hill.X) * (x - hill.X) + (y - hill.Y) * (y - hill.Y)) / 2, 0, 1);
            if (Math.Abs(here) > Math.Abs(height)) height = here;
        }
        return height;
    }

    private static double Normal(Random random)
    {
        var (radius, angle) = (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), random.NextDouble() * Math.Tau);
        return radius * Math.Cos(angle);
    }
}
