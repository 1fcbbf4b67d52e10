using BenchmarkDotNet.Attributes;

namespace SimpleFlow.Benchmarks;

/// <summary>Matrix products at the shapes of the table's networks, forward and backward, and thin ones:
/// m·k·n, with the operands as the plan stores them.</summary>
public class ProductBenchmarks
{
    private GraphRun _run = null!;

    /// <summary>op(A) is m × k, op(B) is k × n; ᵀ marks an operand that is stored the other way.</summary>
    [Params(
        "1024 · 1024 · 1024", "2048 · 2048 · 2048",
        "200 · 784 · 64", "784ᵀ · 200 · 64", "200 · 64 · 10", "64ᵀ · 200 · 10", "200 · 10 · 64ᵀ",
        "256 · 784 · 1024", "256 · 1024 · 1024", "1024ᵀ · 256 · 1024", "256 · 1024 · 1024ᵀ", "256 · 1024 · 10",
        "32 · 1 · 20", "32 · 20 · 1", "20ᵀ · 32 · 1", "1 · 784 · 64", "1 · 1024 · 1024", "1024 · 1024 · 1")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Compile()
    {
        var parts = Shape.Split(" · ");
        var (transposeA, transposeB) = (parts[0].EndsWith('ᵀ'), parts[2].EndsWith('ᵀ'));
        long? m = Size(parts[0]), k = Size(parts[1]), n = Size(parts[2]);
        var a = new Placeholder("a", transposeA ? [k, m] : [m, k]);
        var b = new Placeholder("b", transposeB ? [n, k] : [k, n]);
        _run = new GraphRun(a.MatMul(b, transposeA, transposeB));
    }

    [Benchmark]
    public void Product() => _run.Run(1);

    private static int Size(string part) => int.Parse(part.TrimEnd('ᵀ'));
}
