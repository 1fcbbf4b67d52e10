namespace SimpleFlow.Defaults;

/// <summary>
/// Three smooth functions of several numbers, with noise (Friedman, "Multivariate adaptive regression splines", 1991; as in Breiman,
/// "Bagging predictors", 1996). The noise has about a third of the deviation of the second and of the third, as there.
/// </summary>
internal static class Friedman
{
    private const int Rows = 5000;

    /// <summary>Ten numbers from 0 to 1, of which five count.</summary>
    public static Table First(int seed) => Make("Friedman 1", seed, noise: 1,
        random => [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble())],
        x => 10 * Math.Sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4]);

    /// <summary>The impedance of a circuit.</summary>
    public static Table Second(int seed) => Make("Friedman 2", seed, noise: 125, Circuit,
        x => Math.Sqrt(x[0] * x[0] + Reactance(x) * Reactance(x)));

    /// <summary>The phase of a circuit, which nearly jumps.</summary>
    public static Table Third(int seed) => Make("Friedman 3", seed, noise: 0.1, Circuit, x => Math.Atan(Reactance(x) / x[0]));

    private static double[] Circuit(Random random) =>
        [random.Uniform(0, 100), random.Uniform(40 * Math.PI, 560 * Math.PI), random.NextDouble(), random.Uniform(1, 11)];

    private static double Reactance(double[] x) => x[1] * x[2] - 1 / (x[1] * x[3]);

    private static Table Make(string name, int seed, double noise, Func<Random, double[]> draw, Func<double[], double> function)
    {
        var random = new Random(seed);
        double[][] inputs = [.. Enumerable.Range(0, Rows).Select(_ => draw(random))];
        var known = Array.ConvertAll(inputs, row => function(row));
        var targets = Array.ConvertAll(known, value => value + random.Normal(deviation: noise));
        var mean = targets.Average();
        var (left, all) = (known.Zip(targets, Squared).Sum(), targets.Sum(target => Squared(mean, target)));
        return new Table(name, Measure.RSquared, Array.ConvertAll(inputs, row => Array.ConvertAll(row, number => (float)number)),
            Array.ConvertAll(targets, target => (float)target), Ceiling: 1 - left / all);

        static double Squared(double value, double target) => (target - value) * (target - value);
    }
}
