using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Benchmarks;

/// <summary>A graph of a few placeholders, compiled and filled with random numbers: what the kernels are timed in.</summary>
internal sealed class GraphRun : IContestant
{
    /// <param name="output">What to compute. The sizes of its placeholders are all known.</param>
    /// <param name="threads">On how many threads.</param>
    /// <param name="without">Passes of the compiler to leave out.</param>
    public GraphRun(Node output, int threads = 1, params string[] without)
    {
        var placeholders = GraphOrder.Of([output]).OfType<Placeholder>().ToList();
        var session = new Session([output], new StepClock(), new CompilerOptions { Threads = threads, Without = without });
        Executable = session.For(placeholders.ToDictionary(placeholder => placeholder, placeholder => placeholder.Shape));
        foreach (var placeholder in placeholders) Fill(placeholder);
    }

    public Executable Executable { get; }

    public float Loss => float.NaN;

    public void Reset() { }

    public void Run(int times)
    {
        for (var i = 0; i < times; i++) Executable.Run();
    }

    public void Dispose() { }

    private void Fill(Placeholder placeholder)
    {
        var random = new Random(5);
        var region = Executable.Feed(placeholder);
        if (placeholder.ElementType == ElementType.Int32)
        {
            foreach (ref var index in region.IntegerSpan) index = random.Next(10);
        }
        else
        {
            foreach (ref var value in region.Span) value = random.NextSingle() - 0.5f;
        }
    }
}
