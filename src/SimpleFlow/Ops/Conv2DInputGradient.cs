using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;

namespace SimpleFlow;

/// <summary>
/// The gradient of a <see cref="Conv2D"/> with respect to its images, also known as the transposed convolution: each upstream element is
/// multiplied by the window's weights and added to the pixels it came from. Inputs: the upstream gradient, the weights, and the images,
/// whose shape alone matters (several image sizes can give the same result). For an incoming v of the images' shape, ∂/∂upstream = conv(v,
/// w) and ∂/∂w = the weights' gradient of (v, upstream).
/// </summary>
internal sealed record Conv2DInputGradient : Op
{
    public Conv2DInputGradient(Node weights, Node images, ConvolutionAttributes sweep) : base(weights, images) => Sweep = sweep;

    private ConvolutionAttributes Sweep { get; }

    protected internal override string Attributes => Sweep.ToString();

    internal override bool UsesOnlyShape(int input) => input == 2;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[2].Shape);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input switch
    {
        // [n, c, h, w], [o, c, kh, kw] → [n, o, i, j]
        0 => Flow.AddFlow(upstream, new Conv2D(node.InputArray[1], Sweep)),
        // [n, c, h, w], [n, o, i, j] → [o, c, kh, kw]
        1 => Flow.AddFlow(upstream, new Conv2DWeightGradient(node.InputArray[0], node.InputArray[1], Sweep)),
        _ => null,
    };

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (upstream, w, x) = (inputs[0], inputs[1], new PlainTensor(inputs[2].Shape));
        foreach (var (result, pixel, weight) in Conv2D.Products(Sweep.Geometry(x.Sizes, w.Sizes)))
            x.Elements[pixel] += w.Elements[weight] * upstream.Elements[result];
        return x;
    }

    private ConvolutionGeometry Geometry(Operation node) => Sweep.Geometry(node.Shape.ToSizes(), node.InputArray[1].Shape.ToSizes());

    internal override double Flops(Operation node) => 2.0 * Geometry(node).Products;

    internal override double Cost(Operation node) => Flops(node) / 100;    // at about 100 GFLOP/s

    internal override long ScratchFloats(Operation node, int parts)
    {
        var geometry = Geometry(node);
        return parts * (ImageLanes.ForInputGradient(geometry) is { } lanes ? LaneInputGradient.ScratchPerPart(lanes, geometry)
            : ConvolutionInputGradientKernel.ScratchPerPart(geometry));
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var geometry = Geometry(binding.Node);
        return ImageLanes.ForInputGradient(geometry) is { } lanes
            ? new LaneInputGradient(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer,
                binding.Scratch)
            : new ConvolutionInputGradientKernel(geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer,
                binding.Scratch);
    }
}
