using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;

namespace SimpleFlow;

/// <summary>
/// The gradient of a <see cref="Conv2D"/> with respect to its weights: Σ over images and places of the upstream element there times the
/// pixel that the weight multiplied. Inputs: the images, the upstream gradient, and the weights, whose shape alone matters. For an incoming
/// v of the weights' shape, ∂/∂x = the images' gradient of (upstream, v) and ∂/∂upstream = conv(x, v).
/// </summary>
internal sealed record Conv2DWeightGradient : Op
{
    public Conv2DWeightGradient(Node upstream, Node weights, ConvolutionAttributes sweep) : base(upstream, weights) => Sweep = sweep;

    private ConvolutionAttributes Sweep { get; }

    protected internal override string Attributes => Sweep.ToString();

    internal override bool UsesOnlyShape(int input) => input == 2;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[2].Shape);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input switch
    {
        // [n, o, i, j], [o, c, kh, kw] → [n, c, h, w]
        0 => Flow.AddFlow(node.InputArray[1], new Conv2DInputGradient(upstream, node.InputArray[0], Sweep)),
        // [n, c, h, w], [o, c, kh, kw] → [n, o, i, j]
        1 => Flow.AddFlow(node.InputArray[0], new Conv2D(upstream, Sweep)),
        _ => null,
    };

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (x, upstream, w) = (inputs[0], inputs[1], new PlainTensor(inputs[2].Shape));
        foreach (var (result, pixel, weight) in Conv2D.Products(Sweep.Geometry(x.Sizes, w.Sizes)))
            w.Elements[weight] += x.Elements[pixel] * upstream.Elements[result];
        return w;
    }

    private ConvolutionGeometry Geometry(Operation node) => Sweep.Geometry(node.InputArray[0].Shape.ToSizes(), node.Shape.ToSizes());

    internal override double Flops(Operation node) => 2.0 * Geometry(node).Products;

    internal override double Cost(Operation node) => Flops(node) / 100;    // at about 100 GFLOP/s

    internal override long ScratchFloats(Operation node, int parts)
    {
        var geometry = Geometry(node);
        return parts * (ImageLanes.ForWeightGradient(geometry) is { } lanes ? LaneWeightGradient.ScratchPerPart(lanes, geometry)
            : ConvolutionWeightGradientKernel.ScratchPerPart(geometry));
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var geometry = Geometry(binding.Node);
        return ImageLanes.ForWeightGradient(geometry) is { } lanes
            ? new LaneWeightGradient(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer,
                binding.Scratch)
            : new ConvolutionWeightGradientKernel(geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer,
                binding.Scratch);
    }
}
