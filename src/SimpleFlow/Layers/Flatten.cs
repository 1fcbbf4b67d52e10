using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>Each example's elements in one row, [batch, c, h, w] → [batch, c·h·w]:
    /// what stands between convolutions and dense layers.</summary>
    /// <exception cref="ShapeException">There is no batch axis, or a size beside the batch is unknown.</exception>
    public static Node Flatten(Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Flatten(name, file, line);
}
