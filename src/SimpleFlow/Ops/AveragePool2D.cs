using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Pooling;

namespace SimpleFlow;

/// <summary>
/// y = the mean of x under the window, in images [n, c, h, w]. Where the window extends past the edge, only elements inside the image
/// count, unless the padding counts as zeros. The mean of no elements is NaN. The gradient spreads each upstream element evenly over its
/// window.
/// </summary>
public sealed record AveragePool2D : Op
{
    /// <summary>Creates the op with the images as the source.</summary>
    /// <param name="window">The height and width of the window.</param>
    /// <param name="stride">How far the window moves from one place to the next; by default the windows lie side by side.</param>
    /// <param name="padding">How far the images are extended.</param>
    /// <param name="dilation">How far apart the window's elements are; 1 by default.</param>
    /// <param name="countPadding">Whether the padding counts as zeros (ONNX's count_include_pad).</param>
    public AveragePool2D(Size2D window, Size2D? stride = null, Padding padding = default, Size2D? dilation = null,
        bool countPadding = false)
        : this(Pooling.Of(window, stride, padding, dilation), countPadding) { }

    private AveragePool2D(Pooling pooling, bool countPadding) => (Pooling, CountPadding) = (pooling, countPadding);

    /// <summary>The height and width of the window.</summary>
    public Size2D Window => Pooling.Window;

    /// <summary>How far the window moves from one place to the next.</summary>
    public Size2D Stride => Pooling.Stride;

    /// <summary>How far the images are extended.</summary>
    public Padding Padding => Pooling.Padding;

    /// <summary>How far apart the window's elements are.</summary>
    public Size2D Dilation => Pooling.Dilation;

    /// <summary>Whether the padding counts as zeros.</summary>
    public bool CountPadding { get; }

    private Pooling Pooling { get; }

    protected internal override string Attributes => Pooling + (CountPadding ? ", padding counts" : "");

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(Pooling.Infer(inputs[0]));

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        Flow.AddFlow(upstream, new AveragePool2DGradient(this, node.InputArray[0]));       // [n, c, i, j] → [n, c, h, w]

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (x, y) = (inputs[0], new PlainTensor(MaxPool2D.Results(Pooling, inputs[0].Sizes)));
        foreach (var (place, elements, count) in Places(x.Sizes)) y.Elements[place] = elements.Sum(at => x.Elements[at]) / count;
        return y;
    }

    /// <summary>For every place the offsets of the elements under the window, and the number that divides their sum.</summary>
    private IEnumerable<(int Place, List<int> Elements, long Count)> Places(int[] sizes)
    {
        var shape = Pooling.Geometry(sizes);
        var place = 0;
        for (var plane = 0; plane < shape.Planes; plane++)
            for (var i = 0; i < shape.Down; i++)
                for (var j = 0; j < shape.Across; j++)
                {
                    var elements = new List<int>();
                    for (var ky = 0; ky < shape.Vertical.Size; ky++)
                    {
                        var row = shape.Vertical.At(i, ky);
                        if (row < 0 || row >= shape.Height) continue;
                        for (var kx = 0; kx < shape.Horizontal.Size; kx++)
                        {
                            var column = shape.Horizontal.At(j, kx);
                            if (column >= 0 && column < shape.Width) elements.Add((plane * shape.Height + row) * shape.Width + column);
                        }
                    }
                    yield return (place++, elements, CountPadding ? shape.Window : elements.Count);
                }
    }

    internal override double Cost(Operation node) => Pooling.Geometry(node.InputArray[0]).Looks * 0.5;

    internal override unsafe Kernel Compile(in Binding binding) =>
        new AveragePoolKernel(Pooling.Geometry(binding.Inputs[0].Sizes), CountPadding, binding.Inputs[0].Pointer, binding.Output.Pointer);

    /// <summary>
    /// The gradient of average pooling: zeros of the images' shape, to which each upstream element is added, spread evenly over its window.
    /// Inputs: the upstream gradient, and the images, whose shape alone matters. It is the transpose of a linear map, so its own gradient
    /// pools the incoming one.
    /// </summary>
    internal sealed record AveragePool2DGradient : Op
    {
        public AveragePool2DGradient(AveragePool2D pool, Node images) : base(images) => Pool = pool;

        private AveragePool2D Pool { get; }

        protected internal override string Attributes => Pool.Attributes;

        internal override bool UsesOnlyShape(int input) => input == 1;

        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[1].Shape);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input == 0 ? Flow.AddFlow(upstream, Pool) : null;

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var (upstream, result) = (inputs[0], new PlainTensor(inputs[1].Shape));
            foreach (var (place, elements, count) in Pool.Places(result.Sizes))
            {
                foreach (var at in elements) result.Elements[at] += upstream.Elements[place] / count;
            }
            return result;
        }

        internal override double Cost(Operation node) => Pool.Pooling.Geometry(node).Looks * 0.5;

        internal override long ScratchFloats(Operation node, int parts) => parts * Pool.Pooling.Geometry(node).GradientScratchPerPart;

        internal override unsafe Kernel Compile(in Binding binding) =>
            new AveragePoolGradientKernel(Pool.Pooling.Geometry(binding.Output.Sizes), Pool.CountPadding, binding.Inputs[0].Pointer,
                binding.Output.Pointer, binding.Scratch);
    }
}

public static partial class Flow
{
    /// <summary>The mean of the elements under a window that slides over images [batch, channels, height, width].</summary>
    public static Node AveragePool2D(
        this Node x, Size2D window, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, bool countPadding = false,
        string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new AveragePool2D(window, stride, padding, dilation, countPadding), name, file, line);

    /// <summary>The mean of each channel over the whole image, [batch, channels, height, width] → [batch, channels, 1, 1]:
    /// a <see cref="ReduceMean"/>.</summary>
    public static Node GlobalAveragePool(this Node x, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ReduceMean([2, 3], keep: true), name, file, line);
}
