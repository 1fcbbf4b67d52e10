namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>Sums, means and maxima along axes, and the place of the largest element.</summary>
internal static class Reducing
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Of<ReduceSum>((node, op) => Write(node, op, "ReduceSum", axesAreInput: true)),
        // Their axes became an input with op set 18.
        Exporter.Of<ReduceMean>((node, op) => Write(node, op, "ReduceMean", node.Opset >= 18)),
        Exporter.Of<ReduceMax>((node, op) => Write(node, op, "ReduceMax", node.Opset >= 18)),
        Exporter.Of<ArgMax>((node, op) =>
        {
            var place = node.Step("ArgMax", node.Inputs, With.Int("axis", op.Along), With.Flag("keepdims", false));
            node.Result("Cast", [place], With.Int("to", (long)DataType.Int32));
        }),
        ];

    private static void Write(ExportNode node, Reduce op, string type, bool axesAreInput)
    {
        var rank = node.ShapeOf(0).Rank;
        long[]? axes = op.Axes is null ? null : [.. op.Axes.Select(axis => (long)ExportNode.FromZero(axis, rank)).Order()];
        // Along no axis, each element is alone; in ONNX no axes mean all.
        if (axes is [] || rank == 0) node.Result("Identity", node.Inputs);
        else if (!op.Keep && (axes ?? [.. Enumerable.Range(0, rank).Select(axis => (long)axis)]) is var gone
            && gone.All(axis => node.ShapeOf(0)[(int)axis] == 1))
            node.Result("Squeeze", [node.Input(0), node.Whole(gone)]);
        else if (axes is null) node.Result(type, node.Inputs, With.Flag("keepdims", op.Keep));
        else if (axesAreInput) node.Result(type, [node.Input(0), node.Whole(axes)], With.Flag("keepdims", op.Keep));
        else node.Result(type, node.Inputs, With.Ints("axes", axes), With.Flag("keepdims", op.Keep));
    }
}
