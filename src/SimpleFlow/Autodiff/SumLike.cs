namespace SimpleFlow;

/// <summary>
/// A gradient summed to the shape of the node that it is for, whose values do not matter: what <see cref="BackwardSweep"/> needs where only
/// a feed shows what was stretched (<see cref="GraphRewriting.StretchLate"/>). If nothing was, it is the gradient itself.
/// </summary>
internal sealed record SumLike : CompositeOp
{
    public SumLike(Node like) : base(like) { }

    protected internal override Formula Notation(Formula[] inputs) => inputs[0];

    protected override bool ReadsOnlyShape(int input) => input == 1;

    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[1];

    protected override Node Build(IReadOnlyList<Node> inputs) => BackwardSweep.SumWhatWasStretched(inputs[0], inputs[1]);
}
