using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow;

/// <summary>
/// Slides a window over images [n, c, h, w]: y[n, o, i, j] = Σ over c, ky, kx of w[o, c, ky, kx] · x[n, c, i·stride + ky·dilation − top,
/// j·stride + kx·dilation − left], where the padding beyond the edges counts as 0. As everywhere in deep learning, and in ONNX, the window
/// is not flipped. With groups, each group of filters sees only its group of the channels. The op is linear in the images and in the
/// weights: ∂loss/∂x puts each upstream element back through the window (<see cref="Conv2DInputGradient"/>), ∂loss/∂w correlates the images
/// with the upstream gradient (<see cref="Conv2DWeightGradient"/>).
/// </summary>
public sealed record Conv2D : Op
{
    /// <summary>Creates the op with the images as the source.</summary>
    /// <param name="weights">[channels out, channels in / groups, height, width].</param>
    /// <param name="stride">How far the window moves from one place to the next; 1 by default.</param>
    /// <param name="padding">How many zeros are added around the images.</param>
    /// <param name="dilation">How far apart the window's elements are; 1 by default.</param>
    /// <param name="groups">The number of groups that the channels are divided into.</param>
    public Conv2D(Node weights, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, int groups = 1)
        : this(weights, new ConvolutionAttributes(stride ?? 1, padding, dilation ?? 1, groups)) { }

    internal Conv2D(Node weights, ConvolutionAttributes sweep) : base(weights) => Sweep = sweep;

    /// <summary>How far the window moves from one place to the next.</summary>
    public Size2D Stride => Sweep.Stride;

    /// <summary>How many zeros are added around the images.</summary>
    public Padding Padding => Sweep.Padding;

    /// <summary>How far apart the window's elements are.</summary>
    public Size2D Dilation => Sweep.Dilation;

    /// <summary>The number of groups that the channels are divided into.</summary>
    public int Groups => Sweep.Groups;

    internal ConvolutionAttributes Sweep { get; }

    protected internal override string Attributes => Sweep.ToString();

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(Sweep.Infer(inputs[0], inputs[1]));

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (x, w) = (node.InputArray[0], node.InputArray[1]);
        return input == 0
            ? Flow.AddFlow(upstream, new Conv2DInputGradient(w, x, Sweep))         // [n, o, i, j], [o, c, kh, kw] → [n, c, h, w]
            : Flow.AddFlow(x, new Conv2DWeightGradient(upstream, w, Sweep));       // [n, c, h, w], [n, o, i, j] → [o, c, kh, kw]
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => Evaluate(inputs[0], inputs[1], Sweep);

    internal static PlainTensor Evaluate(PlainTensor x, PlainTensor w, ConvolutionAttributes sweep)
    {
        var shape = sweep.Geometry(x.Sizes, w.Sizes);
        var y = new PlainTensor(Shape.Of(x.Sizes[0], w.Sizes[0], shape.Down, shape.Across));
        foreach (var (at, from, weight) in Products(shape)) y.Elements[at] += w.Elements[weight] * x.Elements[from];
        return y;
    }

    /// <summary>Visits every product of a convolution: the place of its result, the pixel and the weight. Products with padding are left
    /// out.</summary>
    internal static IEnumerable<(int Result, int Pixel, int Weight)> Products(ConvolutionGeometry shape)
    {
        for (var image = 0; image < shape.Images * shape.Groups; image++)
            for (var filter = 0; filter < shape.Filters; filter++)
                for (var i = 0; i < shape.Down; i++)
                    for (var j = 0; j < shape.Across; j++)
                        for (var channel = 0; channel < shape.Channels; channel++)
                            for (var ky = 0; ky < shape.Vertical.Size; ky++)
                                for (var kx = 0; kx < shape.Horizontal.Size; kx++)
                                {
                                    var (row, column) = (shape.Vertical.At(i, ky), shape.Horizontal.At(j, kx));
                                    if (row < 0 || row >= shape.Height || column < 0 || column >= shape.Width) continue;
                                    yield return (
                                        ((image * shape.Filters + filter) * shape.Down + i) * shape.Across + j,
                                        ((image * shape.Channels + channel) * shape.Height + row) * shape.Width + column,
                                        (((image % shape.Groups * shape.Filters + filter) * shape.Channels + channel) * shape.Vertical.Size
                                            + ky) * shape.Horizontal.Size + kx);
                                }
    }

    private ConvolutionGeometry Geometry(Operation node) =>
        Sweep.Geometry(node.InputArray[0].Shape.ToSizes(), node.InputArray[1].Shape.ToSizes());

    internal override double Flops(Operation node) => 2.0 * Geometry(node).Products;

    internal override double Cost(Operation node) => Flops(node) / 100;    // at about 100 GFLOP/s

    internal override bool HandsOn(Operation node)
    {
        var geometry = Geometry(node);
        return ImageLanes.For(geometry) is null
            && (ShiftedConvolution.Suits(geometry) ? ShiftedConvolution.HandsOn(geometry) : ConvolutionKernel.HandsOn(geometry));
    }

    internal override long ScratchFloats(Operation node, int parts)
    {
        var geometry = Geometry(node);
        return parts * (ImageLanes.For(geometry) is { } lanes ? LaneConvolution.ScratchPerPart(lanes, geometry)
            : ShiftedConvolution.Suits(geometry) ? ShiftedConvolution.ScratchPerPart(TileShape.Best, geometry)
            : ConvolutionKernel.ScratchPerPart(geometry));
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var geometry = Geometry(binding.Node);
        return ImageLanes.For(geometry) is { } lanes
            ? new LaneConvolution(lanes, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer,
                binding.Scratch)
            : ShiftedConvolution.Suits(geometry)
            ? new ShiftedConvolution(TileShape.Best, geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                binding.Output.Pointer, binding.Scratch, binding.Program)
            : new ConvolutionKernel(geometry, binding.Inputs[0].Pointer, binding.Inputs[1].Pointer, binding.Output.Pointer,
                binding.Scratch, binding.Program);
    }
}

public static partial class Flow
{
    /// <summary>Slides the window of the weights [channels out, channels in / groups, height, width] over
    /// images [batch, channels, height, width].</summary>
    public static Node Conv2D(
        this Node x, Node weights, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, int groups = 1,
        string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Conv2D(weights, stride, padding, dilation, groups), name, file, line);
}
