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
        Exporter.Of<MaxPool2D>((node, op) => node.Result("MaxPool", node.Inputs,
            [Window(op.Window), .. Steps(op.Stride, op.Padding, op.Dilation)])),
        Exporter.Of<AveragePool2D>((node, op) =>
        {
            // Op sets before 19 have no dilation here.
            var steps = Steps(op.Stride, op.Padding, op.Dilation).Where(one => op.Dilation != 1 || one.Name != "dilations");
            node.Result("AveragePool", node.Inputs, [Window(op.Window), .. steps, With.Flag("count_include_pad", op.CountPadding)]);
        }, since: op => op.Dilation == 1 ? 17 : 19),
        ];

    public static AttributeProto[] Of(Conv2D op) => [.. Steps(op.Stride, op.Padding, op.Dilation), With.Int("group", op.Groups)];

    private static AttributeProto Window(Size2D window) => With.Ints("kernel_shape", window.Height, window.Width);

    private static AttributeProto[] Steps(Size2D stride, Padding padding, Size2D dilation) =>
        [
        With.Ints("strides", stride.Height, stride.Width),
        With.Ints("pads", padding.Top, padding.Left, padding.Bottom, padding.Right),
        With.Ints("dilations", dilation.Height, dilation.Width),
        ];
}
