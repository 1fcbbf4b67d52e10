namespace SimpleFlow.Compilation;

/// <summary>One stage of the compiler: a graph in, an equivalent graph out.</summary>
internal abstract class Pass
{
    public string Name => GetType().Name;

    /// <param name="outputs">The graph.</param>
    /// <param name="cancellation">Cancels between two nodes.</param>
    public abstract Node[] Run(Node[] outputs, CancellationToken cancellation = default);
}
