namespace SimpleFlow.Onnx.Operators;

/// <summary>The upper or lower triangle of matrices; the rest is zeros.</summary>
internal static class Triangles
{
    public static IEnumerable<Operator> All =>
        [
        new("Trilu", node =>
        {
            var x = node.Float(0);
            var (rows, columns) = ((int)x.Shape[^2]!.Value, (int)x.Shape[^1]!.Value);
            var (isUpper, diagonal) = (node.Flag("upper", true), (long)node.Number(1, 0));
            Effort.Require((long)rows * columns);
            var stays = new double[rows * columns];
            for (var i = 0; i < stays.Length; i++)
            {
                var distance = i % columns - i / columns;
                stays[i] = (isUpper ? distance >= diagonal : distance <= diagonal) ? 1 : 0;
            }
            return node.Result(Flow.Select(Constant.Of(stays, [rows, columns], ElementType.Bool), x, 0f));
        })
        { AtKnownSizes = Operator.Always, OpenShapes = node => [node.Input(0).Shape], Settings = [1] },
        ];
}
