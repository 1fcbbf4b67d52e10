using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow;

/// <summary>
/// A <see cref="Conv2D"/> of one group whose weights were brought into panels, as predictions prepare them once: inputs are the images and
/// the panels [filters / width, channels, height, width of the window, width], where the filters of a panel lie side by side.
/// </summary>
internal sealed record PackedConv2D : Op
{
    internal PackedConv2D(Node panels, ConvolutionAttributes sweep) : base(panels) => Sweep = sweep;

    private ConvolutionAttributes Sweep { get; }

    protected internal override string Attributes => Sweep.ToString();

    protected internal override Formula Notation(Formula[] inputs) => new Call("conv2d", [.. inputs]);

    /// <summary>Whether a convolution gains from it. Windows with gaps would copy many lines for each line of places.</summary>
    public static bool Suits(Operation convolution) => convolution is { Op: Conv2D { Groups: 1 } op, InputArray: [_, var weights] }
        && op.Dilation == 1 && weights.Shape.IsKnown
        && DirectConvolution.Suits((int)weights.Shape[0]!.Value, weights.Shape.Slice(1, 3).ElementCount);

    /// <summary>The same convolution with its weights in panels.</summary>
    public static Operation Of(Operation convolution)
    {
        var panels = Pack(convolution.InputArray[1], TileShape.Best.Width);
        return new Operation(new PackedConv2D(panels, ((Conv2D)convolution.Op).Sweep), [convolution.InputArray[0], panels],
            convolution.Name, convolution.MadeAt);
    }

    private static Node Pack(Node weights, long width)
    {
        var shape = weights.Shape;
        return weights.Reshape(Shape.Create([shape[0] / width, width, shape[1], shape[2], shape[3]])).Transpose([0, 2, 3, 4, 1]);
    }

    private static Node Unpack(Node panels) => panels.Transpose([0, 4, 1, 2, 3]).Reshape(WeightsOf(panels.Shape));

    private static Shape WeightsOf(Shape panels) => Shape.Create([panels[0] * panels[4], panels[1], panels[2], panels[3]]);

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) =>
        Signature.Float(Sweep.Infer(inputs[0], inputs[1] with { Shape = WeightsOf(inputs[1].Shape) }));

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (x, panels) = (node.InputArray[0], node.InputArray[1]);
        return input == 0
            ? Flow.AddFlow(upstream, new Conv2DInputGradient(Unpack(panels), x, Sweep))
            : Pack(Flow.AddFlow(x, new Conv2DWeightGradient(upstream, Unpack(panels), Sweep)), panels.Shape[4]!.Value);
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (x, panels) = (inputs[0], inputs[1]);
        var weights = new PlainTensor(WeightsOf(panels.Shape));
        var (patch, width) = (panels.Sizes[1] * panels.Sizes[2] * panels.Sizes[3], panels.Sizes[4]);
        for (var filter = 0; filter < weights.Sizes[0]; filter++)
            for (var element = 0; element < patch; element++)
                weights.Elements[filter * patch + element] =
                    panels.Elements[(filter / width * patch + element) * width + filter % width];
        return Conv2D.Evaluate(x, weights, Sweep);
    }

    private ConvolutionGeometry Geometry(Operation node) =>
        Sweep.Geometry(node.InputArray[0].Shape.ToSizes(), WeightsOf(node.InputArray[1].Shape).ToSizes());

    internal override double Flops(Operation node) => 2.0 * Geometry(node).Products;

    internal override double Cost(Operation node) => Flops(node) / 100;    // at about 100 GFLOP/s

    internal override bool HandsOn(Operation node)
    {
        var geometry = Geometry(node);
        return ImageLanes.For(geometry) is null && DirectConvolution.HandsOn(TileShape.Best, geometry);
    }

    internal override long ScratchFloats(Operation node, int parts)
    {
        var geometry = Geometry(node);
        return parts * (ImageLanes.For(geometry) is { } lanes ? LaneConvolution.ScratchPerPart(lanes, geometry)
            : DirectConvolution.ScratchPerPart(TileShape.Best, geometry));
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var geometry = Geometry(binding.Node);
        return ImageLanes.For(geometry) is { } lanes
            ? new LaneConvolution(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer,
                binding.Scratch, TileShape.Best.Width)
            : new DirectConvolution(TileShape.Best, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                binding.Output.Pointer, binding.Scratch, binding.Program);
    }
}
