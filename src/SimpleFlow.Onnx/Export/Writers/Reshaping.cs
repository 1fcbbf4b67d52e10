namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>The same elements in another shape or order, and repeated.</summary>
internal static class Reshaping
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Of<Reshape>((node, op) =>
        {
            var sizes = op.Target.Select(size => size ?? -1).ToArray();
            // Without the attribute, a size of 0 would mean that of the input.
            if (sizes.Contains(0)) node.Result("Reshape", [node.Input(0), node.Whole(sizes)], With.Flag("allowzero", true));
            else node.Result("Reshape", [node.Input(0), node.Whole(sizes)]);
        }),
        Exporter.Of<ReshapeLike>((node, _) =>
            node.Result("Reshape", [node.Input(0), node.Step("Shape", [node.Input(1)])], With.Flag("allowzero", true))),
        // A size of 1 leaves that of the input.
        Exporter.Of<Broadcast>((node, op) =>
            node.Result("Expand", [node.Input(0), node.Whole([.. op.Target.Select(size => size ?? 1)])])),
        Exporter.Of<BroadcastLike>((node, _) => node.Result("Expand", [node.Input(0), node.Step("Shape", [node.Input(1)])])),
        Exporter.Of<Transpose>((node, op) =>
        {
            var rank = node.ShapeOf(0).Rank;
            var order = op.Order?.Select(axis => ExportNode.FromZero(axis, rank)) ?? Enumerable.Range(0, rank).Reverse();
            node.Result("Transpose", node.Inputs, With.Ints("perm", order.Select(axis => (long)axis)));
        }),
        Exporter.Of<Unsqueeze>((node, op) =>
        {
            if (op.Axes.Count == 0) node.Result("Identity", node.Inputs);
            else node.Result("Unsqueeze", [node.Input(0), node.Whole([.. op.Axes.Select(axis => (long)axis)])]);
        }),
        ];
}
