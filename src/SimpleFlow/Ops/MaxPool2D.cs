using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Pooling;

namespace SimpleFlow;

/// <summary>
/// y = the largest x under the window, in images [n, c, h, w]; padding is never the largest. Among equal elements the first wins, row by
/// row; NaN is larger than everything, and the first NaN wins. The upstream gradient goes to the winner. Where windows overlap, an element
/// gets the sum over the windows it won. A window over padding alone gives −∞, and nothing flows back.
/// </summary>
public sealed record MaxPool2D : Op
{
    /// <summary>Creates the op with the images as the source.</summary>
    /// <param name="window">The height and width of the window.</param>
    /// <param name="stride">How far the window moves from one place to the next; by default the windows lie side by side.</param>
    /// <param name="padding">How far the images are extended.</param>
    /// <param name="dilation">How far apart the window's elements are; 1 by default.</param>
    public MaxPool2D(Size2D window, Size2D? stride = null, Padding padding = default, Size2D? dilation = null) =>
        Pooling = Pooling.Of(window, stride, padding, dilation);

    /// <summary>The height and width of the window.</summary>
    public Size2D Window => Pooling.Window;

    /// <summary>How far the window moves from one place to the next.</summary>
    public Size2D Stride => Pooling.Stride;

    /// <summary>How far the images are extended.</summary>
    public Padding Padding => Pooling.Padding;

    /// <summary>How far apart the window's elements are.</summary>
    public Size2D Dilation => Pooling.Dilation;

    private Pooling Pooling { get; }

    protected internal override string Attributes => Pooling.ToString();

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(Pooling.Infer(inputs[0]));

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        Flow.AddFlow(upstream, new MaxPool2DGradient(node.InputArray[0], Pooling));        // [n, c, i, j] → [n, c, h, w]

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        return new PlainTensor(Results(Pooling, x.Sizes),
            [.. Winners(Pooling, x).Select(winner => winner < 0 ? double.NegativeInfinity : x.Elements[winner])]);
    }

    internal static Shape Results(Pooling pooling, int[] sizes)
    {
        var shape = pooling.Geometry(sizes);
        return Shape.Of(sizes[0], sizes[1], shape.Down, shape.Across);
    }

    /// <summary>For every place the offset of the winner, or −1 if there is none.</summary>
    internal static IEnumerable<int> Winners(Pooling pooling, PlainTensor x)
    {
        var shape = pooling.Geometry(x.Sizes);
        for (var plane = 0; plane < shape.Planes; plane++)
            for (var i = 0; i < shape.Down; i++)
                for (var j = 0; j < shape.Across; j++)
                {
                    var winner = -1;
                    for (var ky = 0; ky < shape.Vertical.Size; ky++)
                    {
                        var row = shape.Vertical.At(i, ky);
                        if (row < 0 || row >= shape.Height) continue;
                        for (var kx = 0; kx < shape.Horizontal.Size; kx++)
                        {
                            var column = shape.Horizontal.At(j, kx);
                            if (column < 0 || column >= shape.Width) continue;
                            var at = (plane * shape.Height + row) * shape.Width + column;
                            if (winner < 0 || x.Elements[at] > x.Elements[winner]
                                || (double.IsNaN(x.Elements[at]) && !double.IsNaN(x.Elements[winner])))
                                winner = at;
                        }
                    }
                    yield return winner;
                }
    }

    internal override double Cost(Operation node) => Pooling.Geometry(node.InputArray[0]).Looks * 0.5;

    internal override long ScratchFloats(Operation node, int parts) => parts * Pooling.Geometry(node.InputArray[0]).ScratchPerPart;

    internal override unsafe Kernel Compile(in Binding binding) =>
        new MaxPoolKernel(Pooling.Geometry(binding.Inputs[0].Sizes), binding.Inputs[0].Pointer, binding.Output.Pointer, binding.Scratch);

    /// <summary>
    /// The gradient of maximum pooling: zeros of the images' shape, to which each upstream element is added at the place of its window's
    /// winner. Inputs: the upstream gradient, the images. An incoming v is read at the winners' places to give the gradient of the upstream
    /// (<see cref="MaxPool2DPick"/>); the images only determine the winners.
    /// </summary>
    internal sealed record MaxPool2DGradient : Op
    {
        public MaxPool2DGradient(Node images, Pooling pooling) : base(images) => Pooling = pooling;

        private Pooling Pooling { get; }

        protected internal override string Attributes => Pooling.ToString();

        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[1].Shape);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input == 0 ? Flow.AddFlow(upstream, new MaxPool2DPick(node.InputArray[1], Pooling)) : null;

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var (upstream, result) = (inputs[0], new PlainTensor(inputs[1].Shape));
            foreach (var (place, winner) in Winners(Pooling, inputs[1]).Index())
            {
                if (winner >= 0) result.Elements[winner] += upstream.Elements[place];
            }
            return result;
        }

        internal override double Cost(Operation node) => Pooling.Geometry(node).Looks * 0.7;

        internal override long ScratchFloats(Operation node, int parts) => parts * Pooling.Geometry(node).GradientScratchPerPart;

        internal override unsafe Kernel Compile(in Binding binding) =>
            new MaxPoolGradientKernel(Pooling.Geometry(binding.Output.Sizes), binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                binding.Output.Pointer, binding.Scratch);
    }

    /// <summary>
    /// The values of v at the winners' places, where other images of the same shape are largest under the window; 0 if a window has no
    /// winner. Inputs: v, the images. In its gradient each upstream element is added at its winner's place.
    /// </summary>
    internal sealed record MaxPool2DPick : Op
    {
        public MaxPool2DPick(Node images, Pooling pooling) : base(images) => Pooling = pooling;

        private Pooling Pooling { get; }

        protected internal override string Attributes => Pooling.ToString();

        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(Pooling.Infer(inputs[1]));

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input == 0 ? Flow.AddFlow(upstream, new MaxPool2DGradient(node.InputArray[1], Pooling)) : null;

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var v = inputs[0];
            return new PlainTensor(Results(Pooling, v.Sizes),
                [.. Winners(Pooling, inputs[1]).Select(winner => winner < 0 ? 0 : v.Elements[winner])]);
        }

        internal override double Cost(Operation node) => Pooling.Geometry(node.InputArray[1]).Looks * 0.7;

        internal override unsafe Kernel Compile(in Binding binding) =>
            new MaxPoolPickKernel(Pooling.Geometry(binding.Inputs[1].Sizes), binding.Inputs[0].Pointer, binding.Inputs[1].Pointer,
                binding.Output.Pointer);
    }
}

public static partial class Flow
{
    /// <summary>The largest element under a window that slides over images [batch, channels, height, width].</summary>
    public static Node MaxPool2D(
        this Node x, Size2D window, Size2D? stride = null, Padding padding = default, Size2D? dilation = null,
        string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new MaxPool2D(window, stride, padding, dilation), name, file, line);
}
