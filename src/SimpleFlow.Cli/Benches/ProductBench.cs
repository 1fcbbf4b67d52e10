using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Cli.Benches;

/// <summary>The product of two matrices, in turns with the loop that nothing can outrun.</summary>
internal static class ProductBench
{
    private const int Size = 1024;
    private const double Operations = 2.0 * Size * Size * Size;

    public static IEnumerable<Figure> Measure(int threads, Rounds rounds)
    {
        var fma = new FmaLoop(threads);
        var product = Compile(threads);
        var measured = rounds.Measure(fma.Run, times =>
        {
            for (var i = 0; i < times; i++) product.Run();
        });
        var on = threads == 1 ? "1 thread" : $"{threads} threads";
        yield return new Figure($"FMA peak with {FmaLoop.Vectors}, {on}",
            Rounds.Median(measured.Select(round => fma.Operations / round[0])) / 1e9, "GFLOP/s");
        yield return new Figure($"matrix product {Size}³, {on}", Rounds.Median(measured.Select(round => Operations / round[1])) / 1e9,
            "GFLOP/s");
        yield return new Figure($"matrix product {Size}³, {on}, share of the peak",
            100 * Rounds.Median(measured.Select(round => Operations / round[1] / (fma.Operations / round[0]))), "%");
    }

    private static Executable Compile(int threads)
    {
        var (a, b) = (new Placeholder("a", [Size, Size]), new Placeholder("b", [Size, Size]));
        var session = new Session([a.MatMul(b)], new StepClock(), new CompilerOptions { Threads = threads });
        var executable = session.For(new Dictionary<Placeholder, Shape> { [a] = a.Shape, [b] = b.Shape });
        var random = new Random(1);
        foreach (var placeholder in (Placeholder[])[a, b])
        {
            foreach (ref var number in executable.Feed(placeholder).Span) number = random.NextSingle() - 0.5f;
        }
        return executable;
    }
}
