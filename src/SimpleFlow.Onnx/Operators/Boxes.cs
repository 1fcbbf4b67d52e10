namespace SimpleFlow.Onnx.Operators;

/// <summary>The choice of boxes at the end of a detector. How many there are depends on the scores, so they must be known when the file is
/// read; a network that computes them is read up to its boxes and scores.</summary>
internal static class Boxes
{
    public static IEnumerable<Operator> All =>
        [
        new("NonMaxSuppression", node =>
        {
            var (boxes, scores) = (node.Numbers(0), node.Numbers(1));
            int[] sizes = [.. node.Input(1).Shape.Select(size => (int)size!.Value)];
            if (sizes.Length != 3 || boxes.Length != sizes[0] * sizes[2] * 4)
                throw node.Fault("boxes [images, boxes, 4] and scores [images, classes, boxes] are needed.");
            var chosen = BoxChoice.Of(boxes, scores, sizes, new BoxLimits
            {
                MostPerClass = (int)Math.Min(int.MaxValue, node.Number(2, 0)),
                Overlap = (float)node.Number(3, 0),
                Score = node.Has(4) ? (float)node.Number(4) : float.NegativeInfinity,
                AreCentred = node.Flag("center_point_box"),
            });
            double[] numbers = [.. chosen.SelectMany(one => new double[] { one.Image, one.Class, one.Box })];
            return [OnnxValue.Of(new StaticTensor([chosen.Count, 3], numbers), DataType.Int64)];
        })
        {
            AtKnownSizes = node => node.Input(0).Static is null ? throw Computed(node, 0)
                : node.Input(1).Static is null ? throw Computed(node, 1) : true,
            OpenShapes = _ => [[null, 3]],
            Settings = [0, 1, 2, 3, 4],
            OutputType = (_, _) => DataType.Int64,
            Differs = "only of boxes that are known when the file is read: read a detector up to its boxes and scores, and choose with "
                + "`BoxChoice.Of`",
        },
        ];

    private static OnnxException Computed(OnnxNode node, int input) => node.FromData(input, "which boxes are chosen, and how many",
        $"Read the file up to '{node.Proto.Input[0]}' and '{node.Proto.Input[1]}' (OnnxImportOptions.Outputs), and choose among these "
            + "boxes with BoxChoice.Of.");
}
