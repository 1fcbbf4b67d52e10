using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// The transposed convolution: multiplies every pixel of [n, c, h, w] by a window of weights and adds the products to the places that the
/// window covers, [n, o, (h − 1)·stride + extent − padding, …]. It enlarges images as a <see cref="SimpleFlow.Conv2D"/> with the same
/// attributes shrinks them; that one is its gradient. The weights are [channels in, channels out / groups, height, width], as in ONNX.
/// </summary>
public sealed record ConvTranspose2D : Op
{
    /// <summary>Creates the op with the images as the source.</summary>
    /// <param name="weights">[channels in, channels out / groups, height, width].</param>
    /// <param name="stride">How far apart the windows of neighbouring pixels are; 1 by default.</param>
    /// <param name="padding">How many rows and columns are cut off at the edges.</param>
    /// <param name="dilation">How far apart the window's elements are; 1 by default.</param>
    /// <param name="groups">The number of groups that the channels are divided into.</param>
    /// <param name="outputPadding">How many rows and columns are added at the end of the result, fewer than the stride. It chooses among
    /// the image sizes that a convolution shrinks to the same size.</param>
    public ConvTranspose2D(Node weights, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, int groups = 1,
        Size2D outputPadding = default) : base(weights) =>
        (Sweep, OutputPadding) = (new ConvolutionAttributes(stride ?? 1, padding, dilation ?? 1, groups), outputPadding);

    private ConvolutionAttributes Sweep { get; }

    /// <summary>How far apart the windows of neighbouring pixels are.</summary>
    public Size2D Stride => Sweep.Stride;

    /// <summary>How many rows and columns are cut off at the edges.</summary>
    public Padding Padding => Sweep.Padding;

    /// <summary>How far apart the window's elements are.</summary>
    public Size2D Dilation => Sweep.Dilation;

    /// <summary>The number of groups that the channels are divided into.</summary>
    public int Groups => Sweep.Groups;

    /// <summary>How many rows and columns are added at the end.</summary>
    public Size2D OutputPadding { get; }

    protected internal override string Attributes =>
        string.Join(", ",
            ((string[])[Sweep.ToString(), OutputPadding == 0 ? "" : $"output padding {OutputPadding}"]).Where(text => text.Length > 0));

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (x, w) = (inputs[0], inputs[1]);
        SlidingWindow.Require(x);
        if (OutputPadding.Height < 0 || OutputPadding.Width < 0 || OutputPadding.Height >= Sweep.Stride.Height
            || OutputPadding.Width >= Sweep.Stride.Width)
            throw new ShapeException($"the output padding {OutputPadding} is not below the stride {Sweep.Stride}.",
                "It chooses among the image sizes that a convolution with this stride shrinks to the same size.");
        if (w.Shape.Rank == 4 && x.Shape[1] is { } channels && w.Shape[0] is { } from && channels != from)
            throw new ShapeException(
                $"the channels differ. The images {x} are {x.Shape}, the weights {w} are {w.Shape}; {channels} must equal {from}.",
                "The weights are [channels in, channels out / groups, height, width].");
        if (w.Shape.Rank != 4)
            throw new ShapeException($"{w} is {w.Shape}; the weights have four axes, [channels in, channels out / groups, height, width].",
                "Reshape it; add axes of size 1 if some are missing.");
        SlidingWindow.RequirePositive("stride", Sweep.Stride);
        SlidingWindow.RequirePositive("dilation", Sweep.Dilation);
        var shape = Result([.. x.Shape], [.. w.Shape]);
        // The convolution for the gradient must exist, with all its rules.
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
                $"nothing is left: {places} places make {result + cut} rows or columns, and the padding cuts off {cut}.",
                "Use less padding.");
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input == 0
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
    /// <summary>Transposed convolution: images [batch, channels, height, width], enlarged by a window of weights [channels in, channels out
    /// / groups, height, width].</summary>
    public static Node ConvTranspose2D(
        this Node x, Node weights, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, int groups = 1,
        Size2D outputPadding = default, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ConvTranspose2D(weights, stride, padding, dilation, groups, outputPadding), name, file, line);
}
