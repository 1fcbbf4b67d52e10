using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// The convolution read backwards: every pixel of [n, c, h, w] is multiplied by a window of weights and added to the places that the window
/// covers, [n, o, (h − 1)·stride + extent − padding, …]. It makes images larger, as a <see cref="SimpleFlow.Conv2D"/> of the same
/// attributes makes them smaller; that one is its gradient. The weights are [channels in,
/// channels out / groups, height, width], as in ONNX.
/// </summary>
public sealed record ConvTranspose2D : Op
{
    /// <summary>With the images as the source.</summary>
    /// <param name="weights">[channels in, channels out / groups, height, width].</param>
    /// <param name="stride">How far apart the places are that neighbouring pixels are put to; 1 where nothing is said.</param>
    /// <param name="padding">How much is cut off at the edges.</param>
    /// <param name="dilation">How far apart the window's elements are; 1 where nothing is said.</param>
    /// <param name="groups">Into how many groups the channels fall.</param>
    /// <param name="outputPadding">How many more rows and columns of the result there are at the end, below the stride:
    /// several sizes of image shrink to one.</param>
    public ConvTranspose2D(Node weights, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, int groups = 1,
        Size2D outputPadding = default) : base(weights) =>
        (Sweep, OutputPadding) = (new ConvolutionAttributes(stride ?? 1, padding, dilation ?? 1, groups), outputPadding);

    private ConvolutionAttributes Sweep { get; }

    /// <summary>How many more rows and columns there are at the end.</summary>
    public Size2D OutputPadding { get; }

    internal override string Attributes =>
        string.Join(", ",
            ((string[])[Sweep.ToString(), OutputPadding == 0 ? "" : $"output padding {OutputPadding}"]).Where(text => text.Length > 0));

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (x, w) = (inputs[0], inputs[1]);
        SlidingWindow.Require(x);
        if (OutputPadding.Height < 0 || OutputPadding.Width < 0 || OutputPadding.Height >= Sweep.Stride.Height
            || OutputPadding.Width >= Sweep.Stride.Width)
            throw new ShapeException($"the output padding {OutputPadding} does not lie below the stride {Sweep.Stride}.",
                "It tells apart the sizes that shrink to one by the stride, and there are no more of them.");
        if (w.Shape.Rank == 4 && x.Shape[1] is { } channels && w.Shape[0] is { } from && channels != from)
            throw new ShapeException(
                $"the channels differ. The images {x} are {x.Shape}, the weights {w} are {w.Shape}; {channels} must equal {from}.",
                "The weights are [channels in, channels out / groups, height, width].");
        if (w.Shape.Rank != 4)
            throw new ShapeException($"{w} is {w.Shape}; the weights have four axes, [channels in, channels out / groups, height, width].",
                "Reshape it, with axes of size 1 where there is nothing to say.");
        SlidingWindow.RequirePositive("stride", Sweep.Stride);
        SlidingWindow.RequirePositive("dilation", Sweep.Dilation);
        var shape = Result([.. x.Shape], [.. w.Shape]);
        // The convolution that leads back must exist, with all its rules.
        Sweep.Infer(new Operand(x.Node, shape), w);
        return Signature.Float(shape);
    }

    private Shape Result(long?[] x, long?[] w) => Shape.Create([
        x[0], w[1] * Sweep.Groups,
        Length(x[2], w[2], Sweep.Stride.Height, Sweep.Dilation.Height, (long)Sweep.Padding.Top + Sweep.Padding.Bottom,
            OutputPadding.Height),
        Length(x[3], w[3], Sweep.Stride.Width, Sweep.Dilation.Width, (long)Sweep.Padding.Left + Sweep.Padding.Right, OutputPadding.Width),
    ]);

    private static long? Length(long? places, long? window, int stride, int dilation, long cut, int more)
    {
        var result = (places - 1) * stride + dilation * (window - 1) + 1 - cut + more;
        return result is null || (result >= 1 && places > 0) ? result
            : throw new ShapeException(
                $"nothing is left: {places} places make {result + cut} rows or columns, and the padding cuts off {cut}.", "Pad less.");
    }

    internal override Node? Gradient(Operation node, Node upstream, int input) => input == 0
        ? Flow.AddFlow(upstream, new Conv2D(node.InputArray[1], Sweep))                                     // [n, o, H, W] → [n, c, h, w]
                                                                                                            // [n, o, H, W], [n, c, h, w] →
                                                                                                            // [c, o, kh, kw]
        : Flow.AddFlow(upstream, new Conv2DWeightGradient(node.InputArray[0], node.InputArray[1], Sweep));

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (x, w) = (inputs[0], inputs[1]);
        var y = new PlainTensor(Result(Array.ConvertAll(x.Sizes, size => (long?)size), Array.ConvertAll(w.Sizes, size => (long?)size)));
        foreach (var (result, pixel, weight) in Conv2D.Products(Sweep.Geometry(y.Sizes, w.Sizes)))
            y.Elements[pixel] += w.Elements[weight] * x.Elements[result];
        return y;
    }

    internal override Node? Lower(Operation node) =>
        Flow.AddFlow(node.InputArray[0], new Conv2DInputGradient(node.InputArray[1], ((Node)0f).Broadcast(node.Shape), Sweep));

    internal override Kernel Compile(in Binding binding) =>
        throw new UnreachableException("It is the gradient of a convolution once the shapes are known.");
}

public static partial class Flow
{
    /// <summary>The convolution read backwards: images [batch, channels, height, width] that a window of weights [channels in, channels out
    /// / groups, height, width] makes larger.</summary>
    public static Node ConvTranspose2D(
        this Node x, Node weights, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, int groups = 1,
        Size2D outputPadding = default, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ConvTranspose2D(weights, stride, padding, dilation, groups, outputPadding), name, file, line);
}
