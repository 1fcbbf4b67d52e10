namespace SimpleFlow.Compilation;

/// <summary>One stage of the compiler: a graph in, a graph out that means the same.</summary>
internal abstract class Pass
{
    public string Name => GetType().Name;

    public abstract Node[] Run(Node[] outputs);
}
