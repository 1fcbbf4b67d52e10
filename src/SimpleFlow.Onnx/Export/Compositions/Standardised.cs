namespace SimpleFlow.Onnx.Export.Compositions;

/// <summary>(x − mean) / √(variance + ε), which all normalisations have inside.</summary>
internal sealed record Standardised(Node X, Node Mean, Node Variance, float Epsilon)
{
    public static Standardised? Of(Node node, List<Node> inside)
    {
        if (node.Is<Divide>() is not { } quotient || quotient.Inputs[0].Is<Subtract>() is not { } centred
            || quotient.Inputs[1].Is<Sqrt>() is not { } root || root.Inputs[0].Is<Add>() is not { } sum
            || sum.Inputs[1].Number() is not { } epsilon)
            return null;
        inside.AddRange([quotient, centred, root, sum]);
        return new Standardised(centred.Inputs[0], centred.Inputs[1], sum.Inputs[0], epsilon);
    }

    /// <summary>Whether mean and variance are those of x itself, along these axes.</summary>
    public bool IsOfX(int[] axes, List<Node> inside)
    {
        if (!IsMean(Mean, axes, out var x) || !ReferenceEquals(x, X) || !IsMean(Variance, axes, out var squares)) return false;
        if (squares is not Operation { Op: Power { Exponent: 2 } } || squares.Inputs[0].Is<Subtract>() is not { } centred
            || !ReferenceEquals(centred.Inputs[0], X) || !ReferenceEquals(centred.Inputs[1], Mean))
            return false;
        inside.AddRange([Mean, Variance, squares, centred]);
        return true;
    }

    private static bool IsMean(Node node, int[] axes, out Node? of)
    {
        of = node is Operation { Op: ReduceMean { Keep: true, Axes: { } along } } mean
            && along.Select(axis => ExportNode.FromZero(axis, mean.Shape.Rank)).Order().SequenceEqual(axes) ? mean.Inputs[0] : null;
        return of is not null;
    }
}
