using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Benchmarks;

/// <summary>A training step and nothing beside it: the plan that <see cref="Model"/> runs for a batch of
/// a dataset, with the batch in place.</summary>
internal sealed class PlanStep : IContestant
{
    private readonly StepClock _clock = new();
    private readonly float[][] _first;

    public PlanStep(StepNetwork network, int threads)
    {
        var graph = new Graph(network);
        Executable = Compile(graph, threads, _clock);
        foreach (var (placeholder, array) in graph.Feed) FeedShape.Copy(array, Executable.Feed(placeholder), placeholder.ElementType);
        _first = [.. Executable.Plan.Variables.Select(variable => variable.Memory.Span.ToArray())];
    }

    public Executable Executable { get; }

    public float Loss => Executable.Output(0).Span[0];

    public void Reset()
    {
        _clock.Step = 0;
        for (var i = 0; i < _first.Length; i++) Executable.Plan.Variables[i].Set(_first[i]);
    }

    public void Run(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Executable.Run();
            _clock.Step++;
        }
    }

    public void Dispose() { }

    /// <summary>Differentiates the loss, writes the optimizer's updates and compiles the step for the shapes of the graph's feed.</summary>
    public static Executable Compile(Graph graph, int threads, StepClock clock)
    {
        var trained = GraphOrder.Of([graph.Loss], valuesOnly: true).OfType<Variable>().ToList();
        var gradients = Gradients.Of(graph.Loss, trained);
        var session = new Session([graph.Loss, Flow.AddFlow(graph.Loss, new Guard(gradients)),
            .. graph.Optimizer.Updates(trained, gradients)], clock, new CompilerOptions { Threads = threads });
        return session.For(graph.Feed.ToDictionary(entry => entry.Key, entry => FeedShape.Of(entry.Key, entry.Value, entry.Value.Rows)));
    }
}
