using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Each example's elements in one row: [batch, c, h, w] becomes [batch, c·h·w].
    /// A <see cref="SimpleFlow.Reshape"/>, which costs nothing.</summary>
    /// <exception cref="ShapeException">There is no batch axis, or a size beside the batch is unknown.</exception>
    public static Node Flatten(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank == 0)
            throw new ShapeException($"Flatten: `{x.Label}` is a scalar and has no batch axis.", "Give it one: Reshape([1, 1]).");
        var example = x.Shape.Slice(1, x.Shape.Rank - 1);
        if (!example.IsKnown) throw new ShapeException($"Flatten: `{x.Label}` is {x.Shape}; all sizes beside the batch must be known.",
            "Declare them: [null, 1, 28, 28].");
        // An empty example leaves no way to tell the batch from the number of elements.
        return x.Reshape(example.ElementCount == 0 ? [x.Shape[0], 0] : [null, example.ElementCount], name, file, line);
    }
}
