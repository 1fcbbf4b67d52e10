using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>What softmax and log-softmax share: they normalise along one axis, shifted by its maximum.</summary>
public abstract record AlongAxis : Op
{
    private protected AlongAxis(int axis) => Along = axis;

    /// <summary>The axis to normalise along; a negative axis counts from the last.</summary>
    public int Along { get; }

    protected internal override string Attributes => $"axis {Along}";

    private protected abstract bool Logarithm { get; }

    private protected abstract Op Last { get; }

    private protected int AxisOf(Node node) => Along < 0 ? Along + node.Shape.Rank : Along;

    internal sealed override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var x = inputs[0];
        if (x.ElementType != ElementType.Float32)
            throw new ShapeException($"{x} is {x.ElementType}; {ElementType.Float32} is needed.", "Convert it with Cast().");
        Axis.Of(Along, x);
        return Signature.Float(x.Shape);
    }

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        var y = new PlainTensor(x.Shape);
        var (outer, length, inner) = Axis.Split(x.Sizes, Along < 0 ? Along + x.Rank : Along);
        for (var i = 0; i < outer; i++)
        {
            for (var j = 0; j < inner; j++)
            {
                int At(int k) => (i * length + k) * inner + j;
                var largest = double.NegativeInfinity;
                for (var k = 0; k < length; k++) largest = Math.Max(largest, x.Elements[At(k)]);
                double sum = 0;
                for (var k = 0; k < length; k++) sum += Math.Exp(x.Elements[At(k)] - largest);
                for (var k = 0; k < length; k++)
                {
                    var shifted = x.Elements[At(k)] - largest;
                    y.Elements[At(k)] = Logarithm ? shifted - Math.Log(sum) : Math.Exp(shifted) / sum;
                }
            }
        }
        return y;
    }

    // The kernel works on rows: another axis is moved to the end and back.
    internal sealed override Node? Lower(Operation node)
    {
        var rank = node.Shape.Rank;
        var axis = AxisOf(node);
        if (axis == rank - 1) return null;
        int[] swap = [.. Enumerable.Range(0, rank)];
        (swap[axis], swap[rank - 1]) = (rank - 1, axis);
        return Flow.AddFlow(node.InputArray[0].Transpose(swap), Last).Transpose(swap);
    }

    internal sealed override double Cost(Operation node) => node.Shape.ElementCount;

    internal sealed override long ScratchFloats(Operation node, int parts) =>
        (long)parts * SoftmaxRows.ScratchPerPart((int)node.Shape[node.Shape.Rank - 1]!.Value);

    internal sealed override unsafe Kernel Compile(in Binding binding)
    {
        var width = binding.Output.Sizes[^1];
        return new SoftmaxKernel(Logarithm, binding.Inputs[0].Pointer, binding.Output.Pointer,
            width == 0 ? 0 : binding.Output.Count / width, width, binding.Scratch);
    }
}
