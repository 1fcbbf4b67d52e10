namespace SimpleFlow.Benchmarks;

/// <summary>What of the table can be timed by itself, by the number of its row.</summary>
internal static class Contestants
{
    private const int Product = 1, ProductSize = 1024;

    public static IEnumerable<int> Rows => [Product, .. StepRows.Numbers];

    public static string Name(int row) => row == Product ? $"matrix product {ProductSize}³" : $"step {StepRows.Network(row).Name}";

    public static IContestant Of(int row, int threads) => row == Product
        ? new GraphRun(new Placeholder("a", [ProductSize, ProductSize]).MatMul(new Placeholder("b", [ProductSize, ProductSize])), threads)
        : StepRows.Ours(row, threads);
}
