namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>Parts of a tensor along an axis, cut out, joined, and extended by zeros.</summary>
internal static class Cutting
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Of<Slice>((node, op) => node.Result("Slice",
            [node.Input(0), node.Whole(op.Start), node.Whole(op.End ?? long.MaxValue), node.Whole(op.Along), node.Whole(op.Step)])),
        Exporter.Of<Concat>((node, op) => node.Result("Concat", node.Inputs, With.Int("axis", op.Along))),
        Exporter.Of<Pad>((node, op) =>
        {
            var rank = node.ShapeOf(0).Rank;
            var axis = ExportNode.FromZero(op.Along, rank);
            var amounts = new long[2 * rank];
            (amounts[axis], amounts[axis + rank]) = (op.Before, op.After);
            node.Result("Pad", [node.Input(0), node.Whole(amounts)], With.Text("mode", "constant"));
        }),
        ];
}
