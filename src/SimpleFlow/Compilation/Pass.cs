namespace SimpleFlow.Compilation;

/// <summary>One stage of the compiler: a graph in, a graph out that means the same.</summary>
internal abstract class Pass
{
    public string Name => GetType().Name;

    /// <param name="outputs">The graph.</param>
    /// <param name="cancellation">Stops at the next node.</param>
    public abstract Node[] Run(Node[] outputs, CancellationToken cancellation = default);
}
