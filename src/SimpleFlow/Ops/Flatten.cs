using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Puts each example's elements in one row: [batch, c, h, w] becomes [batch, c·h·w]. It is a <see cref="SimpleFlow.Reshape"/>,
    /// which costs nothing.</summary>
    /// <exception cref="ShapeException">There is no batch axis, or a size other than the batch is unknown.</exception>
    public static Node Flatten(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank == 0)
            throw new ShapeException($"Flatten: `{x.Label}` is a scalar and has no batch axis.", "Give it one: Reshape([1, 1]).");
        var example = x.Shape.Slice(1, x.Shape.Rank - 1);
        if (!example.IsKnown) throw new ShapeException($"Flatten: `{x.Label}` is {x.Shape}; all sizes except the batch must be known.",
            "Declare them: [null, 1, 28, 28].");
        // With an empty example, the batch does not follow from the number of elements.
        return x.Reshape(example.ElementCount == 0 ? [x.Shape[0], 0] : [null, example.ElementCount], name, file, line);
    }
}
