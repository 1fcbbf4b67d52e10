using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>
/// The cross-entropy of logits x with the target t, which is a one-hot row or probabilities, for every row of the last axis: y = −Σᵢ tᵢ·ln
/// softmax(x)ᵢ = Σᵢ tᵢ·(ln Σⱼ e^(xⱼ − max x) − (xᵢ − max x)). Classes with tᵢ = 0 do not count: a logit of −∞ rules its class out, and
/// makes the loss ∞ only if that class is the target. A row of only −∞, or with +∞ or NaN, is NaN, unless all of its tᵢ are 0. The loss is
/// finite for finite logits, as long as float32 can represent their differences, up to 3.4 · 10³⁸. Without classes it is 0. ∂loss/∂x =
/// upstream · (softmax(x) · Σ t − t); ∂loss/∂t = −upstream · ln softmax(x).
/// </summary>
public sealed record SoftmaxCrossEntropy : Op
{
    /// <summary>Creates the op with the logits [.., classes] as the source.</summary>
    /// <param name="target">The target, of the same shape.</param>
    public SoftmaxCrossEntropy(Node target) : base(target) { }

    protected internal override Formula Notation(Formula[] inputs) => new Call("crossentropy", inputs[0], inputs[1]);

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (x, t) = (inputs[0], inputs[1]);
        foreach (var input in inputs)
        {
            if (input.ElementType != ElementType.Float32)
                throw new ShapeException($"{input} is {input.ElementType}; {ElementType.Float32} is needed.",
                    "Make rows of class indices with OneHot(), or convert with Cast().");
        }
        var last = Axis.Of(-1, x);
        if (!x.Shape.Matches(t.Shape, (own, other) => own is null || other is null || own == other))
            throw new ShapeException($"the logits {x} are {x.Shape}, the target {t} is {t.Shape}.",
                $"The target must be {x.Shape}: nothing is stretched.");
        var rows = new long?[last];
        for (var axis = 0; axis < last; axis++) rows[axis] = x.Shape[axis] ?? t.Shape[axis];
        return Signature.Float(Shape.Create(rows));
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (x, t) = (node.InputArray[0], node.InputArray[1]);
        return input == 0
            // [..], [.., c], [.., c] → [.., c]
            ? Flow.AddFlow(upstream, new ByLogits(x, t))
            : -(Column(upstream) * x.LogSoftmax());                                                               // [.., 1] · [.., c]
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (x, t) = (inputs[0], inputs[1]);
        var y = new PlainTensor(Shape.Of([.. x.Sizes.SkipLast(1)]));
        for (var row = 0; row < y.Count; row++)
        {
            var (largest, sum) = Shifted(x, row);
            for (var i = row * x.Sizes[^1]; i < (row + 1) * x.Sizes[^1];
            i++)
                y.Elements[row] += t.Elements[i] == 0 ? 0 : t.Elements[i] * (Math.Log(sum) - (x.Elements[i] - largest));
        }
        return y;
    }

    internal override double Flops(Operation node) => 6.0 * node.InputArray[0].Shape.ElementCount;

    internal override double Cost(Operation node) => node.InputArray[0].Shape.ElementCount;

    internal override long ScratchFloats(Operation node, int parts) =>
        (long)parts * SoftmaxRows.ScratchPerPart((int)node.InputArray[0].Shape[node.InputArray[0].Shape.Rank - 1]!.Value);

    internal override unsafe Kernel Compile(in Binding binding) =>
        new CrossEntropyKernel(binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer, binding.Output.Count,
            binding.Inputs[0].Sizes[^1], binding.Scratch);

    /// <summary>The rows' values as a column: [..] as [.., 1].</summary>
    private static Node Column(Node rows) => Flow.AddFlow(rows, new Unsqueeze([rows.Shape.Rank]));

    /// <summary>A row's maximum, and its sum of e^(x − max x).</summary>
    private static (double Largest, double Sum) Shifted(PlainTensor x, int row)
    {
        var classes = x.Sizes[^1];
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        for (var i = row * classes; i < (row + 1) * classes; i++) largest = Math.Max(largest, x.Elements[i]);
        for (var i = row * classes; i < (row + 1) * classes; i++) sum += Math.Exp(x.Elements[i] - largest);
        return (largest, sum);
    }

    /// <summary>
    /// The gradient with respect to the logits: g = u · (s · Σ t − t) with s = softmax(x), or −u · t if Σ t is 0, from the upstream
    /// gradient u [..], the logits x and the target t. For an incoming v: ∂/∂u = Σ v · (s · Σ t − t), ∂/∂x = u · Σ t · s · (v − Σ v·s),
    /// ∂/∂t = u · (Σ v·s − v), each sum along its row.
    /// </summary>
    internal sealed record ByLogits : Op
    {
        public ByLogits(Node logits, Node target) : base(logits, target) { }

        protected internal override Formula Notation(Formula[] inputs) => Infix.Product(
            inputs[0], "∘", Infix.Sum(Infix.Product(new Call("softmax", inputs[1]), "∘", new Reduced("sum", inputs[2], "-1")), "-",
                inputs[2]));

        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[1].Shape);

        protected internal override Node? Gradient(Operation node, Node upstream, int input)
        {
            var (u, s, t) = (Column(node.InputArray[0]), node.InputArray[1].Softmax(), node.InputArray[2]);
            Node Along(Node rows) => rows.Sum(axis: -1, keep: true);
            return input switch
            {
                0 => (upstream * (s * Along(t) - t)).Sum(axis: -1),                                               // [.., c] → [..]
                // [.., 1] · [.., 1] · [.., c] · [.., c]
                1 => u * Along(t) * s * (upstream - Along(upstream * s)),
                _ => u * (Along(upstream * s) - upstream),                                                        // [.., 1] · [.., c]
            };
        }

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var (u, x, t) = (inputs[0], inputs[1], inputs[2]);
            var g = new PlainTensor(x.Shape);
            for (var row = 0; row < u.Count; row++)
            {
                var (start, end) = (row * x.Sizes[^1], (row + 1) * x.Sizes[^1]);
                var (largest, sum) = Shifted(x, row);
                double total = 0;
                for (var i = start; i < end; i++) total += t.Elements[i];
                for (var i = start; i < end;
                i++)
                    g.Elements[i] = u.Elements[row] * ((total == 0 ? 0 : Math.Exp(x.Elements[i] - largest) / sum * total) - t.Elements[i]);
            }
            return g;
        }

        internal override double Flops(Operation node) => 6.0 * node.Shape.ElementCount;

        internal override double Cost(Operation node) => node.Shape.ElementCount;

        internal override long ScratchFloats(Operation node, int parts) =>
            (long)parts * SoftmaxRows.ScratchPerPart((int)node.Shape[node.Shape.Rank - 1]!.Value);

        internal override unsafe Kernel Compile(in Binding binding) => new CrossEntropyGradientKernel(
            binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Inputs[2].Pointer, binding.Output.Pointer,
            binding.Inputs[0].Count, binding.Output.Sizes[^1], binding.Scratch);
    }
}

public static partial class Flow
{
    /// <summary>The cross-entropy of these logits [.., classes] with each row of <paramref name="target"/>, of the same shape;
    /// <see cref="Losses.SoftmaxCrossEntropy"/> is its mean.</summary>
    public static Node SoftmaxCrossEntropy(this Node logits, Node target, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(logits, new SoftmaxCrossEntropy(target), name, file, line);
}
