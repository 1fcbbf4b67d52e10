namespace SimpleFlow.Onnx;

/// <summary>
/// How an op of ONNX is read: one entry of <see cref="OperatorTable"/>. <see cref="Convert"/> writes the node with SimpleFlow's ops; what
/// else there is says when that is possible, and what is known before.
/// </summary>
/// <param name="Name">The op's name in ONNX.</param>
/// <param name="Convert">Makes the outputs from a node. Inputs that <see cref="AtKnownSizes"/> asked for are known then.</param>
internal sealed record Operator(string Name, Func<OnnxNode, OnnxValue[]> Convert)
{
    /// <summary>The first version of the op set with this meaning.</summary>
    public int Since { get; init; } = 1;

    /// <summary>The last version with this meaning.</summary>
    public int Until { get; init; } = int.MaxValue;

    /// <summary>The op set; the standard one is "".</summary>
    public string Domain { get; init; } = "";

    /// <summary>Whether the conversion needs all sizes of the inputs, and all numbers that follow from sizes. While they are unknown, the
    /// node is a <see cref="SizedOp"/>.</summary>
    public Func<OnnxNode, bool> AtKnownSizes { get; init; } = _ => false;

    /// <summary>The shapes of the outputs while a size is open: as many axes as there will be, null for a size that is not known.</summary>
    public Func<OnnxNode, Shape[]>? OpenShapes { get; init; }

    /// <summary>The type of an output of a <see cref="SizedOp"/>; by default that of the first input.</summary>
    public Func<OnnxNode, int, DataType> OutputType { get; init; } = (node, _) => node.Type(0);

    /// <summary>The inputs whose elements are moved, and not changed: so sizes can be moved as well as data.</summary>
    public Func<OnnxNode, int[]>? Moves { get; init; }

    /// <summary>What an element of the result is, for an op that works element by element: so it can compute with sizes.</summary>
    public Func<OnnxNode, Func<double[], double>?>? Formula { get; init; }

    /// <summary>What the elements of a vector are reduced to, for an op that reduces: so it can reduce sizes.</summary>
    public Func<double[], double>? Total { get; init; }

    /// <summary>Whether an input holds statistics, which training must not change.</summary>
    public Func<int, bool> IsStatistic { get; init; } = _ => false;

    /// <summary>The inputs that say how to compute, and are not computed with: limits, scales, positions. They are no weights.</summary>
    public int[] Settings { get; init; } = [];

    /// <summary>What differs from ONNX, for the table of ops; null if nothing does.</summary>
    public string? Differs { get; init; }

    public static Func<OnnxNode, bool> Always { get; } = _ => true;
}
