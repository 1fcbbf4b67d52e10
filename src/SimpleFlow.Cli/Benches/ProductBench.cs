namespace SimpleFlow.Cli.Benches;

/// <summary>Times the product of two matrices, alternating with the loop that runs at the processor's peak.</summary>
internal static class ProductBench
{
    private const int Size = 1024;
    private const double Operations = 2.0 * Size * Size * Size;

    public static IEnumerable<Figure> Measure(int threads, Rounds rounds)
    {
        var fma = new FmaLoop(threads);
        var (product, nothing) = (Product(threads), new Feed());
        var measured = rounds.Measure(fma.Run, times =>
        {
            for (var i = 0; i < times; i++) product.Predict(nothing);
        });
        var on = threads == 1 ? "1 thread" : $"{threads} threads";
        yield return new Figure($"FMA peak with {FmaLoop.Vectors}, {on}",
            Rounds.Median(measured.Select(round => fma.Operations / round[0])) / 1e9, "GFLOP/s");
        yield return new Figure($"matrix product {Size}³, {on}", Rounds.Median(measured.Select(round => Operations / round[1])) / 1e9,
            "GFLOP/s");
        yield return new Figure($"matrix product {Size}³, {on}, share of the peak",
            100 * Rounds.Median(measured.Select(round => Operations / round[1] / (fma.Operations / round[0]))), "%");
    }

    // All of the product is computed; only its first row is copied out of the plan.
    private static Model Product(int threads)
    {
        var (a, b) = (new Variable("a", [Size, Size], Initializer.Uniform(-0.5f, 0.5f)),
            new Variable("b", [Size, Size], Initializer.Uniform(-0.5f, 0.5f)));
        return new Model(losses: default, predictions: a.MatMul(b).Slice(0, 0, 1), threads: threads);
    }
}
