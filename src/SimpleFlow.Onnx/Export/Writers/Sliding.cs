using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>Ops with a window that slides over images.</summary>
internal static class Sliding
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Of<Conv2D>((node, op) => node.Result("Conv", node.Inputs, Of(op))),
        Exporter.Of<ConvTranspose2D>((node, op) => node.Result("ConvTranspose", node.Inputs,
        [
            .. Steps(op.Stride, op.Padding, op.Dilation), With.Int("group", op.Groups),
            With.Ints("output_padding", op.OutputPadding.Height, op.OutputPadding.Width),
        ])),
        Exporter.Of<MaxPool2D>((node, op) =>
        {
            var (from, padding) = Extended(node, node.Input(0), op.Window, op.Padding, float.NegativeInfinity);
            node.Result("MaxPool", [from], [Window(op.Window), .. Steps(op.Stride, padding, op.Dilation)]);
        }),
        Exporter.Of<AveragePool2D>((node, op) =>
        {
            var (from, padding) = Extended(node, node.Input(0), op.Window, op.Padding, 0);
            // Op sets before 19 have no dilation here.
            var steps = Steps(op.Stride, padding, op.Dilation).Where(one => op.Dilation != 1 || one.Name != "dilations");
            AttributeProto[] attributes = [Window(op.Window), .. steps, With.Flag("count_include_pad", op.CountPadding)];
            if (padding == op.Padding || op.CountPadding)
            {
                node.Result("AveragePool", [from], attributes);
                return;
            }
            // The zeros are among the elements now: divide by the share of the window that lies inside of the image.
            var ones = node.Step("ConstantOfShape", [node.Step("Shape", node.Inputs)],
                With.Tensor("value", Tensors.Of("", [1f], [1])));
            var (inside, _) = Extended(node, ones, op.Window, op.Padding, 0);
            node.Result("Div", [node.Step("AveragePool", [from], attributes), node.Step("AveragePool", [inside], attributes)]);
        }, since: op => op.Dilation == 1 ? 17 : 19),
        ];

    public static AttributeProto[] Of(Conv2D op) => [.. Steps(op.Stride, op.Padding, op.Dilation), With.Int("group", op.Groups)];

    /// <summary>The images to pool and the padding that is left to do. ONNX Runtime refuses a padding as wide as the window, so such images
    /// are extended before. It would join the two again: the maximum with −∞, which changes no number, keeps them apart.</summary>
    private static (string Images, Padding Padding) Extended(ExportNode node, string images, Size2D window, Padding padding, float value)
    {
        if (Math.Max(padding.Top, padding.Bottom) < window.Height && Math.Max(padding.Left, padding.Right) < window.Width)
            return (images, padding);
        var amounts = node.Whole(0, 0, padding.Top, padding.Left, 0, 0, padding.Bottom, padding.Right);
        var extended = node.Step("Pad", [images, amounts, node.Number(value)], With.Text("mode", "constant"));
        return (node.Step("Max", [extended, node.Number(float.NegativeInfinity)]), default);
    }

    private static AttributeProto Window(Size2D window) => With.Ints("kernel_shape", window.Height, window.Width);

    private static AttributeProto[] Steps(Size2D stride, Padding padding, Size2D dilation) =>
        [
        With.Ints("strides", stride.Height, stride.Width),
        With.Ints("pads", padding.Top, padding.Left, padding.Bottom, padding.Right),
        With.Ints("dilations", dilation.Height, dilation.Width),
        ];
}
