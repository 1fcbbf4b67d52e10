namespace SimpleFlow.Benchmarks;

/// <summary>
/// Row 12: what one small node costs in a plan, in chains of 1,000 nodes of 16 floats. The verdict is on the chain that cannot be fused,
/// where every node is a step of its own; the other two say what fusing gains.
/// </summary>
internal static class SmallNodeRow
{
    private const int Nodes = 1_000;

    public static IEnumerable<Result> Measure(Bench bench)
    {
        using var unfusable = new GraphRun(Transposes(Nodes));
        using var alone = new GraphRun(Elementwise(), 1, "Fuse");
        using var fused = new GraphRun(Elementwise());
        var seconds = bench.Stopwatches.InTurns(unfusable, alone, fused);
        yield return Row("a node of 16 floats; transpose, add, transpose, …: every node a step", seconds[0]) with
        {
            Must = 100e-9,
            Goal = 40e-9
        };
        yield return Row("elementwise nodes, fusion switched off: every node a step", seconds[1]);
        yield return Row("elementwise nodes, fused by the compiler", seconds[2]);
    }

    private static Result Row(string work, double[] seconds) => new("12", work)
    {
        Threads = 1,
        Ours = Write.Seconds(new Sample(seconds).Median / Nodes),
        Figure = new Sample(seconds.Select(chain => chain / Nodes)),
        Written = Write.Seconds,
        MoreIsBetter = false,
    };

    /// <summary>A chain in which nothing can be fused.</summary>
    public static Node Transposes(int nodes)
    {
        Node node = new Placeholder("x", [4, 4]);
        Node bias = new Placeholder("b", [4]);
        for (var i = 0; i < nodes / 2; i++) node = node.Transpose() + bias;
        return node;
    }

    private static Node Elementwise()
    {
        Node node = new Placeholder("x", [16]);
        Node other = new Placeholder("y", [16]);
        for (var i = 0; i < Nodes / 2; i++) node = node.Maximum(other) + other;
        return node;
    }
}
