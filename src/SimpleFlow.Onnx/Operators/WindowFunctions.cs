namespace SimpleFlow.Onnx.Operators;

/// <summary>Windows of signal processing: weighted cosines over a length that is known when the file is read, or once sizes are.</summary>
internal static class WindowFunctions
{
    public static IEnumerable<Operator> All =>
        [
        Of("HannWindow", 0.5, 0.5, 0),
        Of("HammingWindow", 25.0 / 46, 21.0 / 46, 0),
        Of("BlackmanWindow", 0.42, 0.5, 0.08),
        ];

    private static Operator Of(string name, double mean, double first, double second) => new(name, node =>
    {
        var length = (int)node.Number(0);
        Effort.Require(length);
        var period = node.Flag("periodic", true) ? length : length - 1;
        double[] numbers = [.. Enumerable.Range(0, length).Select(i => 2 * Math.PI * i / Math.Max(1, period))
            .Select(angle => mean - first * Math.Cos(angle) + second * Math.Cos(2 * angle))];
        return [OnnxValue.Of(new StaticTensor([length], numbers), (DataType)node.Int("output_datatype", (int)DataType.Float))];
    })
    {
        AtKnownSizes = Operator.Always,
        Settings = [0],
        OpenShapes = _ => [[null]],
        OutputType = (node, _) => (DataType)node.Int("output_datatype", (int)DataType.Float),
    };
}
