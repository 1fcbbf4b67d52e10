namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>From one type of elements to another.</summary>
internal static class Numbers
{
    private const float Beyond = 2_147_483_648f;

    public static IEnumerable<Exporter> All =>
        [
        Exporter.Of<Cast>((node, _) =>
        {
            if (node.InputNode(0).ElementType == ElementType.Float32) node.Result("Identity", node.Inputs);
            else node.Result("Cast", node.Inputs, With.Int("to", (long)DataType.Float));
        }),
        // What is no index becomes −1, as in SimpleFlow.
        Exporter.Of<ToIndices>((node, _) =>
        {
            var x = node.Input(0);
            var isWhole = node.Step("Equal", [node.Step("Floor", [x]), x]);
            var (isPlace, isInt32) = (node.Step("GreaterOrEqual", [x, node.Number(0)]), node.Step("Less", [x, node.Number(Beyond)]));
            var isInside = node.Step("And", [isPlace, isInt32]);
            var index = node.Step("Where", [node.Step("And", [isWhole, isInside]), x, node.Number(-1)]);
            node.Result("Cast", [index], With.Int("to", (long)DataType.Int32));
        }),
        Exporter.Of<CountElements>((node, op) =>
        {
            var sizes = node.Step("Shape", node.Inputs);
            if (op.Axes is { } axes)
                sizes = node.Step("Gather", [sizes, node.Whole([.. axes.Select(axis => (long)axis)])], With.Int("axis", 0));
            node.Result("Cast", [node.Step("ReduceProd", [sizes], With.Flag("keepdims", false))], With.Int("to", (long)DataType.Float));
        }),
        ];
}
