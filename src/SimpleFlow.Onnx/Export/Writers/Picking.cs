namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>What works with indices.</summary>
internal static class Picking
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Of<Gather>((node, op) => node.Result("Gather", node.Inputs, With.Int("axis", op.Along))),
        Exporter.Of<OneHot>((node, op) =>
        {
            var index = node.Cast(node.Input(0), DataType.Int64);
            // An ignored index may count from the end in ONNX; one beyond the classes gives zeros in any case.
            if (op.IgnoreIndex is { } ignored)
                index = node.Step("Where", [node.Step("Equal", [index, node.OneWhole(ignored)]), node.OneWhole(op.Classes), index]);
            var values = node.Step("Concat", [node.Step("Unsqueeze", [node.Number(0), node.Whole(0)]),
                node.Step("Unsqueeze", [node.Number(1), node.Whole(0)])], With.Int("axis", 0));
            // ONNX Runtime wants an axis of indices, even for one.
            if (node.ShapeOf(0).Rank > 0)
                node.Result("OneHot", [index, node.OneWhole(op.Classes), values], With.Int("axis", -1));
            else
                node.Result("Squeeze",
                [
                    node.Step("OneHot", [node.Step("Unsqueeze", [index, node.Whole(0)]), node.OneWhole(op.Classes), values],
                        With.Int("axis", -1)),
                    node.Whole(0),
                ]);
        }),
        ];
}
