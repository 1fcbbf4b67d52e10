using System.Globalization;
using SimpleFlow.Compilation;
using SimpleFlow.Onnx.Export;
using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Random graphs, exported: they mean the same in ONNX Runtime, and, read again, here.</summary>
public class RandomExportTests(ITestOutputHelper output)
{
    private const int Graphs = 200;
    private const int Groups = 4;

    /// <summary>ONNX Runtime sums in another order and approximates other functions than the kernels that the bounds are for.</summary>
    private const double OtherKernels = 8;

    /// <summary>Its ELU subtracts 1 from an exponential near 1.</summary>
    private const double Cancelled = 1.2e-7;

    private static readonly HashSet<Type> Written = [.. ExporterTable.Ops];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Groups)];

    [Theory, MemberData(nameof(Seeds))]
    public void They_mean_the_same_in_ONNX_Runtime_and_when_they_are_read_again(int group)
    {
        var operations = 0;
        for (var seed = group; seed < Graphs; seed += Groups)
        {
            var graph = new RandomGraph(7_000_000 + seed, windows: seed % 4 == 3);
            var feed = new PlainFeed();
            foreach (var (placeholder, value) in graph.Fed) feed[placeholder] = value;
            var use = ForUse(graph);
            operations += use.Length;
            if (use.Length == 0) continue;

            var bytes = Exported.Bytes(use);
            var plain = PlainReading.ValuesOf(use, feed);
            var bounds = ErrorBounds.Of(PlainReading.ValuesOf(GraphOrder.Of(use), feed), use);
            var run = OnnxRuntimeRun.Of(bytes,
                feed.ToDictionary(fed => fed.Key.Name!, fed => (fed.Value, fed.Key.ElementType), StringComparer.Ordinal));
            for (var i = 0; i < use.Length; i++)
            {
                // It gives some results without elements another shape.
                if (plain[use[i]].Count == 0) continue;
                Assert.Equal(plain[use[i]].Shape, run[i].Shape);
                for (var j = 0; j < run[i].Count; j++)
                {
                    var (expected, actual) = (plain[use[i]].Elements[j], run[i].Elements[j]);
                    if (expected.Equals(actual) || Math.Abs(expected - actual) <= OtherKernels * bounds[use[i]][j] + Cancelled) continue;
                    Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Seed {graph.Seed}, output {i}, element {j}: {actual:R} ")
                        + string.Create(CultureInfo.InvariantCulture, $"instead of {expected:R} ± {bounds[use[i]][j]:G3}.\n")
                        + RandomGraph.Describe(use[i]));
                }
            }
            if (Exported.OtherBitsAfterReading(use, feed) is { } difference)
                Assert.Fail($"Seed {graph.Seed}, read again: {difference}\n{RandomGraph.Describe(use)}");
        }
        output.WriteLine($"{operations} outputs");
        Assert.True(operations > Graphs / Groups);
    }

    /// <summary>The outputs in their form for use, without those for which ONNX has nothing: random numbers and assignments. Constants
    /// alone are no prediction: here they are computed in float64, and the file has them in float32.</summary>
    private static Node[] ForUse(RandomGraph graph)
    {
        var use = ((IReadOnlyList<Node>)[.. graph.Sinks.Where(node => node is Operation { Op: not Assign })]).InferenceMode();
        return [.. use.Where(node => GraphOrder.Of([node]).ToList() is var all && all.Exists(one => one is Placeholder or Variable)
            && all.OfType<Operation>().All(operation => Written.Contains(operation.Op.GetType())))];
    }
}
