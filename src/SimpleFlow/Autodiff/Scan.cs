using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// A recurrence: sₜ = body(xₜ, sₜ₋₁) for t = 0, 1, … along the first axis of some sequences, or from the last to the first. The body is a
/// graph. It is compiled once and runs as often as the fed sequences are long.
/// <para>
/// Inputs: the sequences, [time, …]; the first value of each state; what the body needs besides, which is the same at every step. The
/// result is flat: <see cref="ScanLayout"/> says what lies where, and a <see cref="ScanPart"/> is one part of it.
/// </para>
/// <para>
/// The gradient is the scan backwards, δₜ₋₁ = δₜ · ∂sₜ/∂sₜ₋₁, which is a scan itself and has a gradient again:
/// <see cref="ScanDerivative"/>.
/// </para>
/// </summary>
internal sealed record Scan : Op
{
    public Scan(ScanBody body, bool reverse, params Node[] operands) : base(operands) => (Body, Reverse) = (body, reverse);

    /// <summary>What a step does.</summary>
    public ScanBody Body { get; }

    /// <summary>Whether time runs from the last step to the first.</summary>
    public bool Reverse { get; }

    /// <summary>The compiled body; null until a plan is made.</summary>
    public IScanProgram? Program { get; init; }

    protected internal override string Attributes =>
        $"{(Reverse ? "reverse, " : "")}{Program?.ToString() ?? NumberText.Count(Body.States.Length, "state")}";

    protected internal override Formula Notation(Formula[] inputs) => new Call("scan", inputs);

    internal override bool UsesOnlyShape(int input) => !Body.Reads(input);

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var known = true;
        foreach (var input in inputs) known &= input.Shape.IsKnown;
        var first = inputs[0];
        for (var i = 0; i < Body.Sequences.Length; i++)
        {
            var x = inputs[i];
            if (x.Shape.Rank == 0) throw new ShapeException($"{x} is one number; a sequence has an axis of time.", "Give it one.");
            if (first.Shape[0] is { } time && x.Shape[0] is { } other && time != other)
                throw new ShapeException($"the sequences have different lengths. {first} is {first.Shape}, {x} is {x.Shape}.",
                    "The first axis, that of time, must be equal.");
        }
        if (!known) return Signature.Float([null]);
        var shapes = new Shape[inputs.Length];
        for (var i = 0; i < shapes.Length; i++) shapes[i] = inputs[i].Shape;
        var layout = ScanLayout.Of(Body, shapes);
        for (var i = 0; i < Body.States.Length; i++)
        {
            var (before, after) = (shapes[Body.Sequences.Length + i], layout.Sections[i].Slice(1, layout.Sections[i].Rank - 1));
            if (!before.Equals(after))
                throw new ShapeException($"a state is {before} before a step and {after} after it.",
                    "A step must not change the shape of a state.");
        }
        return Signature.Float([layout.Length]);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        Gradients(node, upstream, index => index == input).Select(one => one.Gradient).FirstOrDefault();

    internal override IEnumerable<(int Input, Node Gradient)> Gradients(Operation node, Node upstream, Predicate<int> isNeeded) =>
        ScanDerivative.Gradients(node, upstream, isNeeded);

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var layout = ScanLayout.Of(Body, Array.ConvertAll(inputs, input => input.Shape));
        var result = new PlainTensor([layout.Length]);
        var values = new Dictionary<Node, PlainTensor>(ReferenceEqualityComparer.Instance);
        for (var i = Body.Sequences.Length; i < inputs.Length; i++) values[Body.Leaves[i]] = inputs[i];
        for (var i = 0; i < Body.States.Length; i++) Keep(i, Reverse ? layout.Time : 0, values[Body.States[i]]);
        for (var place = 0; place < layout.Time; place++)
        {
            var t = Reverse ? layout.Time - 1 - place : place;
            for (var i = 0; i < Body.Sequences.Length; i++) values[Body.Sequences[i]] = At(inputs[i], t);
            var now = new Dictionary<Node, PlainTensor>(values, ReferenceEqualityComparer.Instance);
            foreach (var one in Body.Order)
            {
                if (now.ContainsKey(one)) continue;
                now[one] = one switch
                {
                    Constant constant => new PlainTensor(constant.Shape, constant.Elements.ToArray()),
                    _ => ((Operation)one).Evaluate(Array.ConvertAll(one.InputArray, input => now[input]), step),
                };
            }
            for (var i = 0; i < Body.Results.Length; i++)
                Keep(i, i < Body.States.Length && !Reverse ? t + 1 : t, now[Body.Results[i]]);
            for (var i = 0; i < Body.States.Length; i++) values[Body.States[i]] = now[Body.Next[i]];
        }
        return result;

        void Keep(int section, int at, PlainTensor value) =>
            value.Elements.CopyTo(result.Elements, layout.Starts[section] + (long)at * layout.Stride(section));
    }

    private static PlainTensor At(PlainTensor sequence, int t)
    {
        var one = new PlainTensor(sequence.Shape.Slice(1, sequence.Rank - 1));
        Array.Copy(sequence.Elements, (long)t * one.Count, one.Elements, 0, one.Count);
        return one;
    }

    internal override long InnerKernels => Program?.Kernels ?? 1;

    internal override long ScratchFloats(Operation node, int parts) => Program!.ScratchFloats;

    internal override double Flops(Operation node) => Program!.Flops;

    internal override double Cost(Operation node) => Program!.Cost;

    internal override Kernel Compile(in Binding binding) => Program!.Bind(binding);
}

/// <summary>The compiled body of a scan, for known shapes.</summary>
internal interface IScanProgram
{
    /// <summary>The number of kernels of all steps.</summary>
    long Kernels { get; }

    /// <summary>The scratch memory that it computes in.</summary>
    long ScratchFloats { get; }

    /// <summary>The additions and multiplications of all steps.</summary>
    double Flops { get; }

    /// <summary>About how many nanoseconds all steps take on one thread.</summary>
    double Cost { get; }

    /// <summary>The kernels of all steps, bound to memory.</summary>
    Kernel Bind(in Binding binding);
}
