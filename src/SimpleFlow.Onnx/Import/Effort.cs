namespace SimpleFlow.Onnx;

/// <summary>
/// What reading a model may cost. A few bytes can ask for any amount: a loop of loops, a function that calls another ten times, numbers
/// written out to a size. What no real network needs is refused before it is done.
/// </summary>
internal sealed class Effort
{
    /// <summary>Far more nodes than the largest networks have, all steps of their loops included.</summary>
    public const int MostNodes = 250_000;

    /// <summary>The most numbers that are written out while a file is read: 128 MB.</summary>
    public const int MostNumbers = 16_777_216;

    private int _nodes;

    /// <summary>Counts a node that is converted.</summary>
    /// <exception cref="OnnxException">There were too many.</exception>
    public void CountNode()
    {
        if (++_nodes > MostNodes)
            throw new OnnxException($"more than {MostNodes:N0} nodes would be made, in loops and functions that call each other.");
    }

    /// <summary>Refuses to write out more numbers than any network needs.</summary>
    /// <exception cref="OnnxException">There are too many.</exception>
    public static void Require(long count)
    {
        if (count > MostNumbers)
            throw new OnnxException($"{count:N0} numbers would be written out; at most {MostNumbers:N0} are.");
    }
}
