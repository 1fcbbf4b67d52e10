using System.Diagnostics;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>One section of the flat result of a <see cref="Scan"/>: the history of a state, [time + 1, …], or an output, [time, …]. Inputs:
/// the result of the scan, and the inputs of the scan, whose shapes alone matter.</summary>
internal sealed record ScanPart : Op
{
    public ScanPart(ScanBody body, int section, params Node[] inputsOfScan) : base(inputsOfScan) => (Body, Section) = (body, section);

    /// <summary>A part of a scan.</summary>
    public static Node Of(Operation scan, int section) =>
        Flow.AddFlow(scan, new ScanPart(((Scan)scan.Op).Body, section, scan.InputArray), null, scan.MadeAt.File, scan.MadeAt.Line);

    public ScanBody Body { get; }

    public int Section { get; }

    protected internal override string Attributes => $"{Section}";

    protected internal override Formula Notation(Formula[] inputs) => new Indexed(inputs[0], $"{Section}");

    internal override bool UsesOnlyShape(int input) => input > 0;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(ShapeOf(inputs[1..]));

    private Shape ShapeOf(ReadOnlySpan<Operand> inputs)
    {
        var shapes = new Shape[inputs.Length];
        for (var i = 0; i < shapes.Length; i++) shapes[i] = inputs[i].Shape;
        if (Array.TrueForAll(shapes, shape => shape.IsKnown)) return ScanLayout.Of(Body, shapes).Sections[Section];
        var time = Array.Find(shapes[..Body.Sequences.Length], shape => shape[0] is not null)?[0];
        Shape ofTime = [Section < Body.States.Length && time is { } steps ? Shape.Sum(steps, 1) : time];
        return ofTime.Append(Body.Results[Section].Shape);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        input > 0 ? null : Flow.AddFlow(upstream, new Unpart(Body, Section, node.InputArray[1..]));

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var layout = ScanLayout.Of(Body, [.. inputs[1..].Select(input => input.Shape)]);
        var part = new PlainTensor(layout.Sections[Section]);
        Array.Copy(inputs[0].Elements, layout.Starts[Section], part.Elements, 0, part.Count);
        return part;
    }

    internal override Node? Lower(Operation node)
    {
        var layout = ScanLayout.Of(Body, [.. node.InputArray[1..].Select(input => input.Shape)]);
        var start = layout.Starts[Section];
        return node.InputArray[0].Slice(0, start, start + node.Shape.ElementCount).Reshape(node.Shape);
    }

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("It is a slice once the shapes are known.");

    /// <summary>The gradient of a part: the upstream gradient in its place, and zeros in all others. Inputs: the upstream gradient, and the
    /// inputs of the scan, whose shapes alone matter.</summary>
    internal sealed record Unpart : Op
    {
        public Unpart(ScanBody body, int section, params Node[] inputsOfScan) : base(inputsOfScan) => (Body, Section) = (body, section);

        public ScanBody Body { get; }

        public int Section { get; }

        protected internal override string Attributes => $"{Section}";

        protected internal override Formula Notation(Formula[] inputs) => new Call("unpart", inputs[0], Attributes);

        internal override bool UsesOnlyShape(int input) => input > 0;

        internal override Signature Infer(ReadOnlySpan<Operand> inputs)
        {
            var shapes = new Shape[inputs.Length - 1];
            for (var i = 0; i < shapes.Length; i++) shapes[i] = inputs[i + 1].Shape;
            return Signature.Float(Array.TrueForAll(shapes, shape => shape.IsKnown) ? [ScanLayout.Of(Body, shapes).Length] : [null]);
        }

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input > 0 ? null : Flow.AddFlow(upstream, new ScanPart(Body, Section, node.InputArray[1..]));

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var layout = ScanLayout.Of(Body, [.. inputs[1..].Select(input => input.Shape)]);
            var result = new PlainTensor([layout.Length]);
            inputs[0].Elements.CopyTo(result.Elements, layout.Starts[Section]);
            return result;
        }

        internal override Node? Lower(Operation node)
        {
            var layout = ScanLayout.Of(Body, [.. node.InputArray[1..].Select(input => input.Shape)]);
            var (start, count) = (layout.Starts[Section], layout.Sections[Section].ElementCount);
            return node.InputArray[0].Reshape([count]).Pad(0, start, layout.Length - start - count);
        }

        internal override Kernel Compile(in Binding binding) => throw new UnreachableException("It is padded once the shapes are known.");
    }
}
