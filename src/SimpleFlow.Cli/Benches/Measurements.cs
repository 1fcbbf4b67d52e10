namespace SimpleFlow.Cli.Benches;

/// <summary>All that is measured, one after another.</summary>
internal static class Measurements
{
    private const double Seconds = 1.2, QuickSeconds = 0.1;

    /// <summary>The name of each while it runs, and its figures.</summary>
    public static IEnumerable<(string What, Func<IEnumerable<Figure>> Measure)> All(int threads, bool quick, CancellationToken cancellation)
    {
        var rounds = new Rounds(quick ? QuickSeconds : Seconds, cancellation);
        yield return ("a matrix product on one thread", () => ProductBench.Measure(1, rounds));
        if (threads > 1) yield return ($"a matrix product on {threads} threads", () => ProductBench.Measure(threads, rounds));
        foreach (var layer in LayerBench.All) yield return (layer.Name, () => layer.Measure(threads, rounds));
        yield return ("steps of the parabola", () => [SeedStepBench.Parabola(threads, rounds)]);
        yield return ("steps of the seed's network", () => [SeedStepBench.Mnist("SGD", new GradientDescent(), threads, rounds)]);
        yield return ("steps of the seed's network with Adam", () => [SeedStepBench.Mnist("Adam", new Adam(), threads, rounds)]);
        yield return ("training on images", () => [MnistBench.Measure(threads, rounds)]);
    }
}
