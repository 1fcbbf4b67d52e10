using SimpleFlow.Compilation;

namespace SimpleFlow.Benchmarks;

/// <summary>
/// The processor's time to differentiate and compile graphs whose shape tempts a compiler to look at
/// everything from everywhere, over the number of their parts. The exponent says by which power it grew with the last two doublings.
/// </summary>
internal static class GraphGrowth
{
    private static readonly (string Name, Func<int, Node> Graph)[] Graphs =
        [
        ("a sum of n variables", n => Range(n).Select(Weight).Aggregate((sum, w) => sum + w)),
        ("one variable in n terms", n => TermsOf(Weight(0), n).Aggregate((sum, term) => sum + term)),
        ("n residual blocks", n => Range(n).Aggregate(Weight(0), (h, _) => h + h.Tanh())),
        ("a Concat of n", n => Flow.Concat([.. Range(n).Select(Weight)], 0).Tanh()),
        ("n slices summed", n => SlicesOf(new Variable("x", [n, 4]), n).Aggregate((sum, slice) => sum + slice)),
    ];

    public static Figure Measure(Bench bench)
    {
        int[] sizes = bench.Options.Quick ? [1_000, 2_000, 4_000] : [2_000, 4_000, 8_000, 16_000];
        return new Figure("growth", "graphs of n parts: processor time to differentiate and compile", "parts", "ms",
            [.. Graphs.Select(one => CurveOf(one.Name, one.Graph, sizes))]);
    }

    private static Curve CurveOf(string name, Func<int, Node> graph, int[] sizes)
    {
        Compile(graph(500));
        List<(double At, double Value)> points = [.. sizes.Select(n => ((double)n, Enumerable.Range(0, 3).Min(_ => Compile(graph(n)))))];
        var exponent = Math.Log2(points[^1].Value / points[^3].Value) / 2;
        return new Curve(FormattableString.Invariant($"{name}: exponent {exponent:0.00}"), points);
    }

    private static double Compile(Node result)
    {
        var loss = result.Mean();
        GC.Collect();
        // The processor's time, which other processes on the machine do not lengthen.
        var began = Environment.CpuUsage.TotalTime;
        var gradients = Gradients.Of(loss, [.. GraphOrder.Of([loss]).OfType<Variable>()]);
        Compiler.Compile([loss, .. gradients], new Dictionary<Placeholder, Shape>(), new CompilerOptions());
        return (Environment.CpuUsage.TotalTime - began).TotalMilliseconds;
    }

    private static IEnumerable<int> Range(int n) => Enumerable.Range(0, n);

    private static Node Weight(int i) => new Variable($"w{i}", [4]);

    private static IEnumerable<Node> TermsOf(Node w, int n) => Range(n).Select(_ => w.Tanh());

    private static IEnumerable<Node> SlicesOf(Node x, int n) => Range(n).Select(i => x.Slice(0, i, i + 1).Tanh());
}
